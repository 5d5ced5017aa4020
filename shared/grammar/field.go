package grammar

import "cmp"

// texts takes the unquoted fields from b[from] on and gives the index at which they end: that of a quote that opens the next
// field, of the record's line end, or len(b).
func (s *CSV) texts(b []byte, from int) int {
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

// keep keeps a field, or counts it.
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
	f := Field{Start: open + 1, End: open + 1} // what lies before its End is text, as far as is known
	bound := min(f.Start+s.maxField+1, s.maxRecord)
	limit := min(len(b), bound)
	for at := f.Start; at < limit; at += wordBytes {
		for found := s.inside.in(word(b, at)); found != 0; found &= found - 1 {
			switch i := at + lowest(found); {
			case i < f.End:
			case i >= limit:
				return s.unfollowed(b, f, limit, bound, atEOF)
			case isLineEnd(b[i]):
				s.multiline = true
			case i+1 == len(b):
				return s.unfollowed(b, f, i, bound, atEOF)
			case b[i] == s.escape, b[i+1] == s.quote:
				s.multiline = s.multiline || isLineEnd(b[i+1])
				f.End, f.Escaped = i+2, true
			case b[i+1] == s.delimiter, isLineEnd(b[i+1]):
				f.End = i
				s.keep(f)
				return i + 1, nil
			default:
				return s.malformed(b, open, BadQuote, i, atEOF)
			}
		}
	}
	return s.unfollowed(b, f, limit, bound, atEOF)
}

// unfollowed is about a quoted field that goes as far as b[at], where the bound, or the window with what would follow, ends.
func (s *CSV) unfollowed(b []byte, f Field, at, bound int, atEOF bool) (end int, err error) {
	open := f.Start - 1
	f.End = max(f.End, at)
	switch {
	case f.End >= bound:
		return s.malformed(b, open, TooLarge, f.End, atEOF)
	case !atEOF:
		return 0, ErrMore
	case f.End == len(b), b[f.End] == s.escape:
		return s.malformed(b, open, Unclosed, len(b), atEOF)
	default:
		s.keep(f)
		return f.End + 1, nil
	}
}

// malformed gives the end of a record whose field with the opening quote b[open] is malformed, which b[at] shows.
func (s *CSV) malformed(b []byte, open int, kind Fault, at int, atEOF bool) (end int, err error) {
	end = lineEnds.first(b, open, len(b))
	switch {
	case end == len(b) && !atEOF:
		return 0, ErrMore
	case at < end:
		s.broken(kind, at, s.number())
	default:
		s.broken(Unclosed, open, s.number())
	}
	return end, nil
}

// Unquote gives what the field f of the record raw stands for: of doubled quotes one, and of an escape, 0 if the dialect has
// none, the quote, escape or line end behind it. Only a field with these needs room: it is appended to scratch, which is returned grown.
func Unquote(raw []byte, f Field, quote, escape byte, scratch []byte) (text, grown []byte) {
	if !f.Escaped {
		return raw[f.Start:f.End], scratch
	}
	grown = appendUnquoted(scratch, raw[f.Start:f.End], quote, escape)
	return grown[len(scratch):], grown
}

// appendUnquoted appends the text without the quotes and escapes that make the quote, escape or line end behind them text. An escape
// before anything else stays: nobody knows what it was to mean.
func appendUnquoted(out, text []byte, quote, escape byte) []byte {
	escape = cmp.Or(escape, quote)
	for i := 0; i < len(text); i++ {
		if c := text[i]; (c == quote || c == escape) && i+1 < len(text) {
			if next := text[i+1]; next == quote || next == escape || isLineEnd(next) {
				i++
			}
		}
		out = append(out, text[i])
	}
	return out
}
