package split

import "io"

// windowBytes is the size of a window at first: large enough that few records lie across the end of one.
const windowBytes = 256 << 10

// window is the part of an object's text that is in memory.
type window struct {
	r          io.Reader
	buf        []byte
	start, end int
	// atEOF says that the object ends with the window.
	atEOF bool
}

func (w *window) bytes() []byte { return w.buf[w.start:w.end] }

// drop takes the first n bytes out of the window.
func (w *window) drop(n int) { w.start += n }

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
	// What ReadFull makes of an io.EOF, and not the io.ErrUnexpectedEOF of a reader, which comes wrapped by source.
	w.atEOF = err == io.EOF || err == io.ErrUnexpectedEOF
	if w.atEOF {
		return nil
	}
	return err
}
