package s3

import (
	"fmt"
	"io"
	"net/http"
	"os"
	"strconv"
	"strings"
)

// responseOverrides are the query parameters that replace a header of the answer.
var responseOverrides = map[string]string{
	"response-cache-control":       "Cache-Control",
	"response-content-disposition": "Content-Disposition",
	"response-content-encoding":    "Content-Encoding",
	"response-content-language":    "Content-Language",
	"response-content-type":        "Content-Type",
	"response-expires":             "Expires",
}

func (s *Server) headObject(w http.ResponseWriter, r *request) error {
	b, v, err := s.lookUp(w, r.bucket, r.key, r.query.Get("versionId"))
	if err != nil {
		return err
	}
	_, err = answerHead(w, r, b, v)
	return err
}

func (s *Server) getObject(w http.ResponseWriter, r *request) error {
	var b *bucket
	v, unpin, err := s.blobs.pinned(func() (v *version, err error) {
		b, v, err = s.lookUp(w, r.bucket, r.key, r.query.Get("versionId"))
		return v, err
	})
	if err != nil {
		return err
	}
	defer unpin()
	span, err := answerHead(w, r, b, v)
	if err != nil {
		return err
	}
	if err := s.blobs.copyRange(w, v.Parts, span); err != nil && r.Context().Err() == nil {
		// The status has been sent: only a broken connection tells the client that bytes are missing.
		s.opt.Logger.Error("S3 object cannot be read", "bucket", r.bucket, "key", r.key, "error", err)
		panic(http.ErrAbortHandler)
	}
	return nil
}

// lookUp gives the version that a read names, or the newest; a delete marker is an error, and w says that it is one.
func (s *Server) lookUp(w http.ResponseWriter, bucketName, key, id string) (b *bucket, v *version, err error) {
	err = s.db.view(func(t *tx) error {
		if b, err = t.bucket(bucketName); err != nil {
			return err
		}
		v, err = t.readable(b, key, id)
		return err
	})
	if err == nil && v.DeleteMarker {
		setVersionID(w, b, v)
		w.Header().Set("X-Amz-Delete-Marker", "true")
		return b, v, markerError(v, id)
	}
	return b, v, err
}

// readable gives the version with the given id, or the newest one if id is empty.
func (t *tx) readable(b *bucket, key, id string) (*version, error) {
	if id == "" {
		v, err := t.newest(b.Name, key)
		if err == nil && v == nil {
			err = noSuchKey()
		}
		return v, err
	}
	v, err := t.find(b.Name, key, id)
	if err == nil && v == nil {
		err = notFound("NoSuchVersion", "The specified version does not exist: %q", id)
	}
	return v, err
}

// markerError is what reading a delete marker gives: as if there were no object, or, if it is named by its id, 405.
func markerError(v *version, id string) error {
	if id == "" {
		return noSuchKey()
	}
	e := &apiError{
		Status: http.StatusMethodNotAllowed, Code: "MethodNotAllowed",
		Message: "The specified method is not allowed against this resource.",
	}
	return e.with("Allow", http.MethodDelete).with("Last-Modified", v.Modified.Format(http.TimeFormat))
}

// answerHead checks the conditions and writes status and headers of a GET or HEAD. It gives the range to send.
func answerHead(w http.ResponseWriter, r *request, b *bucket, v *version) (byteRange, error) {
	if failed := readConditionOf(r.Header, "").check(v); failed != nil {
		setVersionID(w, b, v)
		return byteRange{}, failed.with("ETag", quote(v.ETag)).with("Last-Modified", v.Modified.Format(http.TimeFormat))
	}
	span, partial, err := rangeOf(r, v)
	if err != nil {
		return byteRange{}, err
	}
	setObjectHeaders(w, r, b, v)
	w.Header().Set("Content-Length", strconv.FormatInt(span.length, 10))
	if !partial {
		if strings.EqualFold(r.Header.Get("X-Amz-Checksum-Mode"), "ENABLED") {
			setChecksum(w, v.Checksum)
		}
		return span, nil
	}
	// A part of the object must not carry the checksum of the whole: the SDKs would find it wrong.
	w.Header().Set("Content-Range", fmt.Sprintf("bytes %d-%d/%d", span.start, span.start+span.length-1, v.Size))
	if r.query.Has("partNumber") && v.Multipart {
		w.Header().Set("X-Amz-Mp-Parts-Count", strconv.Itoa(len(v.Parts)))
	}
	w.WriteHeader(http.StatusPartialContent)
	return span, nil
}

func setObjectHeaders(w http.ResponseWriter, r *request, b *bucket, v *version) {
	h := w.Header()
	for name, value := range v.Headers {
		h.Set(name, value)
	}
	if v.storageClass() == "STANDARD" {
		h.Del("X-Amz-Storage-Class")
	}
	h.Set("Accept-Ranges", "bytes")
	h.Set("ETag", quote(v.ETag))
	h.Set("Last-Modified", v.Modified.Format(http.TimeFormat))
	if len(v.Tags) > 0 {
		h.Set("X-Amz-Tagging-Count", strconv.Itoa(len(v.Tags)))
	}
	setVersionID(w, b, v)
	for parameter, name := range responseOverrides {
		if value := r.query.Get(parameter); value != "" {
			h.Set(name, value)
		}
	}
}

// copyRange writes a range of the bytes that parts hold together.
func (b *blobs) copyRange(w io.Writer, parts []part, span byteRange) error {
	for _, p := range parts {
		if span.length == 0 {
			return nil
		}
		if span.start >= p.Size {
			span.start -= p.Size
			continue
		}
		n := min(span.length, p.Size-span.start)
		if err := b.copyPart(w, p, span.start, n); err != nil {
			return err
		}
		span = byteRange{start: 0, length: span.length - n}
	}
	return nil
}

func (b *blobs) copyPart(w io.Writer, p part, start, n int64) error {
	f, err := os.Open(b.path(p.File))
	if err != nil {
		return err
	}
	defer f.Close()
	if _, err := f.Seek(start, io.SeekStart); err != nil {
		return err
	}
	_, err = io.CopyN(w, f, n)
	return err
}
