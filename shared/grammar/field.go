package grammar

import (
	"bytes"
	"cmp"
)

// begin makes room for the fields of a record, which are kept where the places were that have been met. Before the first is the
// delimiter's place that it would have.
func (s *CSV) begin() {
	if s.next == 0 {
		s.places, s.next = append(s.places[:0], -1), 1
	}
	s.places[s.next-1], s.origin = -1, 0
	s.first, s.last, s.surplus, s.content, s.fault = s.next, s.next, surplus{}, content{}, fault{}
}

// more finds more places, behind the fields that are kept.
func (s *CSV) more(b []byte) bool {
	kept := s.places[s.first-1 : s.last]
	if s.first > 1 { // a record of many fields is moved once, and not for every batch
		copy(s.places, kept)
	}
	s.places = s.places[:len(kept)]
	s.first, s.last, s.next, s.opened = 1, len(s.places), len(s.places), 0
	return s.find(b)
}

// texts takes the unquoted fields from b[from] on and gives the index at which they end: that of a quote that opens the next
// field, of the record's line end, or len(b).
func (s *CSV) texts(b []byte, from int) int {
	for field := from; ; {
		for s.next < len(s.places) {
			field = s.plainTexts(b, field)
			if s.next == len(s.places) {
				break
			}
			i := int(s.places[s.next]) - s.base
			switch {
			case i < field:
			case b[i] == s.delimiter:
				s.text(field, i)
				field = i + 1
			case isLineEnd(b[i]):
				s.next++
				s.text(field, i)
				return i
			case b[i] == s.quote && i > from && b[i-1] == s.delimiter:
				return i
			}
			s.next++
		}
		if !s.more(b) {
			s.text(field, len(b))
			return len(b)
		}
	}
}

// plainTexts takes the unquoted fields from b[field] on that end with a delimiter, as long as nothing else matters, and gives where the
// next one begins. It is texts for nearly all fields, and free of calls.
func (s *CSV) plainTexts(b []byte, field int) int {
	places, next, last, most := s.places, s.next, s.last, s.first+s.keepFields
	for next < len(places) && last < most {
		i := int(places[next]) - s.base
		if uint(i) >= uint(len(b)) || b[i] != s.delimiter || uint(i-field) > uint(s.maxField) {
			break
		}
		places[last] = int32(i)
		next, last, field = next+1, last+1, i+1
	}
	s.next, s.last = next, last
	return field
}

// text takes an unquoted field.
func (s *CSV) text(start, end int) {
	if end-start > s.maxField {
		s.broken(TooLarge, start+s.maxField, s.count()+1)
	}
	s.keep(end, start == end)
}

// keep keeps the end of a field, or counts it.
func (s *CSV) keep(end int, empty bool) {
	switch {
	case s.last-s.first == s.keepFields:
		s.surplus.count++
		s.surplus.filled = s.surplus.filled || !empty
		return
	case s.last == len(s.places): // at the end of the text, where no place is left
		s.places = append(s.places, 0)
		s.next++
	}
	s.places[s.last] = int32(end)
	s.last++
}

// quotedField takes the field whose opening quote is b[open], and gives the index behind its closing one. A malformed field
// ends with its first line.
func (s *CSV) quotedField(b []byte, open int, atEOF bool) (end int, err error) {
	bound := min(open+1+s.maxField+1, s.maxRecord)
	limit := min(len(b), bound)
	done := open + 1 // what lies before it is text, as far as is known
	s.opened, s.quoted = s.next, true
	for {
		for ; s.next < len(s.places); s.next++ {
			switch i := int(s.places[s.next]) - s.base; {
			case i < done:
			case i >= limit:
				return s.unfollowed(b, open, max(done, limit), bound, atEOF)
			case isLineEnd(b[i]):
				s.multiline = true
			case b[i] != s.quote && b[i] != s.escape, b[i] == 0: // 0 is no escape, but that there is none
			case i+1 == len(b):
				return s.unfollowed(b, open, i, bound, atEOF)
			case b[i] == s.escape, b[i+1] == s.quote:
				s.multiline = s.multiline || isLineEnd(b[i+1])
				done = i + 2
			case b[i+1] == s.delimiter, isLineEnd(b[i+1]):
				s.next++
				s.keep(i+1, i == open+1)
				return i + 1, nil
			default:
				return s.malformed(b, open, BadQuote, i, atEOF)
			}
		}
		if !s.more(b) {
			return s.unfollowed(b, open, max(done, limit), bound, atEOF)
		}
	}
}

// unfollowed is about a quoted field that goes as far as b[at], where the bound, or the window with what would follow, ends.
func (s *CSV) unfollowed(b []byte, open, at, bound int, atEOF bool) (end int, err error) {
	switch {
	case at >= bound:
		return s.malformed(b, open, TooLarge, at, atEOF)
	case !atEOF:
		return 0, ErrMore
	case at == len(b), b[at] == s.escape:
		return s.malformed(b, open, Unclosed, len(b), atEOF)
	default:
		s.next++
		s.keep(at+1, at == open+1)
		return at + 1, nil
	}
}

// malformed gives the end of a record whose field with the opening quote b[open] is malformed, which b[at] shows.
func (s *CSV) malformed(b []byte, open int, kind Fault, at int, atEOF bool) (end int, err error) {
	end = lineEnds.first(b, open, len(b))
	switch {
	case end == len(b) && !atEOF:
		return 0, ErrMore
	case at < end:
		s.broken(kind, at, s.count()+1)
	default:
		s.broken(Unclosed, open, s.count()+1)
	}
	if s.next = s.opened; s.opened == 0 {
		s.restart(end)
	}
	return end, nil
}

// Unquote gives what a field stands for: without the quotes around it, of doubled quotes one, and of an escape the quote, escape or
// line end behind it. Only a field with these needs room: it is appended to scratch, which is returned grown.
func (d *dialect) Unquote(field, scratch []byte) (text, grown []byte) {
	if len(field) == 0 || field[0] != d.quote {
		return field, scratch
	}
	text = field[1 : len(field)-1]
	if bytes.IndexByte(text, d.quote) < 0 && (d.escape == 0 || bytes.IndexByte(text, d.escape) < 0) {
		return text, scratch
	}
	grown = d.appendUnquoted(scratch, text)
	return grown[len(scratch):], grown
}

// appendUnquoted appends the text without the quotes and escapes that make the quote, escape or line end behind them text. An escape
// before anything else stays: nobody knows what it was to mean.
func (d *dialect) appendUnquoted(out, text []byte) []byte {
	escape := cmp.Or(d.escape, d.quote)
	for i := 0; i < len(text); i++ {
		if c := text[i]; (c == d.quote || c == escape) && i+1 < len(text) {
			if next := text[i+1]; next == d.quote || next == escape || isLineEnd(next) {
				i++
			}
		}
		out = append(out, text[i])
	}
	return out
}
