// Package split takes an object's bytes, once, front to back, and gives pieces: ranges of bytes that tile the object and meet
// where a record begins. The walk over the records knows nothing of pieces, so their size cannot change the records.
package split

import (
	"errors"
	"fmt"
	"io"

	"acequia/shared/charset"
	"acequia/shared/grammar"
	"acequia/shared/pipeline"
)

// runaway bounds the memory of the walk, and of whoever holds a chunk: an object is refused if one of its records, with the
// line end or comma after it, is larger than runaway times Layout.MaxRecordBytes. A smaller one that is too large is rejected.
const runaway = 4

// Piece is a range of an object's bytes that begins at a record's first byte, the first one at the object's. What lies between
// two records belongs to the piece before.
type Piece struct {
	// Number counts the pieces from 0.
	Number int
	// Start is the offset of the first byte, End that of the byte after the last.
	Start, End int64
	// Line is the number, from 1, of the line that Start lies on.
	Line int64
	// Records counts the records, malformed ones included. It is 0 only if the object has none.
	Records int64
}

// Mark is a place between two pieces, where a walk can be left and gone on with later: all that it knows there. The zero Mark is
// the object's beginning.
type Mark struct {
	// Number counts the pieces before it.
	Number int `json:"chunk"`
	// Offset and Line are those of the first byte behind it; Line counts from 1, and is 0 in the zero Mark.
	Offset int64 `json:"byte_start"`
	Line   int64 `json:"line"`
	// Records counts the records before it.
	Records int64 `json:"records"`
}

// ErrLeave is what emit gives to leave the walk at the mark behind the piece. If the object ends there, the walk is over anyway,
// and Walk gives no error.
var ErrLeave = errors.New("the walk is left here")

// UnknownSize is the size of a stream that is not known before its end.
const UnknownSize = -1

// Walk reads an object of size bytes from r, which stands at the byte that from names, and gives its pieces to emit, each as soon
// as it is known: cut where the first record begins that lies chunkSize bytes or more behind the piece's start. It returns the
// mark at which it ended: at the object's end, the numbers of pieces and of records. It holds a window of windowBytes, or of one
// record if that is larger; see runaway.
//
// An object whose records cannot be told is a *pipeline.RefusedError. If r has more or fewer bytes than size, the error is
// worth a retry. An error of emit is returned as it is, with the mark behind the piece that it was given: a walk from there gives
// the pieces that this one would have given. Pieces emitted before an error hold all the same.
func Walk(r io.Reader, layout pipeline.Layout, size, chunkSize int64, from Mark, emit func(Piece) error) (Mark, error) {
	if chunkSize < 1 {
		return from, fmt.Errorf("splitting into chunks of %d bytes: there is at least one byte in a chunk", chunkSize)
	}
	layout = grammar.WithDefaults(layout)
	w := walk{layout: layout, chunkSize: chunkSize, emit: emit, mark: from}
	start, line := from.Offset, from.Line
	if start == 0 {
		w.mark.Line = 1
		start, line = layout.BodyStart, layout.BodyLine
	}
	var err error
	if w.scanner, err = newScanner(layout, start, line); err != nil {
		return from, err
	}
	encoding, _ := charset.Find(layout.Encoding) // the scanner knows it
	w.source = source{r: r, size: size, read: from.Offset}
	if err := w.source.skip(start - from.Offset); err != nil {
		return from, err
	}
	w.window = window{r: encoding.Reader(&w.source)}
	err = w.run()
	return w.mark, err
}

// scanner is what the walk needs of a grammar.
type scanner interface {
	Next(window []byte, atEOF bool) (grammar.Record, error)
}

// lines is what a scanner has that can pass over many records at once; see grammar.CSV.Lines.
type lines interface {
	Lines(window []byte, from, size int64) (records int64, passed int)
}

func newScanner(layout pipeline.Layout, offset, line int64) (scanner, error) {
	switch layout.Format {
	case pipeline.CSV:
		return grammar.NewCSV(layout, offset, line, 0)
	case pipeline.JSON:
		return grammar.NewJSON(layout, offset, line)
	case pipeline.NDJSON:
		return grammar.NewNDJSON(layout, offset, line)
	case pipeline.ConcatenatedJSON:
		return grammar.NewConcatenatedJSON(layout, offset, line)
	default:
		return nil, pipeline.Refuse("files of the format %q cannot be split; correct the contract", layout.Format)
	}
}

type walk struct {
	source    source
	window    window
	scanner   scanner
	layout    pipeline.Layout
	chunkSize int64
	emit      func(Piece) error
	// mark is where the piece at hand begins, and records counts those in it.
	mark    Mark
	records int64
}

func (w *walk) run() error {
	for {
		w.pass()
		record, err := w.scanner.Next(w.window.bytes(), w.window.atEOF)
		w.window.drop(record.Next)
		switch {
		case err == nil:
			err = w.add(record)
		case errors.Is(err, grammar.ErrMore):
			err = w.more(record)
		case errors.Is(err, io.EOF):
			return over(w.cut(w.source.read, 0))
		}
		if err != nil {
			return err
		}
	}
}

// pass adds the records to the piece at hand that need not be looked at one by one.
func (w *walk) pass() {
	scanner, ok := w.scanner.(lines)
	if !ok {
		return
	}
	records, passed := scanner.Lines(w.window.bytes(), w.mark.Offset, w.chunkSize)
	w.window.drop(passed)
	w.records += records
}

// over gives what emitting the last piece gave.
func over(err error) error {
	if errors.Is(err, ErrLeave) {
		return nil
	}
	return err
}

// add puts a record into its piece: the one at hand, unless that is large enough.
func (w *walk) add(r grammar.Record) error {
	if r.Next-r.Start > w.limit() {
		return w.tooLarge(r)
	}
	if w.records > 0 && r.Offset-w.mark.Offset >= w.chunkSize {
		if err := w.cut(r.Offset, r.Line); err != nil {
			return err
		}
	}
	w.records++
	return nil
}

// cut emits the piece at hand, which ends at offset end, on the given line, and moves the mark there.
func (w *walk) cut(end, line int64) error {
	piece := Piece{Number: w.mark.Number, Start: w.mark.Offset, End: end, Line: w.mark.Line, Records: w.records}
	w.mark.Offset, w.mark.Line, w.mark.Records, w.records = end, line, w.mark.Records+w.records, 0
	if piece.Start == piece.End {
		return nil
	}
	w.mark.Number++
	return w.emit(piece)
}

// more reads on for a record whose end is not in the window.
func (w *walk) more(r grammar.Record) error {
	if len(w.window.bytes()) > w.limit() {
		return w.tooLarge(r)
	}
	return w.window.fill(w.limit() + 1)
}

func (w *walk) limit() int {
	return runaway * w.layout.MaxRecordBytes
}

func (w *walk) tooLarge(r grammar.Record) error {
	return pipeline.Refuse(
		"the record that starts on line %d (byte %d) does not end within %d bytes: are line ends, quotes or brackets missing there? "+
			"Correct the file and upload it again", r.Line, r.Offset, w.limit())
}
