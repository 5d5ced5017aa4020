package grammar

// Lines passes over the records at the start of window that are lines without a quoted field, up to the first that begins size bytes
// or more behind the offset from. It gives their number, and how much of the window is done with. It is Next for many records at once,
// where nobody asks for each; what is out of the ordinary, such as a blank line, it leaves to Next.
func (s *CSV) Lines(window []byte, from, size int64) (records int64, passed int) {
	if s.position.size != nil || s.inComment {
		return 0, 0
	}
	most := size - (s.offset - from)
	for int64(passed) < most {
		end, next, ok := s.plainLine(window, passed)
		if !ok || end-passed > s.maxRecord || s.repeatsHeader(window[passed:end]) {
			break
		}
		passed = next
		records++
	}
	s.advance(passed)
	s.pass(window[:passed], records)
	return records, passed
}

// plainLine gives the end of the line at b[at], and where the next one begins. It gives false if the line is none that is surely a
// record without a quoted field. The place of its end stays in the index, for Next may have to see it.
func (s *CSV) plainLine(b []byte, at int) (end, next int, ok bool) {
	if at == len(b) || b[at] <= '\r' || b[at] == s.comment || b[at] == s.quote {
		return 0, 0, false
	}
	for {
		for ; s.next < len(s.places); s.next++ {
			end = int(s.places[s.next]) - s.base
			switch {
			case end < at:
			case b[end] == '\n':
				return end, end + 1, true
			case b[end] == '\r':
				return end, end + 2, end+1 < len(b) && b[end+1] == '\n'
			case b[end] == s.quote && b[end-1] == s.delimiter:
				return 0, 0, false
			}
		}
		s.begin()
		if !s.more(b) {
			return 0, 0, false
		}
	}
}
