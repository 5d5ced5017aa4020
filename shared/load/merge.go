package load

import (
	"context"
	"errors"
	"fmt"
	"io"

	"acequia/shared/pipeline"
	"acequia/shared/rows"
)

// maxOpen is how many row files are read at once. Each takes a connection and about 100 KB, so a loader's memory does not grow with
// the number of chunks beyond it.
const maxOpen = 256

// merge gives the tuples of several row files, each sorted by (key, offset), in one order. A file is opened when its first tuple's
// turn comes, not before: where the object is in order, its chunks are read one after another, and no connection waits. Where more
// than maxOpen files' keys lie between each other, those that are open are merged into one first, in the work bucket.
type merge struct {
	files work
	// streams is a heap: the stream with the least tuple comes first.
	streams    []*stream
	keyColumns int
	// open counts the streams that are, limit is how many may be, runs counts what was merged into one.
	open, limit, runs int
	started           bool
}

// work is the part of the work bucket that a merge reads and writes.
type work struct {
	open func(key string) (io.ReadCloser, error)
	head func(key string) ([]byte, error)
	put  func(key string, body []byte) error
}

// openMerge looks at the row files of the chunks. The caller closes the merge.
func (l *Loader) openMerge(ctx context.Context, staged []pipeline.Rows, keyColumns int) (*merge, error) {
	m := &merge{keyColumns: keyColumns, limit: maxOpen, files: work{
		open: func(key string) (io.ReadCloser, error) { return l.Open(ctx, key) },
		head: func(key string) ([]byte, error) { return l.Head(ctx, key, headBytes) },
		put:  func(key string, body []byte) error { return l.Put(ctx, key, body) },
	}}
	if l.openFiles > 0 {
		m.limit = l.openFiles
	}
	for _, chunk := range staged {
		if chunk.RowsKey != "" {
			m.streams = append(m.streams, &stream{keys: []string{chunk.RowsKey}})
		}
	}
	if err := m.look(); err != nil {
		return nil, unreadable(err)
	}
	return m, nil
}

func (m *merge) close() {
	for _, s := range m.streams {
		s.close()
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
	for len(m.streams) > 0 && !m.streams[0].isOpen() {
		if err := m.begin(); err != nil {
			return rows.Tuple{}, err
		}
	}
	if len(m.streams) == 0 {
		return rows.Tuple{}, io.EOF
	}
	return m.streams[0].at, nil
}

// pass moves the stream whose tuple was given out last.
func (m *merge) pass() error {
	switch err := m.streams[0].advance(&m.files); {
	case errors.Is(err, io.EOF):
		m.open--
		m.drop()
	case err != nil:
		return err
	default:
		m.sink(0)
	}
	return nil
}

// begin opens the first stream, or makes room for it.
func (m *merge) begin() error {
	if m.open >= m.limit {
		return m.unite()
	}
	if err := m.streams[0].begin(&m.files, m.keyColumns); err != nil {
		return err
	}
	m.open++
	return nil
}

// drop takes the first stream off the heap.
func (m *merge) drop() {
	last := len(m.streams) - 1
	m.streams[0] = m.streams[last]
	m.streams[last] = nil
	m.streams = m.streams[:last]
	m.sink(0)
}

// sink moves the stream at place i down to where it belongs. container/heap would do it with twice the comparisons: the stream
// whose tuple was taken is nearly always still the first.
func (m *merge) sink(i int) {
	for {
		child := 2*i + 1
		if child >= len(m.streams) {
			return
		}
		if right := child + 1; right < len(m.streams) && m.less(right, child) {
			child = right
		}
		if !m.less(child, i) {
			return
		}
		m.streams[i], m.streams[child] = m.streams[child], m.streams[i]
		i = child
	}
}

func (m *merge) less(i, j int) bool { return rows.Compare(m.streams[i].at, m.streams[j].at) < 0 }

// order makes a heap of the streams.
func (m *merge) order() {
	for i := len(m.streams)/2 - 1; i >= 0; i-- {
		m.sink(i)
	}
}

// unreadable makes it the object's end that a row file is damaged: reading it again would find the same.
func unreadable(err error) error {
	if errors.Is(err, rows.ErrCorrupt) {
		return &pipeline.GiveUpError{Reason: fmt.Sprintf("a staged row file cannot be read: %v; nothing was loaded", err)}
	}
	return err
}
