package grammar

import (
	"io"

	"acequia/shared/pipeline"
)

// NDJSON scans the lines of a file that has one JSON value on each.
type NDJSON struct {
	maxRecord int
	position
}

// NewNDJSON makes a scanner that begins at the given place in the object, where a record, a blank line or the end must be.
func NewNDJSON(layout pipeline.Layout, offset, line int64) (*NDJSON, error) {
	at, err := newPosition(layout.Encoding, offset, line)
	return &NDJSON{maxRecord: WithDefaults(layout).MaxRecordBytes, position: at}, err
}

// Next finds the first record in window, which begins at the Next of the record before; atEOF says that the object ends with
// it. After the last record it gives io.EOF. With io.EOF and ErrMore, too, the window is done with up to the record's Next.
func (s *NDJSON) Next(window []byte, atEOF bool) (Record, error) {
	r, b := s.begin(window, atEOF)
	if len(b) == 0 && atEOF {
		return r, io.EOF
	}
	end := lineEnds.first(b, 0, len(b))
	if end == len(b) && !atEOF {
		return r, ErrMore
	}
	next, ok := afterLineEnd(b, end, atEOF)
	if !ok {
		return r, ErrMore
	}
	r.bound(b[:end], s.maxRecord)
	r.Next = r.Start + next
	s.pass(b[:next], int64(min(next-end, 1)))
	return r, nil
}
