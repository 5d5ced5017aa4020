package sandbox

import (
	"bufio"
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"sync"
)

// logFile is a function's log. All its processes write to it, whole lines at a time.
type logFile struct {
	mu sync.Mutex
	f  *os.File
}

func openLog(dir, function string) (*logFile, error) {
	if err := os.MkdirAll(dir, 0o755); err != nil { //nolint:gosec // logs are for whoever works on this machine
		return nil, err
	}
	path := filepath.Join(dir, function+".log")
	f, err := os.OpenFile(path, os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o644) //nolint:gosec // as above
	if err != nil {
		return nil, err
	}
	return &logFile{f: f}, nil
}

// write appends a line. A line that cannot be written, on a full disk say, is lost: the function runs on, as it does when
// CloudWatch loses a line.
func (l *logFile) write(line []byte) {
	l.mu.Lock()
	defer l.mu.Unlock()
	_, _ = l.f.Write(line)
}

func (l *logFile) close() error { return l.f.Close() }

// tailSize is how much of its log an invocation returns to a caller that asks for it.
const tailSize = 4 << 10

// own marks the lines that Lambda itself writes. They go through the pipe that the process writes to, so that they stand
// where they belong; and when one has come out of the pipe, so has all that the process wrote before.
const own = 0

// stream is the output of one process on its way to the function's log.
type stream struct {
	to *logFile
	// w is the pipe's end that the process inherits.
	w *os.File
	// done receives the tail of an invocation's log.
	done chan []byte
	// tail is the log since the last START, of which the end is kept.
	tail []byte
}

func newStream(to *logFile) (*stream, error) {
	r, w, err := os.Pipe()
	if err != nil {
		return nil, fmt.Errorf("open a pipe for the log: %w", err)
	}
	s := &stream{to: to, w: w, done: make(chan []byte, 1)}
	go s.copy(r)
	return s, nil
}

// say writes a line of Lambda's own.
func (s *stream) say(line string) {
	// The pipe's other end is open for as long as this one is, so the write cannot fail.
	_, _ = fmt.Fprintf(s.w, "%c%s\n", own, line)
}

// finish ends an invocation's log and gives its tail.
func (s *stream) finish(end, report string) []byte {
	s.say(end)
	s.say(report)
	return <-s.done
}

// close ends the stream once the processes that hold the pipe have ended, too.
func (s *stream) close() { s.w.Close() }

func (s *stream) copy(r *os.File) {
	defer r.Close()
	lines := bufio.NewReaderSize(r, 64<<10)
	for {
		line, err := lines.ReadSlice('\n')
		// A line longer than the buffer is taken in pieces.
		if err != nil && !errors.Is(err, bufio.ErrBufferFull) && !errors.Is(err, io.EOF) {
			return
		}
		unfinished, mine, found := bytes.Cut(line, []byte{own})
		if len(unfinished) > 0 {
			s.keep(unfinished, found || err != nil)
		}
		if found {
			s.keepOwn(mine)
		}
		if errors.Is(err, io.EOF) {
			return
		}
	}
}

// keep takes over a line, and ends it if the process has not.
func (s *stream) keep(line []byte, end bool) {
	if end {
		line = append(bytes.Clone(line), '\n')
	}
	s.to.write(line)
	s.tail = append(s.tail, line...)
	if over := len(s.tail) - tailSize; over > 0 {
		s.tail = append(s.tail[:0], s.tail[over:]...)
	}
}

func (s *stream) keepOwn(line []byte) {
	if bytes.HasPrefix(line, []byte("START ")) {
		s.tail = s.tail[:0]
	}
	s.keep(line, false)
	if bytes.HasPrefix(line, []byte("REPORT ")) {
		s.done <- bytes.Clone(s.tail)
	}
}
