package parquet

import "io"

const (
	// spanBytes is how far the chunks of a row group may lie from each other, and from end to end, to be read at once.
	spanBytes = 8 << 20
	// sectionsBytes is shared out among the columns that are read each on its own, within these bounds.
	sectionsBytes   = 32 << 20
	minSectionBytes = 256 << 10
	maxSectionBytes = 4 << 20
)

// section reads a part of the file front to back, a few large pieces at a time.
type section struct {
	r       io.ReaderAt
	at, end int64 // what is not in the buffer yet
	size    int64 // how much to read at once
	buffer  []byte
	unread  []byte // of the buffer
}

// left is how many bytes there are to come.
func (s *section) left() int64 { return int64(len(s.unread)) + s.end - s.at }

// peek gives the next n bytes, or fewer where the section ends. They are good until the next peek.
func (s *section) peek(n int) ([]byte, error) {
	if n > len(s.unread) && s.at < s.end {
		if err := s.fill(int64(n)); err != nil {
			return nil, err
		}
	}
	return s.unread[:min(n, len(s.unread))], nil
}

// skip goes past n bytes that were peeked at.
func (s *section) skip(n int) { s.unread = s.unread[n:] }

// fill reads on until n bytes are unread, or more.
func (s *section) fill(n int64) error {
	kept := int64(len(s.unread))
	n = min(max(n, s.size), s.left())
	if int64(cap(s.buffer)) < n {
		s.buffer = make([]byte, n)
	}
	s.buffer = s.buffer[:n]
	copy(s.buffer, s.unread)
	if err := readAt(s.r, s.buffer[kept:], s.at); err != nil {
		return err
	}
	s.unread, s.at = s.buffer, s.at+n-kept
	return nil
}

// sectionBytes is how much of a column is read at once.
func (f *File) sectionBytes() int64 {
	return min(max(sectionsBytes/int64(len(f.columns)), minSectionBytes), maxSectionBytes)
}
