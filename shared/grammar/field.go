package grammar

import "cmp"

// texts takes the unquoted fields from b[from] on and gives the index at which they end: that of a quote that opens the next
// field, of the record's line end, or len(b).
func (s *CSV) texts(b []byte, from int) int {
	if s.keepFields == 0 {
		return s.passTexts(b, from)
	}
	field := from
	for at := from; at < len(b); at += wordBytes {
		for found := s.outside.in(word(b, at)); found != 0; found &= found - 1 {
			i := at + lowest(found)
			if c := b[i]; c != s.delimiter && !isLineEnd(c) {
				if i == field {
					return i
				}
				continue
			}
			if len(s.fields) < s.keepFields && i-field <= s.maxField {
				s.fields = append(s.fields, Field{Start: field, End: i}) // as text does, without the call
			} else {
				s.text(field, i)
			}
			if b[i] != s.delimiter {
				return i
			}
			field = i + 1
		}
	}
	s.text(field, len(b))
	return len(b)
}

// passTexts is texts, but takes no field.
func (s *CSV) passTexts(b []byte, from int) int {
	for at := from; at < len(b); at += wordBytes {
		for found := s.outside.in(word(b, at)); found != 0; found &= found - 1 {
			i := at + lowest(found)
			if isLineEnd(b[i]) || b[i-1] == s.delimiter {
				return i
			}
		}
	}
	return len(b)
}

// text takes an unquoted field.
func (s *CSV) text(start, end int) {
	if end-start > s.maxField {
		s.broken(TooLarge, start+s.maxField, s.number())
	}
	s.keep(Field{Start: start, End: end})
}

// number is that of the field at hand.
func (s *CSV) number() int { return len(s.fields) + s.surplus.count + 1 }

func (s *CSV) keep(f Field) {
	if len(s.fields) < s.keepFields {
		s.fields = append(s.fields, f)
		return
	}
	s.surplus.count++
	s.surplus.filled = s.surplus.filled || f.Start < f.End
}

// quotedField takes the field whose opening quote is b[open], and gives the index behind its closing one. A malformed field
// ends with its first line.
func (s *CSV) quotedField(b []byte, open int, atEOF bool) (end int, err error) {
	closing, escaped, kind, err := s.closing(b, open+1, atEOF)
	if err != nil {
		return 0, err
	}
	if kind == Sound {
		s.quoted = true
		s.keep(Field{Start: open + 1, End: closing, Escaped: escaped})
		return closing + 1, nil
	}
	line := lineEnds.first(b, open, len(b))
	switch {
	case line == len(b) && !atEOF:
		return 0, ErrMore
	case closing < line:
		s.broken(kind, closing, s.number())
	default:
		s.broken(Unclosed, open, s.number())
	}
	return line, nil
}

// closing finds the quote that closes the field whose text begins at b[start], or else the index at which it shows that
// there is none, and why.
func (s *CSV) closing(b []byte, start int, atEOF bool) (at int, escaped bool, kind Fault, err error) {
	bound := min(start+s.maxField+1, s.maxRecord)
	for at = start; ; at += 2 {
		limit := max(at, min(len(b), bound))
		at = s.inside.first(b, at, limit)
		if at == limit || at+1 == len(b) {
			at, kind, err = s.unfollowed(b, at, bound, atEOF)
			return at, escaped, kind, err
		}
		switch next := b[at+1]; {
		case b[at] == s.escape, next == s.quote:
			escaped = true
		case next == s.delimiter, isLineEnd(next):
			return at, escaped, Sound, nil
		default:
			return at, escaped, BadQuote, nil
		}
	}
}

// unfollowed is closing where the bound, or the window, ends before a byte that would follow a closing quote.
func (s *CSV) unfollowed(b []byte, at, bound int, atEOF bool) (int, Fault, error) {
	switch {
	case at >= bound:
		return at, TooLarge, nil
	case !atEOF:
		return at, Sound, ErrMore
	case at == len(b), b[at] == s.escape:
		return len(b), Unclosed, nil
	default:
		return at, Sound, nil
	}
}

// Unquote gives what the field f of the record raw stands for: of doubled quotes one, and of an escape, 0 if the dialect has
// none, the byte behind it. Only a field with these needs room: it is appended to scratch, which is returned grown.
func Unquote(raw []byte, f Field, quote, escape byte, scratch []byte) (text, grown []byte) {
	if !f.Escaped {
		return raw[f.Start:f.End], scratch
	}
	grown = appendUnquoted(scratch, raw[f.Start:f.End], quote, escape)
	return grown[len(scratch):], grown
}

// appendUnquoted appends the text without the quotes and escapes that make the byte behind them text.
func appendUnquoted(out, text []byte, quote, escape byte) []byte {
	escapes := newSet(quote, cmp.Or(escape, quote))
	for at := 0; at < len(text); at++ {
		end := escapes.first(text, at, len(text))
		out = append(out, text[at:end]...)
		if at = end + 1; at < len(text) {
			out = append(out, text[at])
		}
	}
	return out
}
