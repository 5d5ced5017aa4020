// Package split takes an object's bytes, once, front to back, and gives chunks: ranges of bytes that tile the object and meet at
// record boundaries. The walk does not know the size of chunks, so that size cannot change the records.
package split

import (
	"errors"
	"fmt"
	"io"

	"acequia/shared/grammar"
	"acequia/shared/pipeline"
)

// Piece is a chunk as the walk cuts it.
type Piece struct {
	// Number counts from 0.
	Number int
	// Start and End are offsets in the object: of the first byte, and of the byte after the last.
	Start, End int64
	// Line is the number, from 1, of the line that Start lies on.
	Line int64
	// Records counts the records in the piece, malformed ones included.
	Records int64
}

// Walk reads an object of the given size from its first byte, and emits each piece as soon as it is cut: at the first record
// boundary that is chunkSize bytes or more behind the piece's start. It holds no more than a record and a buffer. A file whose
// structure cannot be told is a *pipeline.RefusedError; an object that has not as many bytes as it should is a plain error.
func Walk(r io.Reader, layout pipeline.Layout, size, chunkSize int64, emit func(Piece) error) (records int64, err error) {
	w := walk{
		window: window{r: r, limit: maxRecord(layout)}, scanner: grammar.NewScanner(layout),
		chunkSize: chunkSize, emit: emit, piece: Piece{Line: 1}, line: 1,
	}
	if err := w.skip(layout.BodyStart); err != nil {
		return 0, err
	}
	w.line = layout.BodyLine
	for done := false; !done; {
		if done, err = w.step(); err != nil {
			return 0, err
		}
	}
	if w.offset() != size {
		return 0, fmt.Errorf("the object should have %d bytes, but %d were read", size, w.offset())
	}
	return w.records, w.cut(w.offset())
}

type walk struct {
	window
	scanner   grammar.Scanner
	chunkSize int64
	emit      func(Piece) error
	piece     Piece
	// line is the number of the line at which the window's position lies.
	line    int64
	records int64
}

// step passes over one record, or what is blank, and tells whether the object is over.
func (w *walk) step() (done bool, err error) {
	e, enough, err := w.scanner.Next(w.b, w.at, w.last)
	if err != nil {
		return false, w.refused(err)
	}
	if !enough {
		return false, w.fill(w.line)
	}
	w.line += grammar.CountLines(w.b[w.at:e.Next])
	w.at = e.Next
	if e.Blank {
		return w.last && e.Next == len(w.b), nil
	}
	w.records++
	w.piece.Records++
	if w.offset()-w.piece.Start >= w.chunkSize {
		return false, w.cut(w.offset())
	}
	return false, nil
}

// cut emits the piece that ends at end and begins the next one there. What follows the last record is a piece of its own
// only if nothing else is.
func (w *walk) cut(end int64) error {
	piece := w.piece
	piece.End = end
	w.piece = Piece{Number: piece.Number + 1, Start: end, Line: w.line}
	if piece.Start == piece.End {
		return nil
	}
	return w.emit(piece)
}

// refused says where in the object the structure is not as it must be.
func (w *walk) refused(err error) error {
	var e *grammar.StructureError
	if !errors.As(err, &e) {
		return err
	}
	line := w.line + grammar.CountLines(w.b[w.at:e.At])
	return &pipeline.RefusedError{Reason: fmt.Sprintf("%s (byte %d, line %d)", e.Error(), w.base+int64(e.At), line)}
}

// maxRecord bounds what must be held at once. A CSV record has no bound but that of its fields; a line of many such is no line.
func maxRecord(layout pipeline.Layout) int {
	return max(layout.MaxRecordBytes, 2*layout.MaxFieldBytes)
}
