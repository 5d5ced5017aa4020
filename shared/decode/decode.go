// Package decode takes a chunk's bytes and gives its records, taken apart into fields but not yet typed.
package decode

import (
	"fmt"
	"iter"
	"unicode/utf8"

	"acequia/shared/grammar"
	"acequia/shared/pipeline"
)

// Decoder decodes one chunk.
type Decoder struct {
	chunk   pipeline.Chunk
	layout  pipeline.Layout
	scanner grammar.Scanner
	fields  fielder
	columns int
}

// fielder takes a record apart.
type fielder interface {
	// take fills the record's fields, or says why it cannot. raw holds the record's bytes.
	take(raw []byte, fields []pipeline.Field) *pipeline.Failure
}

// New gives a decoder of the chunk. sources are the columns that each record is asked for, in order: the header's names for
// CSV, paths such as $.personal_info.first_name for JSON.
func New(layout pipeline.Layout, chunk pipeline.Chunk, sources []string) (*Decoder, error) {
	d := &Decoder{chunk: chunk, layout: layout, scanner: scannerOf(layout, chunk), columns: len(sources)}
	switch layout.Format {
	case pipeline.CSV:
		d.fields = newCSVFields(layout, sources)
	case pipeline.JSON:
		fields, err := newJSONFields(sources)
		if err != nil {
			return nil, err
		}
		d.fields = fields
	default:
		return nil, fmt.Errorf("the format %q cannot be decoded", layout.Format)
	}
	return d, nil
}

func scannerOf(layout pipeline.Layout, chunk pipeline.Chunk) grammar.Scanner {
	if chunk.Start > 0 {
		return grammar.NewContinuedScanner(layout)
	}
	return grammar.NewScanner(layout)
}

// Records gives the records in b, which are exactly the chunk's bytes. The record, its raw bytes and its fields are valid until
// the next one is asked for.
func (d *Decoder) Records(b []byte) iter.Seq[*pipeline.Record] {
	return func(yield func(*pipeline.Record) bool) {
		at, line := 0, d.chunk.Line
		if d.chunk.Start == 0 {
			at, line = int(d.layout.BodyStart), d.layout.BodyLine
		}
		record := pipeline.Record{}
		fields := make([]pipeline.Field, d.columns)
		for at < len(b) {
			e, _, err := d.scanner.Next(b, at, true)
			if err != nil {
				// The end of a chunk inside an array is no fault: the walk has seen the whole of it.
				return
			}
			if !e.Blank {
				record.Place = pipeline.Place{
					Offset: d.chunk.Start + int64(e.Start), Length: int64(e.End - e.Start),
					Line: line + grammar.CountLines(b[at:e.Start]),
				}
				record.Raw = b[e.Start:e.End]
				d.take(&record, e, fields)
				if !yield(&record) {
					return
				}
			}
			line += grammar.CountLines(b[at:e.Next])
			at = e.Next
		}
	}
}

// take fills in the record's fields, or what is wrong with it.
func (d *Decoder) take(r *pipeline.Record, e grammar.Extent, fields []pipeline.Field) {
	clear(fields)
	r.Fields = fields
	r.Malformed = d.fault(r, e)
	if r.Malformed == nil {
		r.Malformed = unsuitable(r, d.layout.Encoding)
	}
	if r.Malformed == nil {
		r.Malformed = d.fields.take(r.Raw, fields)
	}
	if r.Malformed != nil {
		r.Fields = nil
	}
}

func (d *Decoder) fault(r *pipeline.Record, e grammar.Extent) *pipeline.Failure {
	offset := d.chunk.Start + int64(e.At)
	switch e.Fault {
	case grammar.BadQuote:
		return &pipeline.Failure{Rule: "quote", Reason: fmt.Sprintf(
			"the quoted field that starts at byte %d is not closed by a quote before %q or a line end, within %d bytes",
			offset, d.layout.Delimiter, d.layout.MaxFieldBytes)}
	case grammar.LongField:
		return &pipeline.Failure{Rule: "length", Reason: fmt.Sprintf(
			"the field that starts at byte %d is longer than %d bytes", offset, d.layout.MaxFieldBytes)}
	default:
		return nil
	}
}

// unsuitable says why a record's bytes are no text that Postgres can hold: NUL, or what should be UTF-8 and is not.
func unsuitable(r *pipeline.Record, encoding string) *pipeline.Failure {
	for i := 0; i < len(r.Raw); {
		c := r.Raw[i]
		if c >= utf8.RuneSelf && encoding == "" {
			char, size := utf8.DecodeRune(r.Raw[i:])
			if char == utf8.RuneError && size == 1 {
				return &pipeline.Failure{Rule: "encoding", Reason: fmt.Sprintf(
					"byte %d (0x%02x) is not UTF-8; save the file as UTF-8", r.Offset+int64(i), c)}
			}
			i += size
			continue
		}
		if c == 0 {
			return &pipeline.Failure{Rule: "encoding", Reason: fmt.Sprintf("byte %d is NUL", r.Offset+int64(i))}
		}
		i++
	}
	return nil
}
