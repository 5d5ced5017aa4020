package grammar

import (
	"io"

	"acequia/shared/pipeline"
)

// CSV scans the records of a CSV file.
type CSV struct {
	dialect
	maxField, maxRecord int
	// headerText is the text of the records that repeat the header.
	headerText string
	// keepFields is how many fields of a record are kept; what it has more is only counted.
	keepFields int
	position
	index
	regular
	// inComment says that the next window begins inside a comment.
	inComment bool

	// The record at hand: places[first:last] are the ends of those of its fields that are kept, counted from an origin that lies origin
	// bytes before its first byte, and what is wrong with it.
	first, last int
	origin      int32
	surplus     surplus
	// opened is what next was where the quoted field at hand begins, or 0 if those places have been let go.
	opened int
	content
	fault fault
}

// surplus counts fields, and says whether one of them holds anything.
type surplus struct {
	count  int
	filled bool
}

type fault struct {
	kind  Fault
	at    int
	field int
}

// NewCSV makes a scanner that begins at the given place in the object, where a record, a line that is none or the end must be. It
// keeps up to keepFields fields of a record; if that is 0, it takes no record apart, and is the faster for it: what is wrong with
// one is not told then. A dialect that cannot be is a *pipeline.RefusedError.
func NewCSV(layout pipeline.Layout, offset, line int64, keepFields int) (*CSV, error) {
	layout = WithDefaults(layout)
	at, err := newPosition(layout.Encoding, offset, line)
	if err != nil {
		return nil, err
	}
	dialect, err := newDialect(layout)
	return &CSV{
		dialect: dialect, maxField: layout.MaxFieldBytes, maxRecord: layout.MaxRecordBytes, headerText: layout.HeaderText,
		keepFields: keepFields, position: at, index: dialect.index(keepFields > 0),
	}, err
}

// Next finds the first record in window, which begins at the Next of the record before; atEOF says that the object ends with
// it. After the last record it gives io.EOF. With io.EOF and ErrMore, too, the window is done with up to the record's Next.
func (s *CSV) Next(window []byte, atEOF bool) (r Record, err error) {
	for {
		start := s.skip(window, r.Next, atEOF)
		s.advance(start - r.Next)
		r.Start, r.End, r.Next, r.Offset, r.Line = start, start, start, s.offset, s.line
		b := window[start:]
		end, next, err := s.record(b, atEOF)
		if err != nil {
			s.forget()
			return r, err
		}
		s.advance(next)
		s.pass(b[:next], s.lines(b, end, next))
		r.End, r.Next = start+end, start+next
		if !s.repeatsHeader(b[:end]) {
			r.Fault, r.FaultAt, r.Field = s.fault.kind, s.fault.at, s.fault.field
			return r, nil
		}
	}
}

// forget forgets what has been found in a window, because the next one will show more.
func (s *CSV) forget() {
	s.restart(0)
	s.regular = regular{ends: s.ends[:0]}
}

// mark is the byte order mark, as text.
const mark = "\ufeff"

// repeatsHeader tells whether a record is the header once more, with a mark before it where a file with one was put behind another.
func (s *CSV) repeatsHeader(text []byte) bool {
	if len(text) == len(s.headerText)+len(mark) && string(text[:len(mark)]) == mark {
		text = text[len(mark):]
	}
	return s.headerText != "" && string(text) == s.headerText
}

// Fields gives the fields of the record that Next found last, as many as are kept, and how many it has. They are valid until the next
// call of Next, and make sense if the record is sound.
func (s *CSV) Fields() (kept Fields, count int) {
	return Fields{ends: s.places[s.first-1 : s.last], origin: s.origin}, s.count()
}

// Fields tells where the fields of a record are in its text.
type Fields struct {
	// ends[i+1] is where field i ends, and ends[i] the byte before its first, both counted from an origin before the text.
	ends   []int32
	origin int32
}

// Len is the number of fields.
func (f Fields) Len() int { return len(f.ends) - 1 }

// In gives field i in its record's text, with its quotes: see Unquote.
func (f Fields) In(text []byte, i int) []byte {
	return text[f.ends[i]+1-f.origin : f.ends[i+1]-f.origin]
}

// count is how many fields there are, up to now.
func (s *CSV) count() int { return s.last - s.first + s.surplus.count }

// Surplus tells whether one of the fields that were not kept holds anything.
func (s *CSV) Surplus() bool { return s.surplus.filled }

// HasQuotes tells whether one of the fields may be quoted; the others are what they stand for.
func (s *CSV) HasQuotes() bool { return s.quoted }

// record takes the record at the start of b, and gives where it ends, and where its line end does. It gives io.EOF if there is none.
func (s *CSV) record(b []byte, atEOF bool) (end, next int, err error) {
	end, ok := s.regularRecord(b)
	if !ok {
		if end, err = s.takeFields(b, atEOF); err != nil {
			return 0, 0, err
		}
		s.patience -= end
	}
	if next, ok = afterLineEnd(b, end, atEOF); !ok {
		return 0, 0, ErrMore
	}
	return end, next, nil
}

// takeFields takes the fields of the record at the start of b, one by one, and gives its length. It gives io.EOF if there is none.
func (s *CSV) takeFields(b []byte, atEOF bool) (end int, err error) {
	s.begin()
	for at := 0; ; at = end + 1 {
		end = at
		if at == len(b) || b[at] != s.quote {
			end = s.texts(b, at)
		}
		switch {
		case end == len(b) && !atEOF:
			return 0, ErrMore
		case end == 0 && end == len(b):
			return 0, io.EOF
		case end == len(b), isLineEnd(b[end]):
			return s.bounded(end), nil
		}
		end, err = s.quotedField(b, end, atEOF)
		if err != nil || end == len(b) || b[end] != s.delimiter {
			return s.bounded(end), err
		}
	}
}

// bounded finds the record too large if it is.
func (s *CSV) bounded(end int) int {
	if end > s.maxRecord {
		s.broken(TooLarge, s.maxRecord, 0)
	}
	return end
}

// broken keeps the first fault of a record.
func (s *CSV) broken(kind Fault, at, field int) {
	if s.fault.kind == Sound && s.keepFields > 0 {
		s.fault = fault{kind, at, field}
	}
}
