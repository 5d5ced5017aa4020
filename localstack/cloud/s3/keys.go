package s3

import (
	"bytes"
	"encoding/binary"
	"fmt"
)

// In the index a version lies under its object's key and its sequence number, so that a walk gives the keys in S3's order
// (by bytes) and each key's versions newest first:
//
//	escaped key, 0x00 0x00, 8 bytes: the complement of the sequence number, big-endian
//
// A NUL in a key is escaped as 0x00 0x01, which keeps the order and makes the end of the key unmistakable.

// maxKey is S3's limit on the bytes of a key.
const maxKey = 1024

// escapeKey rewrites a key, or the first part of one, so that no 0x00 0x00 is in it.
func escapeKey(key string) []byte {
	return bytes.ReplaceAll([]byte(key), []byte{0}, []byte{0, 1})
}

// firstOf is the position just before the newest version of key.
func firstOf(key string) []byte { return append(escapeKey(key), 0, 0) }

// afterAll is the position just after the oldest version of key.
func afterAll(key string) []byte { return append(escapeKey(key), 0, 1) }

// afterPrefix is a position after every key that starts with prefix: no key goes on with so many bytes 0xff.
func afterPrefix(prefix string) []byte {
	return append(escapeKey(prefix), bytes.Repeat([]byte{0xff}, maxKey+1)...)
}

// indexKey is the position of one version.
func indexKey(key string, seq uint64) []byte {
	return binary.BigEndian.AppendUint64(firstOf(key), ^seq)
}

// splitIndexKey takes apart what indexKey made.
func splitIndexKey(b []byte) (key string, seq uint64, err error) {
	end := len(b) - 10
	if end < 0 || b[end] != 0 || b[end+1] != 0 {
		return "", 0, fmt.Errorf("the S3 index has a malformed key %q", b)
	}
	key = string(bytes.ReplaceAll(b[:end], []byte{0, 1}, []byte{0}))
	return key, ^binary.BigEndian.Uint64(b[end+2:]), nil
}
