package s3

import (
	"encoding/xml"
	"errors"
	"io"
	"net/http"
	"strconv"
	"strings"
)

// completedPart is a part that the client names in CompleteMultipartUpload.
type completedPart struct {
	PartNumber int
	ETag       string
	checksumFields
}

// completeMultipartUpload makes an object of the parts' files as they are: it copies nothing.
func (s *Server) completeMultipartUpload(w http.ResponseWriter, r *request) error {
	var want struct {
		Parts []completedPart `xml:"Part"`
	}
	if err := r.readCompletion(&want); err != nil {
		return err
	}
	if len(want.Parts) == 0 || len(want.Parts) > maxPartNumber {
		return malformedXML(errors.New("an upload has between 1 and 10000 parts"))
	}
	condition, err := s.writeConditionOf(r)
	if err != nil {
		return err
	}
	var b *bucket
	var v *version
	err = s.update(func(t *tx) error {
		if b, err = t.bucket(r.bucket); err != nil {
			return err
		}
		v, err = s.complete(t, r, want.Parts)
		if err != nil {
			return err
		}
		return s.publishIn(t, b, v, "ObjectCreated:CompleteMultipartUpload", condition, r)
	})
	if err != nil {
		return err
	}
	setVersionID(w, b, v)
	return writeXML(w, struct {
		XMLName  xml.Name `xml:"http://s3.amazonaws.com/doc/2006-03-01/ CompleteMultipartUploadResult"`
		Location string
		Bucket   string
		Key      string
		ETag     string
		checksumFields
	}{
		Location: "http://" + r.Host + r.URL.EscapedPath(), Bucket: r.bucket, Key: r.key,
		ETag: quote(v.ETag), checksumFields: fieldsOf(v.Checksum),
	})
}

// readCompletion reads the document that names the parts. A checksum in the headers is that of the object, not of the
// document.
func (r *request) readCompletion(value any) error {
	document, err := io.ReadAll(http.MaxBytesReader(nil, r.Body, maxDocument))
	if err != nil {
		return readFailure(err)
	}
	if err := xml.Unmarshal(document, value); err != nil {
		return malformedXML(err)
	}
	return nil
}

// complete ends the upload and gives the version that it makes. Parts that the client does not name are dropped.
func (s *Server) complete(t *tx, r *request, named []completedPart) (*version, error) {
	u, err := t.upload(r)
	if err != nil {
		return nil, err
	}
	all, err := t.parts(u.ID)
	if err != nil {
		return nil, err
	}
	chosen, err := choose(all, named, u.Algorithm)
	if err != nil {
		return nil, err
	}
	v := &version{
		Key: u.Key, Modified: u.Initiated, Headers: u.Headers, Tags: u.Tags, Parts: chosen, Multipart: true,
	}
	for _, p := range chosen {
		v.Size += p.Size
	}
	if v.ETag, err = multipartETag(chosen); err != nil {
		return nil, err
	}
	if v.Checksum, err = multipartChecksum(u.Algorithm, u.Type, chosen); err != nil {
		return nil, err
	}
	if err := checkCompletion(r, v); err != nil {
		return nil, err
	}
	t.releaseUnnamed(all, chosen)
	return v, t.forget(r.bucket, u, all)
}

// choose finds the parts that the client names, which must be in order and be those that were uploaded last.
func choose(all []part, named []completedPart, algorithm string) ([]part, error) {
	byNumber := map[int]part{}
	for _, p := range all {
		byNumber[p.Number] = p
	}
	var chosen []part
	for i, name := range named {
		if i > 0 && name.PartNumber <= named[i-1].PartNumber {
			return nil, badRequest("InvalidPartOrder", "The list of parts was not in ascending order. The parts list must be specified in order by part number.")
		}
		p, found := byNumber[name.PartNumber]
		sum := *name.of(algorithm)
		if !found || strings.Trim(name.ETag, `"`) != p.ETag || sum != "" && sum != p.Checksum {
			return nil, badRequest("InvalidPart", "One or more of the specified parts could not be found. The part may not have been uploaded, or the specified entity tag may not match the part's entity tag. Part number %d", name.PartNumber)
		}
		if i < len(named)-1 && p.Size < minPartSize {
			return nil, badRequest("EntityTooSmall", "Your proposed upload is smaller than the minimum allowed size: part %d has %d bytes, and only the last may have less than %d", p.Number, p.Size, minPartSize)
		}
		chosen = append(chosen, p)
	}
	return chosen, nil
}

// checkCompletion holds the object against the size and the checksum that the client expects.
func checkCompletion(r *request, v *version) error {
	if size := r.Header.Get("X-Amz-Mp-Object-Size"); size != "" && size != strconv.FormatInt(v.Size, 10) {
		return badRequest("InvalidRequest", "The provided 'x-amz-mp-object-size' header value %s does not match the object size %d", size, v.Size)
	}
	algorithm, sent := sentChecksum(r.Header)
	if sent == "" || algorithm != v.Checksum.Algorithm {
		return nil
	}
	// Clients give a composite checksum with the number of parts or without it.
	value, _, _ := strings.Cut(v.Checksum.Value, "-")
	if sent != v.Checksum.Value && sent != value {
		return badRequest("BadDigest", "The %s you specified did not match the calculated checksum.", algorithm)
	}
	return nil
}

func (t *tx) releaseUnnamed(all, chosen []part) {
	kept := map[int]bool{}
	for _, p := range chosen {
		kept[p.Number] = true
	}
	for _, p := range all {
		if !kept[p.Number] {
			t.release([]part{p})
		}
	}
}
