// Package decode takes a chunk's bytes and gives its records: each with its place, taken apart into the fields that were asked
// for, not yet typed. What cannot be taken apart is a record, too, with its reason.
package decode

import (
	"iter"

	"acequia/shared/charset"
	"acequia/shared/grammar"
	"acequia/shared/pipeline"
)

// The rules that a malformed record breaks.
const (
	RuleQuote    = "quote"   // CSV: a quoted field is not closed as it must be
	RuleColumns  = "columns" // CSV: not as many fields as the header has
	RuleJSON     = "json"    // not valid JSON, not an object, or with a member on the way to a source twice
	RuleSize     = "size"    // a field or a record is larger than the layout allows
	RuleEncoding = pipeline.RuleEncoding
)

// Decoder decodes one chunk.
type Decoder struct {
	chunk  pipeline.Chunk
	layout pipeline.Layout
	open   func() format
	fields []pipeline.Field
	// charset leads from the text, in which records are found, to the chunk's bytes; isText says that these are the same.
	charset charset.Charset
	isText  bool
	readability
}

// format finds records and takes them apart.
type format interface {
	Next(window []byte, atEOF bool) (grammar.Record, error)
	// take fills in all of r's fields from r.Raw. It is asked about the record that Next found last.
	take(r *pipeline.Record) *pipeline.Failure
}

// New makes a decoder of the chunk. Each of sources names what a record is asked for: a CSV column by its name in the
// header, a JSON value by a path such as $.personal_info.first_name or $.addresses[0].city, or by a plain member name. A column
// that the header lacks, and a path that leads nowhere, give fields that are Absent. A layout or a source that makes no sense
// is a *pipeline.RefusedError.
func New(layout pipeline.Layout, chunk pipeline.Chunk, sources []string) (*Decoder, error) {
	layout = grammar.WithDefaults(layout)
	d := &Decoder{chunk: chunk, layout: layout, fields: make([]pipeline.Field, len(sources))}
	d.charset, _ = charset.Find(layout.Encoding) // the grammar refuses one that is not known
	d.isText = d.charset.IsUTF8()
	var err error
	switch layout.Format {
	case pipeline.CSV:
		d.open, err = newCSV(layout, d.start(), sources)
	case pipeline.JSON, pipeline.NDJSON, pipeline.ConcatenatedJSON:
		d.open, err = newJSON(layout, d.start(), sources)
	default:
		err = pipeline.Refuse("files of the format %q cannot be read; correct the contract", layout.Format)
	}
	return d, err
}

// start is the place where the chunk's first record may begin: in the object's first chunk, behind the header.
func (d *Decoder) start() pipeline.Place {
	if d.chunk.Start == 0 {
		return pipeline.Place{Offset: d.layout.BodyStart, Line: d.layout.BodyLine}
	}
	return pipeline.Place{Offset: d.chunk.Start, Line: d.chunk.Line}
}

// Records gives the records in b, which are exactly the chunk's bytes. The record, its bytes and its fields may be read until
// the next one is asked for. Records may be called again, but not while another call is under way.
func (d *Decoder) Records(b []byte) iter.Seq[*pipeline.Record] {
	return func(yield func(*pipeline.Record) bool) {
		text := d.charset.Text(b[min(d.start().Offset-d.chunk.Start, int64(len(b))):])
		d.readability = readability{text: text}
		found, from := d.open(), 0
		var record pipeline.Record
		for {
			at, err := found.Next(text[from:], true)
			if err != nil && at.Start == at.End {
				return
			}
			at.Start, at.End = from+at.Start, from+at.End
			record.Raw = text[at.Start:at.End:at.End]
			record.Place = pipeline.Place{Offset: at.Offset, Length: d.size(record.Raw), Line: at.Line}
			record.Fields = d.fields
			record.Malformed = d.take(found, &record, &at, err)
			if record.Malformed != nil {
				record.Fields = nil
			}
			if !yield(&record) || err != nil {
				return
			}
			from += at.Next
		}
	}
}

// size is how many of the chunk's bytes the text stands for.
func (d *Decoder) size(text []byte) int64 {
	if d.isText {
		return int64(len(text))
	}
	return int64(d.charset.Size(text))
}

// take fills in the record's fields, or says why it cannot.
func (d *Decoder) take(found format, r *pipeline.Record, at *grammar.Record, err error) *pipeline.Failure {
	switch {
	case err != nil:
		return cut(err)
	case at.Fault != grammar.Sound:
		return d.fault(at, r.Raw)
	case !d.isSure(at.Start, at.End):
		if failure := d.unreadable(r.Raw, r.Offset); failure != nil {
			return failure
		}
	}
	return found.take(r)
}

// cut is about a record that the end of the object cuts off. The walk refuses such an object; this is for whoever decodes
// without it.
func cut(err error) *pipeline.Failure {
	return &pipeline.Failure{Rule: RuleJSON, Reason: err.Error()}
}
