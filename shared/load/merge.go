package load

import (
	"container/heap"
	"context"
	"errors"
	"fmt"
	"io"

	"acequia/shared/pipeline"
	"acequia/shared/rows"
)

// merge gives the tuples of several row files, each sorted by (key, offset), in one order. It holds one open file and one
// read buffer for each chunk, whatever their sizes.
type merge struct {
	// streams is a heap: the stream with the least tuple comes first.
	streams streams
	started bool
	files   []io.Closer
}

// stream is one row file and the tuple that it stands at.
type stream struct {
	*rows.Reader
	at  rows.Tuple
	key string
}

// openMerge opens the row files of the chunks. The caller closes the merge.
func (l *Loader) openMerge(ctx context.Context, staged []pipeline.Rows, keyColumns int) (*merge, error) {
	m := &merge{}
	for _, chunk := range staged {
		if chunk.RowsKey == "" {
			continue
		}
		r, err := l.Open(ctx, chunk.RowsKey)
		if err != nil {
			m.close()
			return nil, err
		}
		m.files = append(m.files, r)
		s := &stream{Reader: rows.NewReader(r, keyColumns), key: chunk.RowsKey}
		if err := s.advance(); errors.Is(err, io.EOF) {
			continue
		} else if err != nil {
			m.close()
			return nil, unreadable(err)
		}
		m.streams = append(m.streams, s)
	}
	heap.Init(&m.streams)
	return m, nil
}

func (m *merge) close() {
	for _, f := range m.files {
		f.Close()
	}
}

// next gives the next tuple, which is valid until the next call, or io.EOF.
func (m *merge) next() (rows.Tuple, error) {
	if m.started && len(m.streams) > 0 {
		if err := m.pass(); err != nil {
			return rows.Tuple{}, err
		}
	}
	m.started = true
	if len(m.streams) == 0 {
		return rows.Tuple{}, io.EOF
	}
	return m.streams[0].at, nil
}

// pass moves the stream whose tuple was given out last.
func (m *merge) pass() error {
	switch err := m.streams[0].advance(); {
	case errors.Is(err, io.EOF):
		heap.Pop(&m.streams)
	case err != nil:
		return err
	default:
		heap.Fix(&m.streams, 0)
	}
	return nil
}

func (s *stream) advance() (err error) {
	if s.at, err = s.Next(); err != nil && !errors.Is(err, io.EOF) {
		return fmt.Errorf("%s: %w", s.key, err)
	}
	return err
}

type streams []*stream

func (s streams) Len() int           { return len(s) }
func (s streams) Less(i, j int) bool { return rows.Compare(s[i].at, s[j].at) < 0 }
func (s streams) Swap(i, j int)      { s[i], s[j] = s[j], s[i] }

// Push is heap.Interface's; streams never join later.
func (s *streams) Push(any) {}

// Pop is heap.Interface's.
func (s *streams) Pop() any {
	last := (*s)[len(*s)-1]
	*s = (*s)[:len(*s)-1]
	return last
}

// unreadable makes it the object's end that a row file is damaged: reading it again would find the same.
func unreadable(err error) error {
	if errors.Is(err, rows.ErrCorrupt) {
		return &pipeline.GiveUpError{Reason: fmt.Sprintf("a staged row file cannot be read: %v; nothing was loaded", err)}
	}
	return err
}
