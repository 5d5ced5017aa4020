package split

import (
	"bytes"

	"acequia/shared/grammar"
	"acequia/shared/pipeline"
)

// Want is how a contract says that an object is laid out.
type Want struct {
	Format pipeline.Format
	// Delimiter and Quote are CSV's; 0 means the comma and the double quote.
	Delimiter, Quote byte
	// Encoding is that of a CSV file, by its IANA name: utf-8 (if empty), windows-1252 or iso-8859-1.
	Encoding string
	// MaxFieldBytes and MaxRecordBytes bound what is read as one thing; 0 means the grammar's defaults.
	MaxFieldBytes, MaxRecordBytes int
}

const (
	utf8BOM = "\xef\xbb\xbf"
	space   = " \t\r\n"
)

// Probe finds an object's layout in its head: all its bytes if complete, else its first bytes, in which a CSV header must
// fit. An object that cannot be what the contract says is a *pipeline.RefusedError that tells what it looks like and what
// to do. What is wrong with single records is not looked at.
func Probe(head []byte, complete bool, want Want) (pipeline.Layout, error) {
	layout := grammar.WithDefaults(pipeline.Layout{
		Format: want.Format, Delimiter: want.Delimiter, Quote: want.Quote, BodyLine: 1,
		MaxFieldBytes: want.MaxFieldBytes, MaxRecordBytes: want.MaxRecordBytes,
	})
	if err := recognise(head); err != nil {
		return layout, err
	}
	body := bytes.TrimPrefix(head, []byte(utf8BOM))
	layout.BodyStart = int64(len(head) - len(body))
	if len(bytes.TrimLeft(body, space)) == 0 {
		return layout, empty(len(head), complete)
	}
	switch want.Format {
	case pipeline.JSON:
		return probeJSON(layout, body, complete)
	case pipeline.CSV:
		return probeCSV(layout, body, complete, want.Encoding)
	default:
		return layout, pipeline.Refuse("files of the format %q cannot be read; correct the contract", want.Format)
	}
}

func empty(head int, complete bool) error {
	switch {
	case head == 0:
		return pipeline.Refuse("the file is empty; upload it again")
	case complete:
		return pipeline.Refuse("the file is empty: it holds nothing but white space; upload it again")
	default:
		return pipeline.Refuse("the file holds nothing but white space in its first %d bytes; upload it again", head)
	}
}
