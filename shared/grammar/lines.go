package grammar

// Lines passes over the regular records at the start of window, and the blank lines between them, up to the first record that begins size
// bytes or more behind the offset from. It gives their number, and how much of the window is done with. It is Next for many records at
// once, where nobody asks for each; what is out of the ordinary, such as a comment, it leaves to Next.
func (s *CSV) Lines(window []byte, from, size int64) (records int64, passed int) {
	if s.position.size != nil || s.inComment {
		return 0, 0
	}
	most := size - (s.offset - from)
	lines, multiline := int64(0), false
	for int64(passed) < most {
		if s.ahead == len(s.ends) {
			if !s.findRegular(window[passed:]) {
				break
			}
			s.base = -passed
		}
		line := s.ends[s.ahead]
		if end := int(s.places[line.place]) - s.base; end >= passed { // if not, Next has passed over it
			if end > passed {
				if window[passed] == s.comment || !s.isBounded(end-passed) || s.repeatsHeader(window[passed:end]) {
					break
				}
				records++
			}
			passed, _ = afterLineEnd(window, end, true)
			lines++
			multiline = multiline || line.multiline
		}
		s.ahead++
		s.next = int(line.place) + 1
	}
	if multiline {
		lines = CountLines(window[:passed])
	}
	s.advance(passed)
	s.pass(window[:passed], lines)
	return records, passed
}
