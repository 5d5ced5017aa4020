package split

import (
	"bytes"
	"errors"
	"strings"
	"unicode/utf8"

	"acequia/shared/charset"
	"acequia/shared/grammar"
	"acequia/shared/pipeline"
)

// probeCSV reads the header, which is the first record of body.
func probeCSV(layout pipeline.Layout, body []byte, complete bool, encoding string) (pipeline.Layout, error) {
	if isJSON(body) {
		return layout, pipeline.Refuse("the contract says CSV, and the file begins with %q: it looks like JSON; upload it under a data set "+
			"that is JSON, or save it as CSV", beginning(bytes.TrimLeft(body, space)))
	}
	set, known := charset.Find(encoding)
	if !known {
		return layout, pipeline.Refuse("the encoding %q cannot be read; correct the contract", encoding)
	}
	if !set.IsUTF8() {
		layout.Encoding = encoding
		body = set.Text(body)
	}
	scanner, err := grammar.NewCSV(layout, layout.BodyStart, layout.BodyLine, len(body))
	if err != nil {
		return layout, err
	}
	header, err := scanner.Next(body, complete)
	switch {
	case errors.Is(err, grammar.ErrMore):
		return layout, pipeline.Refuse("the header on line %d does not end within %d bytes; is this a CSV file with a header?",
			header.Line, len(body))
	case err != nil:
		return layout, err
	case header.Fault != grammar.Sound:
		return layout, pipeline.Refuse("the header on line %d is misquoted or too long in column %d; correct it and upload the file again",
			header.Line, header.Field)
	}
	raw := body[header.Start:header.End]
	if err := readable(raw, header, set.IsUTF8()); err != nil {
		return layout, err
	}
	fields, _ := scanner.Fields()
	layout.Header, err = names(raw, fields, layout.Quote)
	layout.BodyStart += int64(set.Size(body[:header.Next]))
	layout.BodyLine += grammar.CountLines(body[:header.Next])
	return layout, err
}

// isJSON tells an array or object from a header that happens to begin with a bracket, as in [id],[name].
func isJSON(body []byte) bool {
	body = bytes.TrimLeft(body, space)
	if body[0] != '[' && body[0] != '{' {
		return false
	}
	next := bytes.TrimLeft(body[1:], space)
	return len(next) > 0 && strings.IndexByte(`{["]}`, next[0]) >= 0
}

// readable refuses a header with bytes that no text holds: the records behind it will not be better.
func readable(raw []byte, header grammar.Record, utf8Only bool) error {
	if i := bytes.IndexByte(raw, 0); i >= 0 {
		return pipeline.Refuse("byte %d, in the header, is NUL: the file is binary, or UTF-16; save it as CSV (UTF-8) and upload that",
			header.Offset+int64(i))
	}
	if !utf8Only || utf8.Valid(raw) {
		return nil
	}
	return pipeline.Refuse("the header on line %d is not UTF-8; save the file as CSV (UTF-8), or name its encoding in the contract", header.Line)
}

// names gives the column names in a header, trimmed. Each must be there, and once.
func names(raw []byte, fields []grammar.Field, quote byte) ([]string, error) {
	header := make([]string, 0, len(fields))
	places := map[string]int{}
	for i, f := range fields {
		text, _ := grammar.Unquote(raw, f, quote, nil)
		name := strings.TrimSpace(string(text))
		if name == "" {
			return nil, pipeline.Refuse("column %d of the header's %d has no name; name it, or remove it, and upload the file again",
				i+1, len(fields))
		}
		if place, twice := places[name]; twice {
			return nil, pipeline.Refuse("the header names column %s twice, in places %d and %d; rename one and upload the file again",
				name, place, i+1)
		}
		places[name] = i + 1
		header = append(header, name)
	}
	return header, nil
}
