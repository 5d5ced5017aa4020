package split

import (
	"errors"
	"fmt"
	"io"

	"acequia/shared/pipeline"
)

// window is the part of an object that is in memory.
type window struct {
	r io.Reader
	b []byte
	// base is the offset of b[0] in the object, at the position in b up to which all is done.
	base int64
	at   int
	// last tells that the object ends with b.
	last bool
	// limit bounds the number of bytes behind at.
	limit int
}

// windowBytes is what is read at once: enough that a record rarely lies across two reads.
const windowBytes = 256 << 10

func (w *window) offset() int64 { return w.base + int64(w.at) }

// fill forgets what is done and reads more. line is where the window stands, for the message.
func (w *window) fill(line int64) error {
	rest := len(w.b) - w.at
	if rest > w.limit {
		return &pipeline.RefusedError{Reason: fmt.Sprintf(
			"the record that starts on line %d (byte %d) is longer than %d bytes", line, w.offset(), w.limit)}
	}
	if room := cap(w.b) - rest; room < windowBytes/2 {
		grown := make([]byte, rest, 2*rest+windowBytes)
		copy(grown, w.b[w.at:])
		w.b = grown
	} else {
		w.b = w.b[:copy(w.b[:cap(w.b)], w.b[w.at:])]
	}
	w.base += int64(w.at)
	w.at = 0
	n, err := io.ReadFull(w.r, w.b[rest:cap(w.b)])
	w.b = w.b[:rest+n]
	if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
		w.last = true
		return nil
	}
	if err != nil {
		return fmt.Errorf("reading the object at byte %d: %w", w.base+int64(len(w.b)), err)
	}
	return nil
}

// skip passes over the bytes before the first record.
func (w *window) skip(n int64) error {
	if _, err := io.CopyN(io.Discard, w.r, n); err != nil {
		return fmt.Errorf("passing over the first %d bytes: %w", n, err)
	}
	w.base = n
	return nil
}
