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

// lastCharacter gives where the last character of text[:end] begins.
func lastCharacter(text []byte, end int) int {
	for at := end - 1; at >= max(end-utf8.UTFMax, 0); at-- {
		if utf8.RuneStart(text[at]) {
			return at
		}
	}
	return end
}
