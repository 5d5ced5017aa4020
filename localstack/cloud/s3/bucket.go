package s3

import (
	"encoding/xml"
	"errors"
	"net/http"
	"regexp"
	"strings"
	"time"
)

// What PutBucketVersioning sets; a bucket that it never spoke of has neither.
const (
	versioningEnabled   = "Enabled"
	versioningSuspended = "Suspended"
)

// bucket is what the index holds of an S3 bucket.
type bucket struct {
	Name       string             `json:"name"`
	Created    time.Time          `json:"created"`
	Versioning string             `json:"versioning,omitempty"`
	Rules      []NotificationRule `json:"rules,omitempty"`
}

// bucketName is AWS's rule for names of general purpose buckets, as far as a pattern can hold it.
var bucketName = regexp.MustCompile(`^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$`)

// bucket reads an S3 bucket's record, or gives NoSuchBucket.
func (t *tx) bucket(name string) (*bucket, error) {
	b := &bucket{}
	found, err := get(t.Bucket(inBuckets), []byte(name), b)
	if err == nil && !found {
		err = noSuchBucket(name)
	}
	return b, err
}

func (t *tx) putBucket(b *bucket) error { return put(t.Bucket(inBuckets), []byte(b.Name), b) }

// lookUpBucket gives a bucket's record outside of a transaction.
func (s *Server) lookUpBucket(name string) (b *bucket, err error) {
	err = s.db.view(func(t *tx) error {
		b, err = t.bucket(name)
		return err
	})
	return b, err
}

// changeBucket changes a bucket's record with fn.
func (s *Server) changeBucket(name string, fn func(*tx, *bucket) error) error {
	return s.update(func(t *tx) error {
		b, err := t.bucket(name)
		if err != nil {
			return err
		}
		if err := fn(t, b); err != nil {
			return err
		}
		return t.putBucket(b)
	})
}

// EnsureBucket creates the bucket if it is missing, and enables its versioning if versioned is true. It never suspends
// versioning.
func (s *Server) EnsureBucket(name string, versioned bool) error {
	if err := s.create(name); err != nil && !errors.Is(err, errOwned) {
		return err
	}
	if !versioned {
		return nil
	}
	return s.changeBucket(name, func(_ *tx, b *bucket) error {
		b.Versioning = versioningEnabled
		return nil
	})
}

var errOwned = conflict("BucketAlreadyOwnedByYou", "Your previous request to create the named bucket succeeded and you already own it.")

func (s *Server) create(name string) error {
	if !bucketName.MatchString(name) || strings.Contains(name, "..") {
		return badRequest("InvalidBucketName", "The specified bucket is not valid: %q", name)
	}
	return s.update(func(t *tx) error {
		if t.Bucket(inBuckets).Get([]byte(name)) != nil {
			return errOwned
		}
		for _, parent := range [][]byte{inVersions, inUploads} {
			if _, err := t.Bucket(parent).CreateBucketIfNotExists([]byte(name)); err != nil {
				return err
			}
		}
		return t.putBucket(&bucket{Name: name, Created: s.now()})
	})
}

// createBucket: in us-east-1 creating one's own bucket again succeeds, elsewhere it is a conflict, as on AWS.
func (s *Server) createBucket(w http.ResponseWriter, r *request) error {
	err := s.create(r.bucket)
	if err != nil && (!errors.Is(err, errOwned) || s.opt.Region != "us-east-1") {
		return err
	}
	w.Header().Set("Location", "/"+r.bucket)
	return nil
}

func (s *Server) headBucket(w http.ResponseWriter, r *request) error {
	if _, err := s.lookUpBucket(r.bucket); err != nil {
		return err
	}
	w.Header().Set("X-Amz-Bucket-Region", s.opt.Region)
	return nil
}

// deleteBucket deletes a bucket without versions, together with its unfinished multipart uploads.
func (s *Server) deleteBucket(w http.ResponseWriter, r *request) error {
	err := s.update(func(t *tx) error {
		if _, err := t.bucket(r.bucket); err != nil {
			return err
		}
		if first, _ := t.versionsOf(r.bucket).Cursor().First(); first != nil {
			return conflict("BucketNotEmpty", "The bucket you tried to delete is not empty. You must delete all versions in the bucket.")
		}
		if err := t.abortAll(r.bucket); err != nil {
			return err
		}
		return errors.Join(
			t.Bucket(inVersions).DeleteBucket([]byte(r.bucket)),
			t.Bucket(inUploads).DeleteBucket([]byte(r.bucket)),
			t.Bucket(inBuckets).Delete([]byte(r.bucket)),
		)
	})
	if err != nil {
		return err
	}
	w.WriteHeader(http.StatusNoContent)
	return nil
}

// owner is the one owner of everything.
var owner = struct {
	ID          string
	DisplayName string
}{ID: "0000000000000000000000000000000000000000000000000000000000000000", DisplayName: "local"}

// timeFormat is that of times in S3's documents; in headers they are in HTTP's format.
const timeFormat = "2006-01-02T15:04:05.000Z"

type bucketEntry struct {
	Name         string
	CreationDate string
}

func (s *Server) listBuckets(w http.ResponseWriter, r *request) error {
	var entries []bucketEntry
	err := s.db.view(func(t *tx) error {
		return t.Bucket(inBuckets).ForEach(func(name, _ []byte) error {
			b, err := t.bucket(string(name))
			if err == nil && strings.HasPrefix(b.Name, r.query.Get("prefix")) {
				entries = append(entries, bucketEntry{b.Name, b.Created.Format(timeFormat)})
			}
			return err
		})
	})
	if err != nil {
		return err
	}
	return writeXML(w, struct {
		XMLName xml.Name `xml:"http://s3.amazonaws.com/doc/2006-03-01/ ListAllMyBucketsResult"`
		Owner   any
		Buckets []bucketEntry `xml:"Buckets>Bucket"`
	}{Owner: owner, Buckets: entries})
}

// getBucketLocation: us-east-1 is told as an empty constraint, as on AWS.
func (s *Server) getBucketLocation(w http.ResponseWriter, r *request) error {
	if _, err := s.lookUpBucket(r.bucket); err != nil {
		return err
	}
	region := s.opt.Region
	if region == "us-east-1" {
		region = ""
	}
	return writeXML(w, struct {
		XMLName xml.Name `xml:"http://s3.amazonaws.com/doc/2006-03-01/ LocationConstraint"`
		Region  string   `xml:",chardata"`
	}{Region: region})
}

type versioningConfiguration struct {
	XMLName xml.Name `xml:"http://s3.amazonaws.com/doc/2006-03-01/ VersioningConfiguration"`
	Status  string   `xml:",omitempty"`
}

func (s *Server) getBucketVersioning(w http.ResponseWriter, r *request) error {
	b, err := s.lookUpBucket(r.bucket)
	if err != nil {
		return err
	}
	return writeXML(w, versioningConfiguration{Status: b.Versioning})
}

func (s *Server) putBucketVersioning(_ http.ResponseWriter, r *request) error {
	var want struct {
		Status    string
		MFADelete string `xml:"MfaDelete"`
	}
	if err := r.readXML(&want); err != nil {
		return err
	}
	if want.MFADelete == "Enabled" {
		return notEmulated("PutBucketVersioning with MfaDelete")
	}
	if want.Status != versioningEnabled && want.Status != versioningSuspended {
		return badRequest("IllegalVersioningConfigurationException", "The versioning configuration's status must be Enabled or Suspended")
	}
	return s.changeBucket(r.bucket, func(_ *tx, b *bucket) error {
		b.Versioning = want.Status
		return nil
	})
}
