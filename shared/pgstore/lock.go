package pgstore

import (
	"crypto/sha256"
	"encoding/binary"
	"strings"

	"acequia/shared/pipeline"
)

// Advisory locks are numbers. That two things share one makes somebody wait in vain, and no more.

// objectLock is the lock O: all versions of a key.
func objectLock(o pipeline.Object) advisoryLock {
	return newLock("work on another version of the key", "object", o.Bucket, o.Key)
}

// reportLock is the lock F: reports about versions of a key take it shared for a moment, and who forgets the key takes it alone.
func reportLock(o pipeline.Object) advisoryLock {
	return newLock("who forgets the key, or reports on it", "report", o.Bucket, o.Key)
}

// datasetLock is the lock Q: other objects' rows of a data set.
func datasetLock(dataset string) advisoryLock {
	return newLock("another publication that moves rows of "+dataset, "dataset", dataset)
}

// newLock gives a lock that is held alone until the transaction ends.
func newLock(why string, parts ...string) advisoryLock {
	return advisoryLock{"pg_advisory_xact_lock", lockKey(parts...), why}
}

// shared gives the lock for those who bear each other.
func (l advisoryLock) shared() advisoryLock {
	l.function = "pg_advisory_xact_lock_shared"
	return l
}

func lockKey(parts ...string) int64 {
	sum := sha256.Sum256([]byte("acequia\x00" + strings.Join(parts, "\x00")))
	return int64(binary.BigEndian.Uint64(sum[:]))
}
