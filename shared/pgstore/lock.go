package pgstore

import (
	"crypto/sha256"
	"encoding/binary"
	"strings"

	"acequia/shared/pipeline"
)

// Advisory locks are numbers. That two things share one makes somebody wait in vain, and no more.

// objectLock is the lock O: all versions of a key.
func objectLock(o pipeline.Object) int64 { return lockKey("object", o.Bucket, o.Key) }

// reportLock is the lock F: reports about versions of a key take it shared for a moment, and who forgets the key takes it alone.
func reportLock(o pipeline.Object) int64 { return lockKey("report", o.Bucket, o.Key) }

// datasetLock is the lock Q: other objects' rows of a data set.
func datasetLock(dataset string) int64 { return lockKey("dataset", dataset) }

func lockKey(parts ...string) int64 {
	sum := sha256.Sum256([]byte("acequia\x00" + strings.Join(parts, "\x00")))
	return int64(binary.BigEndian.Uint64(sum[:]))
}
