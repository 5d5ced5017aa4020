package s3

import (
	"encoding/binary"
	"encoding/xml"
	"fmt"
	"net/http"
	"time"

	bolt "go.etcd.io/bbolt"
)

const (
	maxPartNumber = 10000
	// minPartSize is what every part but the last must have.
	minPartSize = 5 << 20
)

// upload is a multipart upload that was begun and neither completed nor aborted.
type upload struct {
	Key string `json:"-"`
	ID  string `json:"-"`
	// Initiated becomes the object's LastModified.
	// See https://docs.aws.amazon.com/AmazonS3/latest/userguide/UsingMetadata.html#SysMetadata.
	Initiated time.Time         `json:"initiated"`
	Headers   map[string]string `json:"headers"`
	Tags      []tag             `json:"tags,omitempty"`
	// Algorithm and Type are of the checksum that the object will have; Chosen is true if the client chose them.
	Algorithm string `json:"algorithm"`
	Type      string `json:"type"`
	Chosen    bool   `json:"chosen"`
}

// uploadsOf gives the nested bucket with the uploads of an S3 bucket.
func (t *tx) uploadsOf(bucket string) *bolt.Bucket { return t.Bucket(inUploads).Bucket([]byte(bucket)) }

// uploadKey sorts uploads by key, and those of a key by when they began, because ids do.
func uploadKey(key, id string) []byte { return append(firstOf(key), id...) }

// partKey: ids have one length, so no upload's parts stand between those of another.
func partKey(uploadID string, number int) []byte {
	return binary.BigEndian.AppendUint32([]byte(uploadID), uint32(number))
}

// upload reads the upload that a request names, or gives NoSuchUpload.
func (t *tx) upload(r *request) (*upload, error) {
	if _, err := t.bucket(r.bucket); err != nil {
		return nil, err
	}
	u := &upload{Key: r.key, ID: r.query.Get("uploadId")}
	found, err := get(t.uploadsOf(r.bucket), uploadKey(u.Key, u.ID), u)
	if err == nil && !found {
		err = noSuchUpload()
	}
	return u, err
}

func (s *Server) lookUpUpload(r *request) (u *upload, err error) {
	err = s.db.view(func(t *tx) error {
		u, err = t.upload(r)
		return err
	})
	return u, err
}

func (s *Server) createMultipartUpload(w http.ResponseWriter, r *request) error {
	v, err := newVersion(r)
	if err != nil {
		return err
	}
	u := &upload{Key: r.key, Initiated: s.now(), Headers: v.Headers, Tags: v.Tags}
	if err := u.chooseChecksum(r); err != nil {
		return err
	}
	err = s.update(func(t *tx) error {
		if _, err := t.bucket(r.bucket); err != nil {
			return err
		}
		seq, err := t.nextSeq()
		if err != nil {
			return err
		}
		u.ID = fmt.Sprintf("%016x", seq) + randomHex(24)
		return put(t.uploadsOf(r.bucket), uploadKey(u.Key, u.ID), u)
	})
	if err != nil {
		return err
	}
	if u.Chosen {
		w.Header().Set("X-Amz-Checksum-Algorithm", u.Algorithm)
		w.Header().Set("X-Amz-Checksum-Type", u.Type)
	}
	return writeXML(w, struct {
		XMLName  xml.Name `xml:"http://s3.amazonaws.com/doc/2006-03-01/ InitiateMultipartUploadResult"`
		Bucket   string
		Key      string
		UploadID string `xml:"UploadId"`
	}{Bucket: r.bucket, Key: r.key, UploadID: u.ID})
}

// chooseChecksum: CRC-64/NVME, of the full object only, unless the request names another; SHA checksums are always
// composite; for the other CRCs composite is what is meant if no type is named.
// See https://docs.aws.amazon.com/AmazonS3/latest/userguide/checking-object-integrity.html#ChecksumTypes.
func (u *upload) chooseChecksum(r *request) error {
	algorithm, err := parseAlgorithm(r.Header.Get("X-Amz-Checksum-Algorithm"))
	if err != nil {
		return err
	}
	kind := r.Header.Get("X-Amz-Checksum-Type")
	u.Algorithm, u.Type, u.Chosen = algorithm, kind, algorithm != ""
	if algorithm == "" {
		u.Algorithm = crc64NVME
	}
	if kind == "" {
		u.Type = composite
		if u.Algorithm == crc64NVME {
			u.Type = fullObject
		}
	}
	_, isCRC := crcFields[u.Algorithm]
	if u.Type != fullObject && u.Type != composite || u.Type == fullObject && !isCRC || u.Type == composite && u.Algorithm == crc64NVME {
		return badRequest("InvalidRequest", "The %s checksum type cannot be used with the %s checksum algorithm.", u.Type, u.Algorithm)
	}
	return nil
}

func (s *Server) abortMultipartUpload(w http.ResponseWriter, r *request) error {
	err := s.update(func(t *tx) error {
		u, err := t.upload(r)
		if err != nil {
			return err
		}
		parts, err := t.parts(u.ID)
		if err != nil {
			return err
		}
		t.release(parts)
		return t.forget(r.bucket, u, parts)
	})
	if err != nil {
		return err
	}
	w.WriteHeader(http.StatusNoContent)
	return nil
}

// forget removes an upload and its parts from the index; the parts' files are the caller's to release.
func (t *tx) forget(bucket string, u *upload, parts []part) error {
	for _, p := range parts {
		if err := t.Bucket(inParts).Delete(partKey(u.ID, p.Number)); err != nil {
			return err
		}
	}
	return t.uploadsOf(bucket).Delete(uploadKey(u.Key, u.ID))
}

// abortAll aborts every upload of a bucket.
func (t *tx) abortAll(bucket string) error {
	var all []*upload
	err := t.eachUpload(bucket, nil, func(u *upload) bool {
		all = append(all, u)
		return true
	})
	if err != nil {
		return err
	}
	for _, u := range all {
		parts, err := t.parts(u.ID)
		if err != nil {
			return err
		}
		t.release(parts)
		if err := t.forget(bucket, u, parts); err != nil {
			return err
		}
	}
	return nil
}
