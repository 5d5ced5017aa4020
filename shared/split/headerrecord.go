package split

import (
	"errors"
	"io"
	"slices"
	"strings"

	"acequia/shared/grammar"
	"acequia/shared/pipeline"
)

// headerRecord is a record that may be the header.
type headerRecord struct {
	grammar.Record
	text  string
	names []string
	// next is the index of the record behind it, on the given line.
	next, line int64
}

// maxJunk is how many records are looked at for a header.
const maxJunk = 100

// firstRecords gives the first records of text.
func firstRecords(layout pipeline.Layout, text []byte, complete bool) ([]headerRecord, error) {
	scanner, err := newHeaderScanner(layout, len(text))
	if err != nil {
		return nil, err
	}
	var all []headerRecord
	for at, line := 0, layout.BodyLine; len(all) < maxJunk; {
		r, err := scanner.Next(text[at:], complete)
		switch {
		case errors.Is(err, io.EOF), errors.Is(err, grammar.ErrMore) && len(all) > 0:
			return all, nil
		case errors.Is(err, grammar.ErrMore):
			return nil, pipeline.Refuse("the header on line %d does not end within %d bytes; is this a CSV file with a header?",
				r.Line, len(text))
		case err != nil:
			return nil, err
		}
		line += grammar.CountLines(text[at : at+r.Next])
		raw := text[at+r.Start : at+r.End]
		fields, _ := scanner.Fields()
		all = append(all, headerRecord{Record: r, text: string(raw), names: names(raw, fields, layout), next: int64(at + r.Next), line: line})
		at += r.Next
	}
	return all, nil
}

// newHeaderScanner makes a scanner of text, whose bytes are those of the file as far as it is concerned.
func newHeaderScanner(layout pipeline.Layout, keepFields int) (*grammar.CSV, error) {
	layout.Encoding = ""
	return grammar.NewCSV(layout, layout.BodyStart, layout.BodyLine, keepFields)
}

// names gives the names in a header, trimmed.
func names(raw []byte, fields []grammar.Field, layout pipeline.Layout) []string {
	all := make([]string, len(fields))
	for i, f := range fields {
		text, _ := grammar.Unquote(raw, f, layout.Quote, layout.Escape, nil)
		all[i] = strings.TrimSpace(string(text))
	}
	return all
}

// named counts the columns that the record names, in whatever letters.
func (h headerRecord) named(columns []string) (n int) {
	for _, column := range columns {
		if slices.ContainsFunc(h.names, func(name string) bool { return strings.EqualFold(name, column) }) {
			n++
		}
	}
	return n
}

// fields counts the fields of a record, without the empty one behind a last delimiter.
func fields(h headerRecord, layout pipeline.Layout) int {
	n := len(h.names)
	if layout.TrailingDelimiter && n > 1 && h.names[n-1] == "" {
		n--
	}
	return n
}
