package grammar

import "bytes"

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

// skip passes over the lines at b[from] that are no records, blank ones and comments, and gives the index behind them.
func (s *CSV) skip(b []byte, from int, atEOF bool) int {
	if from < len(b) && b[from] > '\r' && b[from] != s.comment && !s.inComment {
		return from
	}
	n, lines := from, int64(0)
	for n < len(b) {
		if s.inComment || b[n] == s.comment {
			n = lineEnds.first(b, n, len(b))
			s.inComment = n == len(b)
		}
		if n == len(b) || !isLineEnd(b[n]) {
			break
		}
		next, ok := afterLineEnd(b, n, atEOF)
		if !ok {
			break
		}
		n = next
		lines++
	}
	s.pass(b[from:n], lines)
	return n
}

// lines counts the line ends of the record b[:end], whose line end ends at b[next].
func (s *CSV) lines(b []byte, end, next int) int64 {
	switch {
	case s.multiline:
		return CountLines(b[:next])
	case next > end:
		return 1
	default:
		return 0
	}
}
