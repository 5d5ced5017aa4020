package split

import (
	"bytes"

	"acequia/shared/contract"
	"acequia/shared/grammar"
	"acequia/shared/pipeline"
)

const (
	utf8BOM = "\xef\xbb\xbf"
	space   = " \t\r\n"
)

// Probe finds an object's layout in its head: all its bytes if complete, else its first bytes, in which a CSV header must
// fit. columns are the sources of the contract's columns, in its order. An object that cannot be what the contract says is a
// *pipeline.RefusedError that tells what it looks like and what to do. What is wrong with single records is not looked at.
func Probe(head []byte, complete bool, source contract.Source, columns []string) (pipeline.Layout, error) {
	layout := grammar.WithDefaults(pipeline.Layout{
		Format: source.Format, Delimiter: source.Dialect.Delimiter, Quote: source.Dialect.Quote, BodyLine: 1,
		MaxFieldBytes: source.Limits.MaxFieldBytes, MaxRecordBytes: source.Limits.MaxRecordBytes,
	})
	if err := recognise(head); err != nil {
		return layout, err
	}
	body := bytes.TrimPrefix(head, []byte(utf8BOM))
	layout.BodyStart = int64(len(head) - len(body))
	if len(bytes.TrimLeft(body, space)) == 0 {
		return layout, empty(len(head), complete)
	}
	switch source.Format {
	case pipeline.JSON:
		return probeJSON(layout, body, complete)
	case pipeline.CSV:
		return probeCSV(layout, body, complete, source.Encoding)
	default:
		return layout, pipeline.Refuse("files of the format %q cannot be read; correct the contract", source.Format)
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
