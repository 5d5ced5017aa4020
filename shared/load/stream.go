package load

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"slices"
	"sync"

	"acequia/shared/rows"
)

// stream is a row file, or several that are one, and the tuple that it stands at. Until it is begun, that is its first.
type stream struct {
	// keys name the files that are left, the one that is being read among them.
	keys       []string
	file       io.ReadCloser
	reader     *rows.Reader
	keyColumns int
	at         rows.Tuple
}

func (s *stream) isOpen() bool { return s.file != nil }

func (s *stream) close() {
	if s.file != nil {
		s.file.Close()
		s.file = nil
	}
}

// begin opens the stream, and stands at its first tuple again.
func (s *stream) begin(files *work, keyColumns int) (err error) {
	if s.file, err = files.open(s.keys[0]); err != nil {
		return err
	}
	s.keyColumns, s.reader = keyColumns, rows.NewReader(s.file, keyColumns)
	return s.advance(files)
}

// advance moves to the next tuple. After the last, the stream is closed and the error io.EOF.
func (s *stream) advance(files *work) (err error) {
	for {
		if s.at, err = s.reader.Next(); err == nil {
			return nil
		}
		if !errors.Is(err, io.EOF) {
			return fmt.Errorf("%s: %w", s.keys[0], err)
		}
		s.close()
		if s.keys = s.keys[1:]; len(s.keys) == 0 {
			return io.EOF
		}
		if s.file, err = files.open(s.keys[0]); err != nil {
			return err
		}
		s.reader = rows.NewReader(s.file, s.keyColumns)
	}
}

const (
	// headBytes are read of each file to learn its first tuple: enough for nearly all.
	headBytes = 4 << 10
	// looksAtOnce is how many files are looked at together.
	looksAtOnce = 16
)

// look learns each stream's first tuple; those that have none are left out.
func (m *merge) look() error {
	errs := make([]error, len(m.streams))
	var all sync.WaitGroup
	free := make(chan struct{}, looksAtOnce)
	for i, s := range m.streams {
		free <- struct{}{}
		all.Go(func() {
			defer func() { <-free }()
			errs[i] = s.look(&m.files, m.keyColumns)
		})
	}
	all.Wait()
	for _, err := range errs {
		if err != nil && !errors.Is(err, io.EOF) {
			return err
		}
	}
	m.streams = slices.DeleteFunc(m.streams, func(s *stream) bool { return s.at.Bytes == nil })
	m.order()
	return nil
}

// look learns the stream's first tuple; the error of an empty file is io.EOF.
func (s *stream) look(files *work, keyColumns int) error {
	head, err := files.head(s.keys[0])
	if err != nil {
		return err
	}
	if s.at, err = rows.Parse(head, keyColumns); err == nil {
		s.at = s.at.Clone()
		return nil
	}
	file, err := files.open(s.keys[0]) // it is empty, or the tuple larger, or damaged
	if err != nil {
		return err
	}
	defer file.Close()
	first, err := rows.NewReader(file, keyColumns).Next()
	if errors.Is(err, io.EOF) {
		return err
	}
	if err != nil {
		return fmt.Errorf("%s: %w", s.keys[0], err)
	}
	s.at = first.Clone()
	return nil
}

// partBytes is how large the files are that a run is written in.
const partBytes = 16 << 20

// unite merges the streams that are open into one, whose files lie beside the first one's. Done again it writes the same.
func (m *merge) unite() error {
	opened := &merge{files: m.files, keyColumns: m.keyColumns, limit: m.limit, open: m.open, started: false}
	for _, s := range m.streams {
		if s.isOpen() {
			opened.streams = append(opened.streams, s)
		}
	}
	opened.order()
	defer opened.close()
	m.streams = slices.DeleteFunc(m.streams, func(s *stream) bool { return s.isOpen() })
	m.runs++
	run, err := opened.write(fmt.Sprintf("%s.merged-%d", opened.streams[0].keys[0], m.runs))
	if err != nil {
		return err
	}
	m.streams, m.open = append(m.streams, run), 0
	m.order()
	return nil
}

// write writes all tuples to files whose names start alike, and gives them as a stream.
func (m *merge) write(name string) (*stream, error) {
	run := &stream{}
	var part bytes.Buffer
	flush := func() error {
		key := fmt.Sprintf("%s-%05d", name, len(run.keys))
		run.keys = append(run.keys, key)
		defer part.Reset()
		return m.files.put(key, part.Bytes())
	}
	for {
		t, err := m.next()
		if errors.Is(err, io.EOF) {
			return run, flush()
		}
		if err != nil {
			return nil, err
		}
		if run.at.Bytes == nil {
			run.at = t.Clone()
		}
		part.Write(t.Bytes)
		if part.Len() >= partBytes {
			if err := flush(); err != nil {
				return nil, err
			}
		}
	}
}
