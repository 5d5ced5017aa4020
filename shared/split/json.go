package split

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"

	"acequia/shared/grammar"
	"acequia/shared/pipeline"
)

// probeJSON finds where the records begin in body, the text of the file's head, and which kind of JSON they are, unless the
// contract says so.
func probeJSON(layout pipeline.Layout, body []byte, complete bool) (pipeline.Layout, error) {
	text := bytes.TrimLeft(body, space)
	if bytes.IndexByte(text[:min(len(text), 2)], 0) >= 0 {
		return layout, pipeline.Refuse("the file has a NUL byte at its beginning: it is binary, or UTF-16; save it as UTF-8 and upload that")
	}
	skip(&layout, body[:len(body)-len(text)])
	open := layout.Format == pipeline.JSON
	switch {
	case text[0] == '{' && open:
		layout.Format = jsonKind(text, complete)
	case text[0] == '{':
	case text[0] == '[' && open:
		skip(&layout, text[:1])
	case text[0] == '[':
		return layout, pipeline.Refuse("the contract says NDJSON, an object on each line, and the file begins with a %q: it looks like a JSON "+
			"array; make it lines, with jq -c '.[]' for instance, or let the contract say JSON, which is any kind of it", text[:1])
	case open:
		return layout, pipeline.Refuse("the contract says JSON, and the file begins with %q, not with a \"[\" or \"{\"; if it is CSV, upload it "+
			"under a data set that is CSV, else save it as a JSON array of objects, or as objects one after another", beginning(text))
	default:
		return layout, pipeline.Refuse("the contract says NDJSON, and the file begins with %q, not with a \"{\"; if it is CSV, upload it "+
			"under a data set that is CSV, else save it with a JSON object on each line", beginning(text))
	}
	if open {
		layout.Detected = append(layout.Detected, "format")
	}
	return layout, nil
}

// skip moves the body's beginning behind the text.
func skip(layout *pipeline.Layout, text []byte) {
	layout.BodyStart += int64(len(text))
	layout.BodyLine += grammar.CountLines(text)
}

// jsonKind tells lines from objects that are spread over several, or share one. A file is what more of it makes sense as, so that
// a faulty line does not hide that all the others are whole; and lines if it may be either, for there a fault costs less.
func jsonKind(text []byte, complete bool) pipeline.Format {
	lines, faultyLines, _ := objects(pipeline.NDJSON, text, complete)
	whole, faulty, refused := objects(pipeline.ConcatenatedJSON, text, complete)
	if lines > 0 && (refused || lines-faultyLines >= whole-faulty) {
		return pipeline.NDJSON
	}
	return pipeline.ConcatenatedJSON
}

// objects counts the records in the head of a file, read as the given kind of JSON, that are valid objects, and those that are
// not; and tells whether the file would be refused.
func objects(kind pipeline.Format, text []byte, complete bool) (valid, faulty int, refused bool) {
	scanner, err := newScanner(pipeline.Layout{Format: kind}, 0, 1)
	for err == nil {
		var r grammar.Record
		r, err = scanner.Next(text, complete)
		switch record := text[r.Start:r.End]; {
		case errors.Is(err, io.EOF) || errors.Is(err, grammar.ErrMore):
		case err == nil && record[0] == '{' && json.Valid(record):
			valid++
		default:
			faulty++
		}
		text = text[r.Next:]
	}
	return valid, faulty, errors.As(err, new(*pipeline.RefusedError))
}

// beginning is the start of a text, for a message.
func beginning(text []byte) []byte {
	return bytes.TrimRight(text[:min(len(text), 20)], space)
}
