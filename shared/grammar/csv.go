package grammar

import "bytes"

// CSV is the grammar of records in one dialect.
type CSV struct {
	Delimiter, Quote byte
	// MaxField is the largest number of bytes in a field, its quotes included.
	MaxField int
}

// Field is where a field lies, without its quotes.
type Field struct {
	Start, End int
	// Doubled says that it holds doubled quotes, each of which stands for one.
	Doubled bool
}

// Record finds the record that starts at b[at]. last tells whether the file ends with b; if it does not, enough is false
// when b ends too early to tell, and the call must be made again with more bytes. The record's fields are appended to
// fields, unless that is nil.
func (g CSV) Record(b []byte, at int, last bool, fields *[]Field) (e Extent, enough bool) {
	e = Extent{Start: at}
	if end, next, ok := lineEnd(b, at, last); !ok {
		return e, false
	} else if next > at {
		e.End, e.Next, e.Blank = end, next, true
		return e, true
	}
	for {
		field, next, fault, ok := g.field(b, at, last)
		switch {
		case !ok:
			return e, false
		case fault != "":
			return malformed(b, e, at, fault, last)
		}
		if fields != nil {
			*fields = append(*fields, field)
		}
		if next < len(b) && b[next] == g.Delimiter {
			at = next + 1
			continue
		}
		e.End = next
		_, e.Next, ok = lineEnd(b, next, last)
		return e, ok
	}
}

// field finds the field that starts at b[at]; next is the index of the delimiter, line end or end of file behind it.
func (g CSV) field(b []byte, at int, last bool) (f Field, next int, fault Fault, enough bool) {
	if at < len(b) && b[at] == g.Quote && g.Quote != 0 {
		return g.quoted(b, at, last)
	}
	length := g.textLength(b[at:])
	if length > g.MaxField {
		return f, 0, LongField, true
	}
	next = at + length
	return Field{Start: at, End: next}, next, "", next < len(b) || last
}

// textLength is the number of bytes before the first delimiter or line end.
func (g CSV) textLength(b []byte) int {
	for i, c := range b {
		if c == g.Delimiter || c == '\n' || c == '\r' {
			return i
		}
	}
	return len(b)
}

func (g CSV) quoted(b []byte, at int, last bool) (f Field, next int, fault Fault, enough bool) {
	f.Start = at + 1
	for from := f.Start; ; {
		found := bytes.IndexByte(b[from:], g.Quote)
		f.End = from + found
		switch {
		case found < 0 && len(b)-at <= g.MaxField:
			return f, 0, BadQuote, last
		case found < 0 || f.End+1-at > g.MaxField:
			return f, 0, BadQuote, true
		}
		next = f.End + 1
		switch {
		case next == len(b):
			return f, next, "", last
		case b[next] == g.Quote:
			f.Doubled = true
			from = next + 1
		case b[next] == g.Delimiter || b[next] == '\n' || b[next] == '\r':
			return f, next, "", true
		default:
			return f, 0, BadQuote, true
		}
	}
}

// malformed extends the record to the first line end behind the first byte of the field at fault.
func malformed(b []byte, e Extent, at int, fault Fault, last bool) (Extent, bool) {
	e.Fault, e.At = fault, at
	length := bytes.IndexAny(b[at:], "\r\n")
	if length < 0 {
		e.End, e.Next = len(b), len(b)
		return e, last
	}
	var ok bool
	e.End = at + length
	_, e.Next, ok = lineEnd(b, e.End, last)
	return e, ok
}

// lineEnd tells where the line end at b[at] ends; next is at if there is none. A CR at the end of b needs more bytes,
// because an LF may follow.
func lineEnd(b []byte, at int, last bool) (end, next int, enough bool) {
	switch {
	case at == len(b):
		return at, at, last
	case b[at] == '\n':
		return at, at + 1, true
	case b[at] != '\r':
		return at, at, true
	case at+1 == len(b):
		return at, at + 1, last
	case b[at+1] == '\n':
		return at, at + 2, true
	default:
		return at, at + 1, true
	}
}

// Unquoted gives a field's text: its bytes, with doubled quotes made one. It needs scratch only where there are some.
func (g CSV) Unquoted(b []byte, f Field, scratch []byte) (text, grown []byte) {
	if !f.Doubled {
		return b[f.Start:f.End], scratch
	}
	start := len(scratch)
	for i := f.Start; i < f.End; i++ {
		scratch = append(scratch, b[i])
		if b[i] == g.Quote {
			i++
		}
	}
	return scratch[start:], scratch
}
