//go:build !purego

package grammar

import "unicode/utf8"

// readable looks through as much of a text as it can do fast, and gives false if something in it is not readable. It has checked the
// text up to the beginning of a character.
func readable(text []byte) (checked int, ok bool) {
	if !hasAVX2 {
		return 0, true
	}
	const size = 32
	whole := len(text) / size * size
	return lastCharacter(text, whole), readableAVX2(text[:whole])
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

// readableAVX2 tells whether there is neither NUL in a text nor what is surely no character. The text is one of whole blocks; what its
// last character is may depend on what follows.
//
//go:noescape
func readableAVX2(text []byte) bool
