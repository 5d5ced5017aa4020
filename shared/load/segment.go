package load

import (
	"bytes"
	"cmp"
	"errors"
	"io"
	"slices"
	"sync/atomic"

	"acequia/shared/pipeline"
	"acequia/shared/rows"
)

const (
	// minSegmentRows is enough for a savepoint to cost nothing.
	minSegmentRows = 64 << 10
	// maxSegments keeps the savepoints of a transaction below the 64 that Postgres caches for each backend
	// (PGPROC_MAX_CACHED_SUBXIDS in src/include/storage/proc.h); beyond, everyone's snapshots become slow.
	maxSegments = 60
	// maxSegmentBytes bounds the memory of a segment, of which there are two, and comes before the number of segments.
	maxSegmentBytes = 64 << 20
)

// segmentSize is how many rows a segment of the object takes at most, and how many the first of them will hold.
func (l *Loader) segmentSize(staged []pipeline.Rows) (size, room int) {
	var total int64
	for _, chunk := range staged {
		total += chunk.Records - chunk.Rejected
	}
	size = max(cmp.Or(l.segmentRows, minSegmentRows), int(total/maxSegments)+1)
	return size, min(size, int(total))
}

// segments gathers the tuples that m gives into segments, and gives these to write; while one is written, the next is gathered.
// Where the data set has a key, only the last tuple of each key is kept; the others are counted. A segment is valid during write
// only.
func (l *Loader) segments(
	m *merge, staged []pipeline.Rows, alive heartbeat, write func([]rows.Tuple) error,
) (duplicates int64, err error) {
	g := &gathering{from: m, keyed: m.keyColumns > 0}
	g.size, g.room = l.segmentSize(staged)
	empty, full := make(chan *segment, 2), make(chan *segment)
	for range cap(empty) {
		empty <- l.spareSegment()
	}
	go g.run(empty, full)
	for {
		s, more, dead := await(alive, full)
		err = cmp.Or(err, dead)
		if !more {
			break
		}
		if err == nil {
			err = write(s.tuples)
		}
		if err != nil {
			g.stopped.Store(true)
		}
		empty <- s
	}
	for range cap(empty) {
		l.spare.Put(<-empty)
	}
	if err == nil {
		err = g.err
	}
	return g.duplicates, err
}

// spareSegment gives a segment, with the memory of one that was used before if there is any.
func (l *Loader) spareSegment() *segment {
	if s, ok := l.spare.Get().(*segment); ok {
		return s
	}
	return &segment{}
}

// gathering fills segments, in a goroutine of its own.
type gathering struct {
	from  *merge
	keyed bool
	// size is how many rows a segment has at most, room how many the first will have.
	size, room int
	// held is the tuple that the next segment begins with, if there is one.
	held  rows.Tuple
	holds bool
	ended bool
	// stopped says that nobody wants more.
	stopped atomic.Bool

	// duplicates and err are for reading when the goroutine has ended.
	duplicates int64
	err        error
}

// run fills the segments that it is given back, until there are no more tuples. All but the full ones lie in empty in the end.
func (g *gathering) run(empty, full chan *segment) {
	defer close(full)
	for !g.ended && !g.stopped.Load() {
		s := <-empty
		if g.err = g.fill(s); g.err != nil || len(s.tuples) == 0 {
			empty <- s
			return
		}
		full <- s
	}
}

func (g *gathering) fill(s *segment) error {
	s.clear()
	if g.holds {
		s.add(g.held)
		g.holds = false
	}
	for {
		t, err := g.from.next()
		if errors.Is(err, io.EOF) {
			g.ended = true
			break
		}
		if err != nil {
			return err
		}
		if g.keyed && s.endsWithKey(t) {
			g.duplicates++
			s.dropLast()
		} else if len(s.tuples) >= g.size || len(s.bytes) >= maxSegmentBytes {
			g.held, g.holds = t, true // its bytes are good until the next is asked for
			break
		}
		if len(s.tuples) == 0 {
			s.reserve(g.room, len(t.Bytes))
		}
		s.add(t)
	}
	s.finish()
	return nil
}

// segment holds tuples in one piece of memory, which is used again for the next segment.
type segment struct {
	bytes  []byte
	tuples []rows.Tuple
	// starts holds each tuple's place in bytes; the tuples' own slices are set when no more are added, because bytes moves
	// as it grows.
	starts []int
}

// reserve makes room for so many tuples of about one size.
func (s *segment) reserve(tuples, size int) {
	s.bytes = slices.Grow(s.bytes, min(tuples*(size+size/8), maxSegmentBytes+size))
	s.tuples, s.starts = slices.Grow(s.tuples, tuples), slices.Grow(s.starts, tuples)
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

func (s *segment) finish() {
	for i := range s.tuples {
		start := s.starts[i]
		s.tuples[i].Bytes = s.bytes[start : start+len(s.tuples[i].Bytes)]
	}
}

func (s *segment) clear() { s.bytes, s.tuples, s.starts = s.bytes[:0], s.tuples[:0], s.starts[:0] }
