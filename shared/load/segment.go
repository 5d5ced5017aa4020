package load

import (
	"bytes"
	"cmp"
	"errors"
	"io"

	"acequia/shared/pipeline"
	"acequia/shared/rows"
)

const (
	// minSegmentRows is enough for a savepoint to cost nothing.
	minSegmentRows = 64 << 10
	// maxSegments keeps the savepoints of a transaction below the 64 that Postgres caches for each backend
	// (PGPROC_MAX_CACHED_SUBXIDS in src/include/storage/proc.h); beyond, everyone's snapshots become slow.
	maxSegments = 60
	// maxSegmentBytes bounds the memory of a segment, and comes before the number of segments.
	maxSegmentBytes = 64 << 20
)

// segmentSize is how many rows a segment of the object takes.
func (l *Loader) segmentSize(staged []pipeline.Rows) int {
	var total int64
	for _, chunk := range staged {
		total += chunk.Records - chunk.Rejected
	}
	return max(cmp.Or(l.segmentRows, minSegmentRows), int(total/maxSegments)+1)
}

// segments gathers the tuples that m gives into segments of at most so many rows, and gives these to write. Where the data
// set has a key, only the last tuple of each key is kept; the others are counted. A segment is valid during write only.
func segments(m *merge, keyed bool, size int, write func([]rows.Tuple) error) (duplicates int64, err error) {
	var s segment
	for {
		t, err := m.next()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return duplicates, err
		}
		switch {
		case keyed && s.endsWithKey(t):
			duplicates++
			s.dropLast()
		case len(s.tuples) >= size || len(s.bytes) >= maxSegmentBytes:
			if err := write(s.finish()); err != nil {
				return duplicates, err
			}
			s.clear()
		}
		s.add(t)
	}
	if len(s.tuples) == 0 {
		return duplicates, nil
	}
	return duplicates, write(s.finish())
}

// segment holds tuples in one piece of memory, which is used again for the next segment.
type segment struct {
	bytes  []byte
	tuples []rows.Tuple
	// starts holds each tuple's place in bytes; the tuples' own slices are set when no more are added, because bytes moves
	// as it grows.
	starts []int
}

func (s *segment) add(t rows.Tuple) {
	s.starts = append(s.starts, len(s.bytes))
	s.bytes = append(s.bytes, t.Bytes...)
	t.Bytes = s.bytes[len(s.bytes)-len(t.Bytes):]
	s.tuples = append(s.tuples, t)
}

func (s *segment) endsWithKey(t rows.Tuple) bool {
	return len(s.tuples) > 0 && bytes.Equal(s.tuples[len(s.tuples)-1].Key(), t.Key())
}

func (s *segment) dropLast() {
	last := len(s.tuples) - 1
	s.bytes, s.tuples, s.starts = s.bytes[:s.starts[last]], s.tuples[:last], s.starts[:last]
}

func (s *segment) finish() []rows.Tuple {
	for i := range s.tuples {
		start := s.starts[i]
		s.tuples[i].Bytes = s.bytes[start : start+len(s.tuples[i].Bytes)]
	}
	return s.tuples
}

func (s *segment) clear() { s.bytes, s.tuples, s.starts = s.bytes[:0], s.tuples[:0], s.starts[:0] }
