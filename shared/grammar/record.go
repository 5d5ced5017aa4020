package grammar

import (
	"cmp"
	"errors"

	"acequia/shared/charset"
	"acequia/shared/pipeline"
)

// The bounds where a layout names none, in bytes.
const (
	DefaultMaxFieldBytes  = 1 << 20
	DefaultMaxRecordBytes = 8 << 20
)

// ErrMore says that the window ends too soon to tell where its first record ends.
var ErrMore = errors.New("the window ends before the record does")

// Record is where a record lies, and whether it is one.
type Record struct {
	// Start and End bound its text in the window, without the line end or comma after it. The next window begins at Next.
	Start, End, Next int
	// Offset and Line are those of its first byte in the object, whatever its encoding; lines count from 1.
	Offset, Line int64
	// Fault says why it is malformed, FaultAt which byte of its text shows that, counted from its first, and Field, counted from 1,
	// in which field that is; 0 is the record as a whole.
	Fault   Fault
	FaultAt int
	Field   int
}

// Fault is a kind of malformation.
type Fault uint8

// The malformations that a scanner tells; decode knows more.
const (
	Sound    Fault = iota
	BadQuote       // the quote at FaultAt closes a field, and neither delimiter nor line end follows
	Unclosed       // the field whose opening quote is at FaultAt is not closed as it must be
	TooLarge       // a field, or the record, is larger than the layout allows
	Empty          // nothing stands where a JSON element must
)

// position is where in the object the next window begins.
type position struct {
	// size gives how many bytes of the object a text stands for; nil: as many as it has itself.
	size         func(text []byte) int
	offset, line int64
}

// newPosition gives the position at the given place in an object of the given encoding.
func newPosition(encoding string, offset, line int64) (position, error) {
	set, ok := charset.Find(encoding)
	if !ok {
		return position{}, pipeline.Refuse("the encoding %q cannot be read; correct the contract", encoding)
	}
	p := position{offset: offset, line: line}
	if !set.IsUTF8() {
		p.size = set.Size
	}
	return p, nil
}

// pass moves the position behind the text, with the given number of line ends.
func (p *position) pass(text []byte, lines int64) {
	n := len(text)
	if p.size != nil {
		n = p.size(text)
	}
	p.offset += int64(n)
	p.line += lines
}

// WithDefaults fills in what a layout leaves out: comma, double quote, the bounds.
func WithDefaults(layout pipeline.Layout) pipeline.Layout {
	if layout.Format == pipeline.CSV {
		layout.Delimiter = cmp.Or(layout.Delimiter, ',')
		if !layout.Unquoted {
			layout.Quote = cmp.Or(layout.Quote, '"')
		}
	}
	layout.MaxFieldBytes = cmp.Or(layout.MaxFieldBytes, DefaultMaxFieldBytes)
	layout.MaxRecordBytes = cmp.Or(layout.MaxRecordBytes, DefaultMaxRecordBytes)
	return layout
}
