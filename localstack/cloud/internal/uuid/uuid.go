// Package uuid makes the ids that AWS gives to requests, events and mappings: nothing or a name in, a UUID out.
package uuid

import (
	"crypto/rand"
	"crypto/sha1" //nolint:gosec // RFC 9562 makes version 5 with it
	"fmt"
)

// New gives a random UUID: version 4.
func New() string {
	var b [16]byte
	_, _ = rand.Read(b[:]) // never fails, see its documentation
	return format(b, 4)
}

// Of gives a name's UUID, always the same: version 5, in a name space of its own.
func Of(name string) string {
	sum := sha1.Sum([]byte("acequia\n" + name)) //nolint:gosec // as above
	return format([16]byte(sum[:16]), 5)
}

func format(b [16]byte, version byte) string {
	b[6], b[8] = b[6]&0x0f|version<<4, b[8]&0x3f|0x80
	return fmt.Sprintf("%x-%x-%x-%x-%x", b[:4], b[4:6], b[6:8], b[8:10], b[10:])
}
