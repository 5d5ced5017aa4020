package grammar

import (
	"io"

	"acequia/shared/pipeline"
)

// JSON scans the elements of a JSON array.
type JSON struct {
	maxRecord int
	position
	// started says that an element, or the comma before one, has been seen: the array's end is not what may come next.
	started bool
	// closed says that the array's end has been seen.
	closed bool
}

// NewJSON makes a scanner that begins at the given place in the object: behind the array's opening bracket, which is at
// layout.BodyStart, or else where an element must be.
func NewJSON(layout pipeline.Layout, offset, line int64) (*JSON, error) {
	at, err := newPosition(layout.Encoding, offset, line)
	return &JSON{maxRecord: WithDefaults(layout).MaxRecordBytes, position: at, started: offset > layout.BodyStart}, err
}

// Next finds the first record in window, which begins at the Next of the record before; atEOF says that the object ends with
// it. After the array it gives io.EOF. With io.EOF and ErrMore, too, the window is done with up to the record's Next.
//
// An object that ends before its array does, or goes on after it, is a *pipeline.RefusedError. Where the end cuts an element
// off, the record that comes with the error is what is there of it.
func (s *JSON) Next(window []byte, atEOF bool) (Record, error) {
	r, b := s.begin(window, atEOF)
	switch {
	case len(b) == 0:
		return r, s.end(atEOF)
	case s.closed && b[0] != '\r':
		return r, pipeline.Refuse("the JSON array ends before line %d (byte %d), but the file goes on; upload one array a file", s.line, s.offset)
	case b[0] == ']' && !s.started:
		s.started, s.closed = true, true
		s.pass(b[:1], 0)
		last, err := s.Next(b[1:], atEOF)
		last.Next += r.Start + 1
		return last, err
	}
	return s.element(b, r, atEOF)
}

// end says what it means that the window ends between two elements.
func (s *JSON) end(atEOF bool) error {
	switch {
	case !atEOF:
		return ErrMore
	case s.closed:
		return io.EOF
	}
	return pipeline.Refuse("the JSON array is not closed: the file ends on line %d (byte %d) without a %q; it is cut off: upload it whole",
		s.line, s.offset, "]")
}

// element takes the element at the start of b.
func (s *JSON) element(b []byte, r Record, atEOF bool) (Record, error) {
	end := elementEnd(b)
	if end == len(b) && !atEOF {
		return r, ErrMore
	}
	r.bound(b[:end], s.maxRecord)
	if end == len(b) {
		return r, pipeline.Refuse("the JSON array ends inside the record that starts on line %d (byte %d): the file is cut off, "+
			"or a quote or bracket is missing there; upload it whole",
			r.Line, r.Offset)
	}
	if r.End == r.Start {
		r.Fault = Empty
	}
	r.Next = r.Start + end + 1
	s.started, s.closed = true, b[end] == ']'
	s.pass(b[:end+1], CountLines(b[:end]))
	return r, nil
}

// elementEnd gives the index of the comma or bracket that ends the element at the start of b, or len(b).
func elementEnd(b []byte) int {
	for i := 0; i < len(b); {
		switch b[i] {
		case '{', '[':
			i, _ = closing(b, i)
		case '"':
			i = stringEnd(b, i) + 1
		case ',', ']':
			return i
		default:
			i++
		}
	}
	return len(b)
}

// stringEnd gives the index of the closing quote of the string whose opening quote is b[open], or len(b).
func stringEnd(b []byte, open int) int {
	for i := open + 1; i < len(b); i++ {
		switch b[i] {
		case '"':
			return i
		case '\\':
			i++
		}
	}
	return len(b)
}
