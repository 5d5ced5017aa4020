package pipeline

import (
	"crypto/sha1" //nolint:gosec // UUID version 5 is defined on SHA-1 (RFC 9562, section 5.5); nothing is secured by it.
	"encoding/hex"
	"fmt"
	"strings"
	"time"
)

// ObjectID identifies one version of one key. It is a UUID version 5, so every stage can compute it from the identity of
// the object without asking anybody.
type ObjectID [16]byte

// objectNamespace is the UUID version 5 name space of all object ids: a constant, drawn at random once. Changing it
// would give every object that was ever loaded a new identity.
var objectNamespace = ObjectID{
	0x8f, 0x1d, 0x6a, 0x52, 0x3b, 0x0c, 0x4e, 0x77, 0x9a, 0x41, 0x5d, 0x2e, 0xc6, 0x90, 0x13, 0xbf,
}

// NewObjectID derives the id of the version versionID of bucket/key. The parts are separated by NUL, which no bucket
// name, key or version id contains.
func NewObjectID(bucket, key, versionID string) ObjectID {
	h := sha1.New() //nolint:gosec // See the import.
	h.Write(objectNamespace[:])
	h.Write([]byte(bucket + "\x00" + key + "\x00" + versionID))
	var id ObjectID
	copy(id[:], h.Sum(nil))
	id[6] = id[6]&0x0f | 0x50 // version 5
	id[8] = id[8]&0x3f | 0x80 // variant of RFC 9562
	return id
}

// ParseObjectID reads the usual text form of a UUID.
func ParseObjectID(s string) (ObjectID, error) {
	var id ObjectID
	b, err := hex.DecodeString(strings.ReplaceAll(s, "-", ""))
	if err != nil || len(b) != len(id) || len(s) != 36 {
		return id, fmt.Errorf("%q is not an object id (a UUID like 01234567-89ab-5cde-8f01-23456789abcd)", s)
	}
	copy(id[:], b)
	return id, nil
}

// String gives the usual text form of a UUID.
func (id ObjectID) String() string {
	s := hex.EncodeToString(id[:])
	return s[:8] + "-" + s[8:12] + "-" + s[12:16] + "-" + s[16:20] + "-" + s[20:]
}

// MarshalText implements encoding.TextMarshaler.
func (id ObjectID) MarshalText() ([]byte, error) { return []byte(id.String()), nil }

// UnmarshalText implements encoding.TextUnmarshaler.
func (id *ObjectID) UnmarshalText(b []byte) error {
	parsed, err := ParseObjectID(string(b))
	*id = parsed
	return err
}

// Object is one version of one key of the raw bucket, with all that identifies and ranks it. Every message carries it
// whole, so that the ledger's row can be made from whichever message comes first.
type Object struct {
	ID           ObjectID  `json:"object_id"`
	Bucket       string    `json:"bucket"`
	Key          string    `json:"key"`
	VersionID    string    `json:"version_id"`
	ETag         string    `json:"etag"`
	Size         int64     `json:"size_bytes"`
	LastModified time.Time `json:"last_modified"`
	// Dataset is the data set that the key belongs to; empty if it matches none.
	Dataset string `json:"dataset,omitempty"`
	// Rank orders objects by precedence: see NewRank.
	Rank Rank `json:"rank"`
}

// URI names the object as the AWS CLI does.
func (o Object) URI() string { return "s3://" + o.Bucket + "/" + o.Key }

// Version is what a bucket's version listing says of one version of a key.
type Version struct {
	ID           string
	ETag         string
	Size         int64
	LastModified time.Time
}
