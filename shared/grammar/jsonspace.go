package grammar

// spaceJSON is what JSON allows between tokens beside line ends.
const spaceJSON = " \t"

// begin passes over the space at the start of window. It gives the place where the next record begins, and the text from there.
func (p *position) begin(window []byte, atEOF bool) (Record, []byte) {
	start, lines := skipBlank(window, spaceJSON, atEOF)
	p.pass(window[:start], lines)
	return Record{Start: start, End: start, Next: start, Offset: p.offset, Line: p.line}, window[start:]
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
