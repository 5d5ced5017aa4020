// Package split takes an object's bytes, once, front to back, and gives pieces: ranges of bytes that tile the object and meet
// where a record begins. The walk over the records knows nothing of pieces, so their size cannot change the records.
package split

import (
	"errors"
	"fmt"
	"io"

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

// Walk reads an object of size bytes from r, which stands at its first byte, and gives its pieces to emit, each as soon as it
// is known: cut where the first record begins that lies chunkSize bytes or more behind the piece's start. It returns the number
// of records. It holds a window of windowBytes, or of one record if that is larger; see runaway.
//
// An object whose records cannot be told is a *pipeline.RefusedError. If r has more or fewer bytes than size, the error is
// worth a retry. An error of emit is returned as it is. Pieces emitted before an error hold all the same.
func Walk(r io.Reader, layout pipeline.Layout, size, chunkSize int64, emit func(Piece) error) (records int64, err error) {
	if chunkSize < 1 {
		return 0, fmt.Errorf("splitting into chunks of %d bytes: there is at least one byte in a chunk", chunkSize)
	}
	scanner, err := newScanner(layout)
	if err != nil {
		return 0, err
	}
	layout = grammar.WithDefaults(layout)
	w := walk{window: window{r: r, size: size}, scanner: scanner, layout: layout, chunkSize: chunkSize, emit: emit}
	return w.run()
}

// scanner is what the walk needs of a grammar.
type scanner interface {
	Next(window []byte, atEOF bool) (grammar.Record, error)
}

func newScanner(layout pipeline.Layout) (scanner, error) {
	switch layout.Format {
	case pipeline.CSV:
		return grammar.NewCSV(layout, layout.BodyStart, layout.BodyLine, 0)
	case pipeline.JSON:
		return grammar.NewJSON(layout, layout.BodyStart, layout.BodyLine), nil
	default:
		return nil, pipeline.Refuse("files of the format %q cannot be split; correct the contract", layout.Format)
	}
}

type walk struct {
	window    window
	scanner   scanner
	layout    pipeline.Layout
	chunkSize int64
	emit      func(Piece) error
	piece     Piece
	records   int64
}

func (w *walk) run() (records int64, err error) {
	if err := w.window.skip(w.layout.BodyStart); err != nil {
		return 0, err
	}
	w.piece.Line = 1
	for {
		record, err := w.scanner.Next(w.window.bytes(), w.window.atEOF)
		w.window.drop(record.Next)
		switch {
		case err == nil:
			err = w.add(record)
		case errors.Is(err, grammar.ErrMore):
			err = w.more(record)
		case errors.Is(err, io.EOF):
			return w.records, w.cut(w.window.size, 0)
		}
		if err != nil {
			return 0, err
		}
	}
}

// add puts a record into its piece: the one at hand, unless that is large enough.
func (w *walk) add(r grammar.Record) error {
	if r.Next-r.Start > w.limit() {
		return w.tooLarge(r)
	}
	if w.piece.Records > 0 && r.Offset-w.piece.Start >= w.chunkSize {
		if err := w.cut(r.Offset, r.Line); err != nil {
			return err
		}
	}
	w.piece.Records++
	w.records++
	return nil
}

// cut emits the piece at hand, which ends at offset end, on the given line, and begins the next one there.
func (w *walk) cut(end, line int64) error {
	piece := w.piece
	piece.End = end
	w.piece = Piece{Number: piece.Number + 1, Start: end, Line: line}
	if piece.Start == piece.End {
		return nil
	}
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
