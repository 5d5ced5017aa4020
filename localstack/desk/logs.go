package desk

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"
)

const (
	// recentLines is how many lines of each log are shown of what was written before.
	recentLines = 20
	// recentBytes bounds how much of a log's end is read for them.
	recentBytes  = 64 << 10
	followPeriod = 200 * time.Millisecond
)

// Logs shows the last lines of the functions' logs, or of one function's, each line with its function's name before it;
// with follow, it goes on until ctx ends.
func (d *Desk) Logs(ctx context.Context, function string, follow bool) error {
	only, err := d.logOf(function)
	if err != nil {
		return err
	}
	tails := map[string]*tail{}
	for first := true; ; first = false {
		files, err := d.logFiles(only)
		if err != nil {
			return err
		}
		for i, file := range files {
			t, known := tails[file]
			if !known {
				t = d.newTail(file, i)
				tails[file] = t
				if first {
					t.skip()
				}
			}
			if err := t.copy(d.Term.w); err != nil {
				return err
			}
		}
		if !follow {
			return nil
		}
		select {
		case <-ctx.Done():
			return nil
		case <-time.After(followPeriod):
		}
	}
}

// logOf gives the log's file name for a function's name, with or without the stack's prefix.
func (d *Desk) logOf(function string) (string, error) {
	if function == "" {
		return "", nil
	}
	files, err := d.logFiles("")
	if err != nil {
		return "", err
	}
	var known []string
	for _, file := range files {
		name := logName(file)
		if function == name || function == NamePrefix+name {
			return filepath.Base(file), nil
		}
		known = append(known, name)
	}
	if len(known) == 0 {
		return "", &UsageError{fmt.Sprintf("there are no logs in %s yet: make up", d.Paths.Relative(d.Paths.Logs()))}
	}
	return "", &UsageError{fmt.Sprintf("there is no log of %q: choose %s", function, strings.Join(known, ", "))}
}

// NamePrefix starts the names of the stack's functions and queues.
const NamePrefix = "acequia-"

func logName(file string) string {
	return strings.TrimPrefix(strings.TrimSuffix(filepath.Base(file), ".log"), NamePrefix)
}

// logFiles lists the logs, in flow order, or the one of that name.
func (d *Desk) logFiles(only string) ([]string, error) {
	if only != "" {
		return []string{filepath.Join(d.Paths.Logs(), only)}, nil
	}
	files, err := filepath.Glob(filepath.Join(d.Paths.Logs(), "*.log"))
	slices.SortFunc(files, func(a, b string) int { return compareFlow(logName(a), logName(b), functionFlow) })
	return files, err
}

// functionFlow is the order in which a record meets the functions.
var functionFlow = []string{"ingest", "clean", "transform", "load", "summarize", "reconcile"}

// tail follows one growing file.
type tail struct {
	path   string
	prefix string
	offset int64
	rest   []byte // a line without its end
}

func (d *Desk) newTail(path string, place int) *tail {
	colours := []style{cyan, green, yellow, "35", "34", "36"}
	name := fmt.Sprintf("%-9s ", logName(path))
	return &tail{path: path, prefix: d.Term.paint(colours[place%len(colours)], name)}
}

// skip goes to the last lines.
func (t *tail) skip() {
	f, err := os.Open(t.path)
	if err != nil {
		return // it is reported when it is read
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return
	}
	start := max(0, info.Size()-recentBytes)
	end, err := io.ReadAll(io.NewSectionReader(f, start, info.Size()-start))
	if err != nil {
		return
	}
	lines := bytes.SplitAfter(end, []byte("\n"))
	if start > 0 {
		lines = lines[1:] // it began in the middle
	}
	skipped := max(0, len(lines)-1-recentLines) // after the last line end comes nothing
	t.offset = info.Size() - int64(len(bytes.Join(lines[skipped:], nil)))
}

// copy writes the lines that were added since.
func (t *tail) copy(w io.Writer) error {
	f, err := os.Open(t.path)
	if errors.Is(err, os.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	defer f.Close()
	if info, err := f.Stat(); err == nil && info.Size() < t.offset {
		t.offset, t.rest = 0, nil // it was begun anew
	}
	added, err := io.ReadAll(io.NewSectionReader(f, t.offset, 1<<62))
	if err != nil {
		return err
	}
	t.offset += int64(len(added))
	lines := bytes.Split(append(t.rest, added...), []byte("\n"))
	t.rest = lines[len(lines)-1]
	for _, line := range lines[:len(lines)-1] {
		fmt.Fprintf(w, "%s%s\n", t.prefix, line)
	}
	return nil
}
