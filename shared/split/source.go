package split

import (
	"errors"
	"fmt"
	"io"
)

// source counts the bytes of an object as they come by, and holds them to its size.
type source struct {
	r io.Reader
	// size is how many bytes the object has, or UnknownSize; read how many lie before the next one.
	size, read int64
}

// Read gives, at the object's end, an error that is not io.EOF if its size is another.
func (s *source) Read(b []byte) (int, error) {
	n, err := s.r.Read(b)
	s.read += int64(n)
	ended := errors.Is(err, io.EOF)
	switch {
	case err != nil && !ended:
		return n, fmt.Errorf("reading the object at byte %d: %w", s.read, err)
	case s.size != UnknownSize && (s.read > s.size || ended && s.read < s.size):
		return n, s.wrongSize()
	}
	return n, err
}

// skip passes over the next n bytes.
func (s *source) skip(n int64) error {
	got, err := io.CopyN(io.Discard, s, n)
	if errors.Is(err, io.EOF) {
		return fmt.Errorf("the object ends after %d bytes, before its records begin", got)
	}
	return err
}

func (s *source) wrongSize() error {
	relation := "ends after"
	if s.read > s.size {
		relation = "goes on after"
	}
	return fmt.Errorf("the object should have %d bytes and %s %d", s.size, relation, min(s.read, s.size))
}
