package grammar

import (
	"bytes"
	"io"

	"acequia/shared/pipeline"
)

// ConcatenatedJSON scans JSON objects that stand one after another, with or without space between them.
type ConcatenatedJSON struct {
	maxRecord int
	position
}

// NewConcatenatedJSON makes a scanner that begins at the given place in the object, where a record, space or the end must be.
func NewConcatenatedJSON(layout pipeline.Layout, offset, line int64) (*ConcatenatedJSON, error) {
	at, err := newPosition(layout.Encoding, offset, line)
	return &ConcatenatedJSON{maxRecord: WithDefaults(layout).MaxRecordBytes, position: at}, err
}

// Next finds the first record in window, which begins at the Next of the record before; atEOF says that the object ends with
// it. After the last record it gives io.EOF. With io.EOF and ErrMore, too, the window is done with up to the record's Next.
//
// A file that ends inside a JSON object is a *pipeline.RefusedError; the record that comes with it is what is there of the last.
func (s *ConcatenatedJSON) Next(window []byte, atEOF bool) (Record, error) {
	r, b := s.begin(window, atEOF)
	if len(b) == 0 && atEOF {
		return r, io.EOF
	}
	end, closed := valueEnd(b)
	if !atEOF && (end == 0 || end == len(b)) {
		return r, ErrMore
	}
	r.bound(b[:end], s.maxRecord)
	if !closed && (b[0] == '{' || b[0] == '[') {
		return r, pipeline.Refuse("the file ends inside the JSON object that starts on line %d (byte %d): it is cut off, "+
			"or a quote or bracket is missing there; upload it whole", r.Line, r.Offset)
	}
	r.Next = r.Start + end
	s.pass(b[:end], CountLines(b[:end]))
	return r, nil
}

// valueEnd gives the index behind the value at the start of b, or behind what stands in the place of one. Closed says that its
// last byte shows its end, else the byte behind it does.
func valueEnd(b []byte) (end int, closed bool) {
	if len(b) == 0 {
		return 0, false
	}
	switch b[0] {
	case '{', '[':
		return closing(b, 0)
	case '}', ']', ',':
		return len(b) - len(bytes.TrimLeft(b, "}],")), false
	}
	if end = bytes.IndexAny(b, "\r\n"); end < 0 {
		end = len(b)
	}
	return end, false
}
