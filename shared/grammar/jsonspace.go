package grammar

// begin passes over the space at the start of window. It gives the place where the next record begins, and the text from there.
func (p *position) begin(window []byte, atEOF bool) (Record, []byte) {
	start, lines := skipSpace(window, atEOF)
	p.pass(window[:start], lines)
	return Record{Start: start, End: start, Next: start, Offset: p.offset, Line: p.line}, window[start:]
}

// skipSpace passes over what JSON allows between tokens, and counts the line ends in it. It stops before half a line end.
func skipSpace(b []byte, atEOF bool) (n int, lines int64) {
	for n < len(b) && isSpaceJSON(b[n]) {
		if !isLineEnd(b[n]) {
			n++
			continue
		}
		next, ok := afterLineEnd(b, n, atEOF)
		if !ok {
			break
		}
		n = next
		lines++
	}
	return n, lines
}

// bound makes r end with text, which begins where r does, but for the space at its end.
func (r *Record) bound(text []byte, maxRecord int) {
	length := len(text)
	for length > 0 && isSpaceJSON(text[length-1]) {
		length--
	}
	r.End = r.Start + length
	if length > maxRecord {
		r.Fault, r.FaultAt = TooLarge, maxRecord
	}
}

func isSpaceJSON(c byte) bool { return c == ' ' || c == '\n' || c == '\r' || c == '\t' }
