package s3

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strconv"
	"time"

	bolt "go.etcd.io/bbolt"
)

// nullVersion is the id of a version that was written while its bucket's versioning was not enabled. A key has at most one.
const nullVersion = "null"

// version is one version of an object, or a delete marker.
type version struct {
	Key          string    `json:"-"`
	Seq          uint64    `json:"-"`
	ID           string    `json:"id"`
	DeleteMarker bool      `json:"delete_marker,omitempty"`
	Modified     time.Time `json:"modified"`
	Size         int64     `json:"size,omitempty"`
	// ETag is without its quotes.
	ETag string `json:"etag,omitempty"`
	// Headers are those that PUT gave and GET gives back: Content-Type, x-amz-meta-…, and so on; names in canonical form.
	Headers  map[string]string `json:"headers,omitempty"`
	Tags     []tag             `json:"tags,omitempty"`
	Checksum checksum          `json:"checksum,omitzero"`
	// Parts hold the bytes, in order. Multipart is true if they were uploaded as parts.
	Parts     []part `json:"parts,omitempty"`
	Multipart bool   `json:"multipart,omitempty"`
}

// part is a file with the bytes of an object, or with those of a part of a multipart upload.
type part struct {
	Number   int       `json:"number,omitempty"`
	File     string    `json:"file"`
	Size     int64     `json:"size"`
	ETag     string    `json:"etag,omitempty"`
	Checksum string    `json:"checksum,omitempty"`
	Modified time.Time `json:"modified,omitzero"`
}

// newVersionID makes a version's id. It ends in the sequence number, so that the version is found without a search. It
// starts at random, so that nobody comes to rely on an order that S3 does not promise, and so that the first version
// after somebody deleted the state is not taken for the first version of the time before.
func newVersionID(seq uint64) string { return randomHex(8) + fmt.Sprintf("%016x", seq) }

// versionsOf gives the nested bucket with the versions of an S3 bucket; nil if there is no such bucket.
func (t *tx) versionsOf(bucket string) *bolt.Bucket {
	return t.Bucket(inVersions).Bucket([]byte(bucket))
}

func decodeVersion(position, value []byte) (*version, error) {
	v := &version{}
	if err := json.Unmarshal(value, v); err != nil {
		return nil, fmt.Errorf("decode a version in the S3 index: %w", err)
	}
	var err error
	v.Key, v.Seq, err = splitIndexKey(position)
	return v, err
}

// newest gives the newest version of key, which may be a delete marker; nil if key has none.
func (t *tx) newest(bucket, key string) (*version, error) {
	position, value := t.versionsOf(bucket).Cursor().Seek(firstOf(key))
	if position == nil || !bytes.HasPrefix(position, firstOf(key)) {
		return nil, nil
	}
	return decodeVersion(position, value)
}

// find gives the version of key with the given id; nil if there is none.
func (t *tx) find(bucket, key, id string) (*version, error) {
	if id == nullVersion {
		return t.findNull(bucket, key)
	}
	if len(id) != 32 {
		return nil, nil
	}
	seq, err := strconv.ParseUint(id[16:], 16, 64)
	if err != nil {
		return nil, nil //nolint:nilerr // An id that we did not make names no version.
	}
	position := indexKey(key, seq)
	value := t.versionsOf(bucket).Get(position)
	if value == nil {
		return nil, nil
	}
	v, err := decodeVersion(position, value)
	if err != nil || v.ID != id {
		return nil, err
	}
	return v, nil
}

func (t *tx) findNull(bucket, key string) (*version, error) {
	first := firstOf(key)
	cursor := t.versionsOf(bucket).Cursor()
	for position, value := cursor.Seek(first); bytes.HasPrefix(position, first); position, value = cursor.Next() {
		v, err := decodeVersion(position, value)
		if err != nil || v.ID == nullVersion {
			return v, err
		}
	}
	return nil, nil
}

// insert writes v as the newest version of its key, as the bucket's versioning demands: with an id of its own if
// versioning is enabled, else as the null version, in place of the one before.
func (t *tx) insert(b *bucket, v *version) error {
	seq, err := t.nextSeq()
	if err != nil {
		return err
	}
	v.Seq, v.ID = seq, nullVersion
	if b.Versioning == versioningEnabled {
		v.ID = newVersionID(seq)
	} else if err := t.removeNull(b.Name, v.Key); err != nil {
		return err
	}
	return t.replace(b.Name, v)
}

// replace writes v over itself.
func (t *tx) replace(bucket string, v *version) error {
	return put(t.versionsOf(bucket), indexKey(v.Key, v.Seq), v)
}

func (t *tx) removeNull(bucket, key string) error {
	old, err := t.findNull(bucket, key)
	if err != nil || old == nil {
		return err
	}
	return t.remove(bucket, old)
}

// remove deletes a version for good.
func (t *tx) remove(bucket string, v *version) error {
	t.release(v.Parts)
	return t.versionsOf(bucket).Delete(indexKey(v.Key, v.Seq))
}
