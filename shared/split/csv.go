package split

import (
	"bytes"
	"errors"
	"strings"
	"unicode/utf8"

	"golang.org/x/text/encoding/charmap"

	"acequia/shared/grammar"
	"acequia/shared/pipeline"
)

// charsets are the encodings beside UTF-8. In each of them a byte below 0x80 is ASCII, so the grammar holds.
var charsets = map[string]*charmap.Charmap{
	"windows-1252": charmap.Windows1252,
	"iso-8859-1":   charmap.ISO8859_1,
}

// probeCSV reads the header, which is the first record of body.
func probeCSV(layout pipeline.Layout, body []byte, complete bool, encoding string) (pipeline.Layout, error) {
	if isJSON(body) {
		return layout, pipeline.Refuse("the contract says CSV, and the file begins with %q: it looks like JSON; upload it under a data set "+
			"that is JSON, or save it as CSV", beginning(bytes.TrimLeft(body, space)))
	}
	charset := charsets[encoding]
	if charset != nil {
		layout.Encoding = encoding
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
	if err := readable(raw, header, charset == nil); err != nil {
		return layout, err
	}
	fields, _ := scanner.Fields()
	layout.Header, err = names(raw, fields, layout.Quote, charset)
	layout.BodyStart += int64(header.Next)
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
func names(raw []byte, fields []grammar.Field, quote byte, charset *charmap.Charmap) ([]string, error) {
	header := make([]string, 0, len(fields))
	places := map[string]int{}
	for i, f := range fields {
		text, _ := grammar.Unquote(raw, f, quote, nil)
		if charset != nil {
			text, _ = charset.NewDecoder().Bytes(text) // has no error: every byte is a character, or U+FFFD
		}
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
