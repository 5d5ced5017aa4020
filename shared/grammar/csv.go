package grammar

import (
	"bytes"
	"io"

	"acequia/shared/pipeline"
)

// CSV scans the records of a CSV file.
type CSV struct {
	delimiter, quote    byte
	maxField, maxRecord int
	// keepFields is how many fields of a record are kept; what it has more is only counted.
	keepFields int
	position
	// These find what lies outside quoted fields: there they are asked from places that never go back, as a finder needs, not
	// even behind a malformed record.
	quotes, newlines, returns finder

	// The record at hand: its fields, the line ends inside it, what is wrong with it.
	fields []Field
	count  int
	lines  int64
	fault  fault
}

type fault struct {
	kind  Fault
	at    int
	field int
}

// NewCSV makes a scanner that begins at the given place in the object, where a record, a blank line or the end must be. It keeps
// up to keepFields fields of a record; if that is 0, it takes no record apart, and is the faster for it. A dialect that cannot
// be is a *pipeline.RefusedError.
func NewCSV(layout pipeline.Layout, offset, line int64, keepFields int) (*CSV, error) {
	layout = WithDefaults(layout)
	at, err := newPosition(layout.Encoding, offset, line)
	if err != nil {
		return nil, err
	}
	s := &CSV{
		delimiter: layout.Delimiter, quote: layout.Quote, maxField: layout.MaxFieldBytes, maxRecord: layout.MaxRecordBytes,
		keepFields: keepFields, position: at,
		newlines: finder{c: '\n'}, returns: finder{c: '\r'},
	}
	s.quotes.c = s.quote
	for _, c := range []byte{s.delimiter, s.quote} {
		if c >= 0x80 || c == '\n' || c == '\r' {
			return nil, pipeline.Refuse("%q can be neither delimiter nor quote, which are ASCII and no line ends; correct the contract", c)
		}
	}
	if s.delimiter == s.quote {
		return nil, pipeline.Refuse("delimiter and quote are both %q; correct the contract", s.quote)
	}
	return s, nil
}

// Next finds the first record in window, which begins at the Next of the record before; atEOF says that the object ends with
// it. After the last record it gives io.EOF. With io.EOF and ErrMore, too, the window is done with up to the record's Next.
func (s *CSV) Next(window []byte, atEOF bool) (Record, error) {
	start, lines := skipBlank(window, "", atEOF)
	s.pass(window[:start], lines)
	r := Record{Start: start, End: start, Next: start, Offset: s.offset, Line: s.line}
	b := window[start:]
	if len(b) == 0 && atEOF {
		return r, io.EOF
	}
	end, err := s.record(b, atEOF)
	if err != nil {
		return r, err
	}
	next, ok := afterLineEnd(b, end, atEOF)
	if !ok {
		return r, ErrMore
	}
	if next > end {
		s.lines++
	}
	s.pass(b[:next], s.lines)
	r.End, r.Next = start+end, start+next
	r.Fault, r.FaultAt, r.Field = s.fault.kind, s.fault.at, s.fault.field
	return r, nil
}

// Fields gives the fields of the record that Next found last, as many as are kept, and how many it has. They are valid until
// the next call of Next, and make sense if the record is sound.
func (s *CSV) Fields() (kept []Field, count int) { return s.fields, s.count }

// record gives the length of the record at the start of b.
func (s *CSV) record(b []byte, atEOF bool) (end int, err error) {
	s.fields, s.count, s.lines, s.fault = s.fields[:0], 0, 0, fault{}
	for at := 0; ; {
		line := min(s.newlines.next(b, s.passed, at), s.returns.next(b, s.passed, at))
		if line == len(b) && !atEOF {
			return 0, ErrMore
		}
		quote := s.quotes.next(b, s.passed, at)
		if quote >= line {
			s.texts(b, at, line)
			end = line
			break
		}
		field := at + bytes.LastIndexByte(b[at:quote], s.delimiter) + 1
		if field > at {
			s.texts(b, at, field-1)
		}
		if end, err = s.field(b, field, quote, line, atEOF); err != nil {
			return 0, err
		}
		if end == len(b) || b[end] != s.delimiter {
			break
		}
		at = end + 1
	}
	if end > s.maxRecord {
		s.broken(TooLarge, s.maxRecord, 0)
	}
	return end, nil
}

// broken keeps the first fault of a record.
func (s *CSV) broken(kind Fault, at, field int) {
	if s.fault.kind == Sound {
		s.fault = fault{kind, at, field}
	}
}
