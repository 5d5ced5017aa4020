// Package rejects takes the rejected records of an object, each with the bytes that it has there, and gives a file of them in the
// object's own layout, each beside its reason: to be corrected, and uploaded as it is.
//
// A record is written with its exact bytes, whatever they are. What is added, which is the reason and what parts it from the
// record, is in the file's encoding and dialect, and so are the line ends.
//
//   - CSV begins as the object does, with its byte order mark, its junk lines and its header. The reason is a column before all
//     others, so that a record with a field too many or too few keeps them in their places. Without a header the fields are told
//     by their place alone, and there is none for a reason.
//   - A JSON object gets its reason as a first member, whatever is wrong with the rest of it. What does not begin as an object
//     has no place for one. Parquet has no bytes that could be cut out: its records become NDJSON.
//
// A record that has no place for its reason is written without it. A record of a rejects file that was uploaded and is rejected
// again loses its old reason for the new one.
package rejects

import (
	"bytes"
	"fmt"
	"io"
	"strings"

	"acequia/shared/charset"
	"acequia/shared/grammar"
	"acequia/shared/pipeline"
)

// File writes the records one after another.
type File struct {
	w, last io.Writer
	format  format
	started bool
}

// format knows how records are written.
type format interface {
	// begin and end give what stands before the first record and behind the last one.
	begin() ([]byte, error)
	end() []byte
	// record gives what is written of a record, and whether the reason is in it. apart says that it may change how what stands
	// behind it is read.
	record(reason string, raw []byte) (line []byte, told, apart bool)
}

// Written says how a record was written.
type Written struct {
	// Told says that its reason stands beside it.
	Told bool
	// Apart says that it went to where the last ones stand.
	Apart bool
	// Empty says that it has no bytes, as between two commas of a JSON array: nothing was written.
	Empty bool
}

// New begins a file. head holds the object's first bytes: those up to layout.BodyStart, and some more where they are to tell the
// file's line ends. Records that may swallow what stands behind them go to last; whoever called appends that to w after Close.
func New(w, last io.Writer, layout pipeline.Layout, head []byte) (*File, error) {
	if layout.Format == pipeline.Parquet {
		layout, head = pipeline.Layout{Format: pipeline.NDJSON}, nil
	}
	set, known := charset.Find(layout.Encoding)
	if !known {
		return nil, fmt.Errorf("the object's plan names the encoding %q, which is not known", layout.Encoding)
	}
	if int64(len(head)) < layout.BodyStart {
		return nil, fmt.Errorf("the object's plan says that records begin at byte %d, but there are %d bytes", layout.BodyStart, len(head))
	}
	t := text{layout: grammar.WithDefaults(layout), charset: set, head: head[:layout.BodyStart], lineEnd: set.Bytes(lineEnd(set.Text(head)))}
	f := &File{w: w, last: last}
	var err error
	switch layout.Format {
	case pipeline.CSV:
		f.format, err = newCSV(t)
	case pipeline.JSON:
		f.format = &array{text: t}
	case pipeline.NDJSON, pipeline.ConcatenatedJSON:
		f.format = lines{t}
	default:
		err = fmt.Errorf("the object's plan names the format %q, which is not known", layout.Format)
	}
	return f, err
}

// Add writes a record, whose bytes in the object are raw. The records come in their order in the object.
func (f *File) Add(r pipeline.Reject, raw []byte) (Written, error) {
	if err := f.start(); err != nil || len(raw) == 0 {
		return Written{Empty: true}, err
	}
	line, told, apart := f.format.record(Reason(r), raw)
	w := f.w
	if apart {
		w = f.last
	}
	_, err := w.Write(line)
	return Written{Told: told, Apart: apart}, err
}

// Close writes what stands behind the last record.
func (f *File) Close() error {
	if err := f.start(); err != nil {
		return err
	}
	_, err := f.w.Write(f.format.end())
	return err
}

func (f *File) start() error {
	if f.started {
		return nil
	}
	f.started = true
	head, err := f.format.begin()
	if err == nil {
		_, err = f.w.Write(head)
	}
	return err
}

// text is what every format must know of an object that is text.
type text struct {
	layout  pipeline.Layout
	charset charset.Charset
	// head holds the bytes before the first record, lineEnd those of a line end.
	head, lineEnd []byte
}

// lineEnd gives the first line end in a file's beginning: the others are like it, but in files that nobody wrote on purpose.
func lineEnd(head []byte) string {
	at := bytes.IndexAny(head, "\r\n")
	switch {
	case at < 0:
		return "\n"
	case bytes.HasPrefix(head[at:], []byte("\r\n")):
		return "\r\n"
	default:
		return string(head[at])
	}
}

// Reason gives all reasons of a reject in one line.
func Reason(r pipeline.Reject) string {
	reasons := make([]string, len(r.Failures))
	for i, f := range r.Failures {
		reasons[i] = f.Reason
	}
	return oneLine(strings.Join(reasons, "; "))
}
