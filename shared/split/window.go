package split

import (
	"errors"
	"fmt"
	"io"
)

// windowBytes is the size of a window at first: large enough that few records lie across the end of one.
const windowBytes = 256 << 10

// window is the part of an object that is in memory.
type window struct {
	r io.Reader
	// size is how many bytes the object has, read how many of them came by.
	size, read int64
	buf        []byte
	start, end int
	// atEOF says that the object ends with the window.
	atEOF bool
}

func (w *window) bytes() []byte { return w.buf[w.start:w.end] }

// drop takes the first n bytes out of the window.
func (w *window) drop(n int) { w.start += n }

// skip passes over the object's first n bytes. The window is empty before and after.
func (w *window) skip(n int64) error {
	got, err := io.CopyN(io.Discard, w.r, n)
	w.read = got
	if err != nil && !errors.Is(err, io.EOF) {
		return fmt.Errorf("reading the object at byte %d: %w", w.read, err)
	}
	if got < n {
		return w.wrongSize()
	}
	return nil
}

// fill reads on until the window is full or the object at its end. A window that is full already grows, to at most limit
// bytes.
func (w *window) fill(limit int) error {
	rest := w.bytes()
	if len(rest) == len(w.buf) {
		w.buf = make([]byte, min(max(2*len(w.buf), windowBytes), limit))
	}
	w.start, w.end = 0, copy(w.buf, rest)
	n, err := io.ReadFull(w.r, w.buf[w.end:])
	w.end += n
	w.read += int64(n)
	w.atEOF = errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF)
	switch {
	case err != nil && !w.atEOF:
		return fmt.Errorf("reading the object at byte %d: %w", w.read, err)
	case w.read > w.size, w.atEOF && w.read < w.size:
		return w.wrongSize()
	}
	return nil
}

func (w *window) wrongSize() error {
	relation := "ends after"
	if w.read > w.size {
		relation = "goes on after"
	}
	return fmt.Errorf("the object should have %d bytes and %s %d", w.size, relation, min(w.read, w.size))
}
