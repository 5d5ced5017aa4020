package grammar

import "bytes"

// field takes the field at b[field], whose first quote is at b[quote], on a line that ends at b[line], and gives the index
// behind it. A malformed field ends with that line.
func (s *CSV) field(b []byte, field, quote, line int, atEOF bool) (end int, err error) {
	if field < quote {
		end = index(b, quote, line, s.delimiter)
		s.text(field, end)
		return end, nil
	}
	closing, doubled, kind, err := s.closing(b, quote+1, atEOF)
	switch {
	case err != nil:
		return 0, err
	case kind == Sound:
		s.keep(Field{Start: quote + 1, End: closing, Doubled: doubled})
		s.lines += CountLines(b[min(line, closing):closing])
		return closing + 1, nil
	case closing < line:
		s.broken(kind, closing, s.count+1)
	default:
		s.broken(Unclosed, quote, s.count+1)
	}
	return line, nil
}

// closing finds the quote that closes the field whose text begins at b[start], or else the index at which it shows that
// there is none, and why.
func (s *CSV) closing(b []byte, start int, atEOF bool) (at int, doubled bool, kind Fault, err error) {
	bound := min(start+s.maxField+1, s.maxRecord)
	for at = start; ; at += 2 {
		limit := max(at, min(len(b), bound))
		at = index(b, at, limit, s.quote)
		switch {
		case at == limit && limit >= bound:
			return at, doubled, TooLarge, nil
		case at == len(b) && atEOF:
			return at, doubled, Unclosed, nil
		case at == len(b), at+1 == len(b) && !atEOF:
			return at, doubled, Sound, ErrMore
		case at+1 == len(b):
			return at, doubled, Sound, nil
		}
		switch b[at+1] {
		case s.quote:
			doubled = true
		case s.delimiter, '\n', '\r':
			return at, doubled, Sound, nil
		default:
			return at, doubled, BadQuote, nil
		}
	}
}

// texts takes the unquoted fields in b[from:to], at least one.
func (s *CSV) texts(b []byte, from, to int) {
	for s.keepFields > 0 {
		end := index(b, from, to, s.delimiter)
		s.text(from, end)
		if end == to {
			return
		}
		from = end + 1
	}
}

func (s *CSV) text(start, end int) {
	if end-start > s.maxField {
		s.broken(TooLarge, start+s.maxField, s.count+1)
	}
	s.keep(Field{Start: start, End: end})
}

func (s *CSV) keep(f Field) {
	s.count++
	if s.count <= s.keepFields {
		s.fields = append(s.fields, f)
	}
}

// index gives the index of the first c in b[from:to], or to.
func index(b []byte, from, to int, c byte) int {
	if i := bytes.IndexByte(b[from:to], c); i >= 0 {
		return from + i
	}
	return to
}

// Unquote gives what the field f of the record raw stands for. Only a field with doubled quotes needs room: it is appended to
// scratch, which is returned grown.
func Unquote(raw []byte, f Field, quote byte, scratch []byte) (text, grown []byte) {
	field := raw[f.Start:f.End]
	if !f.Doubled {
		return field, scratch
	}
	start := len(scratch)
	for len(field) > 0 {
		n := bytes.IndexByte(field, quote) + 1
		if n == 0 {
			n = len(field)
		}
		scratch = append(scratch, field[:n]...)
		field = field[min(n+1, len(field)):]
	}
	return scratch[start:], scratch
}
