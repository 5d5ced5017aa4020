package s3

import (
	"encoding/xml"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"time"
)

// source is what a copy reads.
type source struct {
	bucket    *bucket
	version   *version
	unpin     func()
	versionID string
}

// openSource finds and pins the version that x-amz-copy-source names, and checks the copy's conditions against it. The
// caller calls unpin.
func (s *Server) openSource(w http.ResponseWriter, r *request) (*source, error) {
	path, query, _ := strings.Cut(r.Header.Get(copySource), "?")
	path, err := url.PathUnescape(path)
	bucketName, key, found := strings.Cut(strings.TrimPrefix(path, "/"), "/")
	if err != nil || !found || key == "" {
		return nil, invalidArgument("Copy Source must mention the source bucket and key: sourcebucket/sourcekey")
	}
	id, _ := strings.CutPrefix(query, "versionId=")
	from := &source{versionID: id}
	from.version, from.unpin, err = s.blobs.pinned(func() (v *version, err error) {
		from.bucket, v, err = s.lookUp(w, bucketName, key, id)
		return v, err
	})
	if err != nil {
		return nil, err
	}
	if failed := readConditionOf(r.Header, copySource+"-").check(from.version); failed != nil {
		from.unpin()
		return nil, preconditionFailed("x-amz-copy-source-if-…")
	}
	if from.bucket.Versioning != "" {
		w.Header().Set("X-Amz-Copy-Source-Version-Id", from.version.ID)
	}
	return from, nil
}

// copyObject copies the bytes into a file of the copy's own, so that each object's files are its own.
func (s *Server) copyObject(w http.ResponseWriter, r *request) error {
	condition, err := s.writeConditionOf(r)
	if err != nil {
		return err
	}
	from, err := s.openSource(w, r)
	if err != nil {
		return err
	}
	defer from.unpin()
	v, err := copiedVersion(r, from)
	if err != nil {
		return err
	}
	algorithm, err := copyAlgorithm(r, from.version)
	if err != nil {
		return err
	}
	copied, sum, err := s.copyBlob(from.version, byteRange{0, from.version.Size}, algorithm)
	if err != nil {
		return err
	}
	v.Parts, v.Size, v.ETag, v.Checksum = []part{copied}, copied.Size, copied.ETag, sum
	b, err := s.publish(r, v, "ObjectCreated:Copy", condition)
	if err != nil {
		s.blobs.remove([]string{copied.File})
		return err
	}
	setVersionID(w, b, v)
	return writeXML(w, describeCopy("CopyObjectResult", copied.ETag, v.Modified, sum))
}

// copiedVersion takes headers and tags from the source or from the request, as the directives say.
func copiedVersion(r *request, from *source) (*version, error) {
	v, err := newVersion(r)
	if err != nil {
		return nil, err
	}
	replace := r.Header.Get("X-Amz-Metadata-Directive") == "REPLACE"
	replaceTags := r.Header.Get("X-Amz-Tagging-Directive") == "REPLACE"
	onItself := from.bucket.Name == r.bucket && from.version.Key == r.key && from.versionID == ""
	if onItself && !replace && !replaceTags && v.Headers["X-Amz-Storage-Class"] == "" {
		return nil, badRequest("InvalidRequest", "This copy request is illegal because it is trying to copy an object to itself without changing the object's metadata, storage class, website redirect location or encryption attributes.")
	}
	if !replace {
		v.Headers = from.version.Headers
	}
	if !replaceTags {
		v.Tags = from.version.Tags
	}
	return v, nil
}

// copyAlgorithm: a copy keeps the source's checksum algorithm unless the request names another.
func copyAlgorithm(r *request, from *version) (string, error) {
	algorithm, err := parseAlgorithm(r.Header.Get("X-Amz-Checksum-Algorithm"))
	if algorithm == "" {
		algorithm = from.Checksum.Algorithm
	}
	return algorithm, err
}

// copyBlob copies a range of a version's bytes into a new file.
func (s *Server) copyBlob(from *version, span byteRange, algorithm string) (part, checksum, error) {
	reader, writer := io.Pipe()
	defer reader.CloseWithError(io.ErrClosedPipe)
	go func() { writer.CloseWithError(s.blobs.copyRange(writer, from.Parts, span)) }()
	d := newDigest(algorithm)
	name, size, err := s.blobs.write(d.reader(reader))
	if err != nil {
		return part{}, checksum{}, fmt.Errorf("copy an object's bytes: %w", err)
	}
	copied := part{File: name, Size: size, ETag: d.etag(size), Modified: s.now()}
	return copied, checksum{Algorithm: algorithm, Type: fullObject, Value: d.sum(algorithm)}, nil
}

// copyResult answers CopyObject and UploadPartCopy.
type copyResult struct {
	XMLName      xml.Name
	ETag         string
	LastModified string
	checksumFields
}

func describeCopy(name, etag string, modified time.Time, sum checksum) copyResult {
	return copyResult{
		XMLName: xml.Name{Space: namespace, Local: name},
		ETag:    quote(etag), LastModified: modified.Format(timeFormat),
		checksumFields: fieldsOf(sum),
	}
}
