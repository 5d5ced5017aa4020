package grammar

import (
	"bytes"
	"unicode/utf8"
)

// IsReadable tells whether a text has neither NUL, which Postgres does not store, nor what is no character.
func IsReadable(text []byte) bool {
	checked, ok := readable(text)
	return ok && bytes.IndexByte(text[checked:], 0) < 0 && utf8.Valid(text[checked:])
}
