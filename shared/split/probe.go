package split

import (
	"bytes"
	"slices"

	"acequia/shared/contract"
	"acequia/shared/grammar"
	"acequia/shared/pipeline"
)

const space = " \t\r\n"

// Probe finds an object's layout in its head: all its bytes if complete, else its first bytes, in which a CSV header must
// fit. columns are the sources of the contract's columns, in its order. An object that cannot be what the contract says is a
// *pipeline.RefusedError that tells what it looks like and what to do. What is wrong with single records is not looked at.
func Probe(head []byte, complete bool, source contract.Source, columns []string) (pipeline.Layout, error) {
	layout := grammar.WithDefaults(pipeline.Layout{
		Format: source.Format, BodyLine: 1, MaxFieldBytes: source.Limits.MaxFieldBytes, MaxRecordBytes: source.Limits.MaxRecordBytes,
	})
	if err := recognise(head, source.Format); err != nil || source.Format == pipeline.Parquet {
		return layout, err
	}
	found, err := findEncoding(head, complete, source)
	if err != nil {
		return layout, err
	}
	if !found.charset.IsUTF8() {
		layout.Encoding = found.encoding
	}
	if found.detected {
		layout.Detected = append(layout.Detected, "encoding")
	}
	text := found.text(head)
	if len(bytes.TrimLeft(text, space)) == 0 {
		return layout, empty(len(head), complete)
	}
	if err := recogniseMarkup(text); err != nil {
		return layout, err
	}
	if source.Format == pipeline.CSV {
		layout, err = probeCSV(layout, text, complete, source, columns)
	} else {
		layout, err = probeJSON(layout, text, complete)
		if err == nil && complete && layout.Format != pipeline.JSON {
			err = checkAnswer(text, columns)
		}
	}
	// So far it is an index into the text.
	layout.BodyStart = int64(found.mark + found.charset.Size(text[:layout.BodyStart]))
	slices.Sort(layout.Detected)
	return layout, err
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
