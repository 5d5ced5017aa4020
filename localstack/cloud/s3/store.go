package s3

import (
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	bolt "go.etcd.io/bbolt"
	bolterrors "go.etcd.io/bbolt/errors"
)

// The index's buckets (bbolt's, not S3's). versions and uploads hold one nested bucket per S3 bucket.
var (
	inBuckets  = []byte("buckets")  // bucket name → bucket
	inVersions = []byte("versions") // bucket name → (indexKey → version); its sequence numbers every change
	inUploads  = []byte("uploads")  // bucket name → (key, 0x00 0x00, upload id → upload)
	inParts    = []byte("parts")    // upload id, part number → part
	inOutbox   = []byte("outbox")   // sequence number → Notification
)

// store is the index.
type store struct{ db *bolt.DB }

// openStore opens or creates the index. Its transactions are written but not forced to disk (NoSync): they survive the
// death of the process, which is what a 200 promises here, and cost microseconds instead of milliseconds.
func openStore(path string) (*store, error) {
	db, err := bolt.Open(path, 0o640, &bolt.Options{
		Timeout: 2 * time.Second, NoSync: true, NoFreelistSync: true, FreelistType: bolt.FreelistMapType,
	})
	if errors.Is(err, bolterrors.ErrTimeout) {
		return nil, fmt.Errorf("the S3 state %s is in use: stop the local cloud that runs on it first", path)
	}
	if err != nil {
		return nil, fmt.Errorf("open the S3 index %s: %w", path, err)
	}
	err = db.Update(func(b *bolt.Tx) error {
		for _, name := range [][]byte{inBuckets, inVersions, inUploads, inParts, inOutbox} {
			if _, err := b.CreateBucketIfNotExists(name); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return nil, errors.Join(fmt.Errorf("prepare the S3 index %s: %w", path, err), db.Close())
	}
	return &store{db: db}, nil
}

// Close closes the index's file.
func (s *store) Close() error { return s.db.Close() }

func (s *store) view(fn func(*tx) error) error {
	return s.db.View(func(b *bolt.Tx) error { return fn(&tx{Tx: b}) })
}

func (s *store) update(fn func(*tx) error) error {
	return s.db.Update(func(b *bolt.Tx) error { return fn(&tx{Tx: b}) })
}

// tx is a transaction of the index, with what is to be done once it is committed.
type tx struct {
	*bolt.Tx
	// released names the files that no version or part refers to any more.
	released []string
	// told is true if the outbox has a new row.
	told bool
}

// nextSeq draws a sequence number: greater than every one before, in all buckets.
func (t *tx) nextSeq() (uint64, error) { return t.Bucket(inVersions).NextSequence() }

func (t *tx) release(parts []part) {
	for _, p := range parts {
		t.released = append(t.released, p.File)
	}
}

// eachBlob calls fn with the name of every file that the index refers to.
func (t *tx) eachBlob(fn func(name string)) error {
	versions := t.Bucket(inVersions)
	err := versions.ForEachBucket(func(name []byte) error {
		return versions.Bucket(name).ForEach(func(_, value []byte) error {
			var v version
			if err := json.Unmarshal(value, &v); err != nil {
				return err
			}
			for _, p := range v.Parts {
				fn(p.File)
			}
			return nil
		})
	})
	if err != nil {
		return err
	}
	return t.Bucket(inParts).ForEach(func(_, value []byte) error {
		var p part
		if err := json.Unmarshal(value, &p); err != nil {
			return err
		}
		fn(p.File)
		return nil
	})
}

// put stores a value as JSON.
func put(b *bolt.Bucket, key []byte, value any) error {
	encoded, err := json.Marshal(value)
	if err != nil {
		return err
	}
	return b.Put(key, encoded)
}

// get reads a value that put stored; found is false if there is none.
func get(b *bolt.Bucket, key []byte, value any) (found bool, err error) {
	encoded := b.Get(key)
	if encoded == nil {
		return false, nil
	}
	return true, json.Unmarshal(encoded, value)
}

func bigEndian(n uint64) []byte { return binary.BigEndian.AppendUint64(nil, n) }
