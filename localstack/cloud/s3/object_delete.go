package s3

import (
	"encoding/xml"
	"errors"
	"net/http"
)

// deletion is what deleting an object did.
type deletion struct {
	// marker is the delete marker that was made, or that was removed; nil if none was.
	marker *version
	// removed is true if a version was deleted for good.
	removed bool
}

func (s *Server) deleteObject(w http.ResponseWriter, r *request) error {
	condition, err := s.writeConditionOf(r)
	if err != nil {
		return err
	}
	id := r.query.Get("versionId")
	var b *bucket
	var done deletion
	err = s.update(func(t *tx) error {
		if b, err = t.bucket(r.bucket); err != nil {
			return err
		}
		current, err := t.newest(r.bucket, r.key)
		if err != nil {
			return err
		}
		if err := condition.check(current); err != nil {
			return err
		}
		done, err = s.deleteIn(t, b, r.key, id, r)
		return err
	})
	if err != nil {
		return err
	}
	if id != "" {
		w.Header().Set("X-Amz-Version-Id", id)
	}
	if done.marker != nil {
		w.Header().Set("X-Amz-Delete-Marker", "true")
		setVersionID(w, b, done.marker)
	}
	w.WriteHeader(http.StatusNoContent)
	return nil
}

// deleteIn deletes a version for good if id names one. Without an id the bucket's versioning decides: a delete marker becomes
// the newest version, or, if versioning was never enabled, the object goes. What is not there is deleted without an error.
func (s *Server) deleteIn(t *tx, b *bucket, key, id string, r *request) (deletion, error) {
	if id == "" && b.Versioning != "" {
		marker := &version{Key: key, DeleteMarker: true, Modified: s.now()}
		if err := t.insert(b, marker); err != nil {
			return deletion{}, err
		}
		return deletion{marker: marker}, s.tell(t, b, marker, "ObjectRemoved:DeleteMarkerCreated", r)
	}
	if id == "" {
		id = nullVersion
	}
	v, err := t.find(b.Name, key, id)
	if err != nil || v == nil {
		return deletion{}, err
	}
	if err := t.remove(b.Name, v); err != nil {
		return deletion{}, err
	}
	done := deletion{removed: true}
	if v.DeleteMarker {
		done.marker = v
	}
	// The event needs a sequencer of its own, later than that of the version's creation.
	gone := &version{Key: key, ID: v.ID}
	if gone.Seq, err = t.nextSeq(); err != nil {
		return deletion{}, err
	}
	return done, s.tell(t, b, gone, "ObjectRemoved:Delete", r)
}

type deleteRequest struct {
	Quiet   bool
	Objects []struct {
		Key       string
		VersionID string `xml:"VersionId"`
	} `xml:"Object"`
}

type deletedEntry struct {
	Key                   string
	VersionID             string `xml:"VersionId,omitempty"`
	DeleteMarker          bool   `xml:",omitempty"`
	DeleteMarkerVersionID string `xml:"DeleteMarkerVersionId,omitempty"`
}

type deleteFailure struct {
	Key       string
	VersionID string `xml:"VersionId,omitempty"`
	Code      string
	Message   string
}

// deleteObjects deletes up to 1,000 objects. They go in one transaction, so they go together or not at all, which is more
// than S3 promises.
func (s *Server) deleteObjects(w http.ResponseWriter, r *request) error {
	var want deleteRequest
	if err := r.readXML(&want); err != nil {
		return err
	}
	if len(want.Objects) == 0 || len(want.Objects) > 1000 {
		return malformedXML(errors.New("between 1 and 1000 objects can be deleted"))
	}
	var deleted []deletedEntry
	var failures []deleteFailure
	err := s.update(func(t *tx) error {
		b, err := t.bucket(r.bucket)
		if err != nil {
			return err
		}
		for _, object := range want.Objects {
			if object.Key == "" || len(object.Key) > maxKey {
				failures = append(failures, deleteFailure{object.Key, object.VersionID, "UserKeyMustBeSpecified", "A key has 1 to 1024 bytes"})
				continue
			}
			done, err := s.deleteIn(t, b, object.Key, object.VersionID, r)
			if err != nil {
				return err
			}
			deleted = append(deleted, describeDeletion(b, object.Key, object.VersionID, done))
		}
		return nil
	})
	if err != nil {
		return err
	}
	if want.Quiet {
		deleted = nil
	}
	return writeXML(w, struct {
		XMLName xml.Name        `xml:"http://s3.amazonaws.com/doc/2006-03-01/ DeleteResult"`
		Deleted []deletedEntry  `xml:",omitempty"`
		Errors  []deleteFailure `xml:"Error,omitempty"`
	}{Deleted: deleted, Errors: failures})
}

func describeDeletion(b *bucket, key, id string, done deletion) deletedEntry {
	entry := deletedEntry{Key: key, VersionID: id}
	if done.marker != nil {
		entry.DeleteMarker = true
		if b.Versioning != "" {
			entry.DeleteMarkerVersionID = done.marker.ID
		}
	}
	return entry
}
