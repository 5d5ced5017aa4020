package grammar

import (
	"bytes"
	"strings"
)

var lineEnds = newSet('\n', '\r')

func isLineEnd(c byte) bool { return c == '\n' || c == '\r' }

// CountLines counts the line ends in b: LF, CR LF, or CR alone.
func CountLines(b []byte) int64 {
	lines := bytes.Count(b, []byte{'\n'})
	for {
		i := bytes.IndexByte(b, '\r')
		if i < 0 {
			return int64(lines)
		}
		b = b[i+1:]
		if len(b) == 0 || b[0] != '\n' {
			lines++
		}
	}
}

// afterLineEnd gives the index behind the line end at b[at]; at the end of b, where there is none, it gives at. A CR that ends
// the window may be half a line end: ok is false then.
func afterLineEnd(b []byte, at int, atEOF bool) (next int, ok bool) {
	switch {
	case at == len(b):
		return at, true
	case b[at] == '\n':
		return at + 1, true
	case at+1 < len(b) && b[at+1] == '\n':
		return at + 2, true
	default:
		return at + 1, at+1 < len(b) || atEOF
	}
}

// skipBlank passes over line ends and the given kinds of space, and counts the former. It stops before half a line end.
func skipBlank(b []byte, space string, atEOF bool) (n int, lines int64) {
	for n < len(b) {
		switch c := b[n]; {
		case c == '\n' || c == '\r':
			next, ok := afterLineEnd(b, n, atEOF)
			if !ok {
				return n, lines
			}
			n = next
			lines++
		case strings.IndexByte(space, c) >= 0:
			n++
		default:
			return n, lines
		}
	}
	return n, lines
}
