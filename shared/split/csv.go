package split

import (
	"bytes"
	"errors"
	"io"
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"

	"acequia/shared/contract"
	"acequia/shared/grammar"
	"acequia/shared/pipeline"
)

// probeCSV finds the dialect and the header. BodyStart is an index into text.
func probeCSV(layout pipeline.Layout, text []byte, complete bool, source contract.Source, columns []string) (pipeline.Layout, error) {
	if isJSON(text) {
		return layout, pipeline.Refuse("the contract says CSV, and the file begins with %q: it looks like JSON; upload it under a data set "+
			"that is JSON, or save it as CSV", beginning(bytes.TrimLeft(text, space)))
	}
	d := source.Dialect
	layout.Delimiter, layout.Quote, layout.Unquoted, layout.Escape, layout.Comment = d.Delimiter, d.Quote, d.Unquoted, d.Escape, d.Comment
	layout.TrailingDelimiter, layout.PadShort = d.TrailingDelimiter, d.PadShort
	layout = skipLines(layout, text, d.SkipLines)
	detect := source.Detect
	if delimiter, line := separatorLine(text[layout.BodyStart:]); line > 0 {
		if delimiter != layout.Delimiter {
			layout.Delimiter = delimiter
			layout.Detected = append(layout.Detected, "delimiter")
		}
		layout = skipLines(layout, text, 1)
		detect.Delimiter = false
	}
	layout, err := findDialect(layout, text[layout.BodyStart:], complete, detect, columns)
	if err != nil {
		return layout, err
	}
	return findHeader(grammar.WithDefaults(layout), text, complete, source, columns)
}

// isJSON tells an array or object from a header that happens to begin with a bracket, as in [id],[name].
func isJSON(text []byte) bool {
	text = bytes.TrimLeft(text, space)
	if text[0] != '[' && text[0] != '{' {
		return false
	}
	next := bytes.TrimLeft(text[1:], space)
	return len(next) > 0 && strings.IndexByte(`{["]}`, next[0]) >= 0
}

// skipLines moves the body's start over n lines, whatever is in them.
func skipLines(layout pipeline.Layout, text []byte, n int) pipeline.Layout {
	for range n {
		rest := text[layout.BodyStart:]
		end := bytes.IndexAny(rest, "\r\n")
		if end < 0 {
			layout.BodyStart = int64(len(text))
			break
		}
		if bytes.HasPrefix(rest[end:], []byte("\r\n")) {
			end++
		}
		layout.BodyStart += int64(end) + 1
		layout.BodyLine++
	}
	return layout
}

// separator is how Excel takes the delimiter of a file from its first line, in whatever country it runs.
var separator = regexp.MustCompile(`^"?sep=([^\r\n"])"?\r?\n`)

// separatorLine gives the delimiter that a line of Excel's says, and that line's length.
func separatorLine(text []byte) (delimiter byte, length int) {
	found := separator.FindSubmatch(text)
	if found == nil || len(found[1]) != 1 {
		return 0, 0
	}
	return found[1][0], len(found[0])
}

// findHeader finds the column names, and where the records begin behind them.
func findHeader(layout pipeline.Layout, text []byte, complete bool, source contract.Source, columns []string) (pipeline.Layout, error) {
	candidates, err := firstRecords(layout, text[layout.BodyStart:], complete)
	if err != nil {
		return layout, err
	}
	switch {
	case source.Dialect.NoHeader:
		return declaredHeaderless(layout, candidates, columns)
	case source.Detect.Header:
		return detectHeader(layout, candidates, source, columns)
	case len(candidates) == 0:
		return layout, noHeader(source.Dialect.SkipLines)
	default:
		h := candidates[0]
		layout, err := withHeader(layout, h, source, columns)
		if err == nil {
			err = otherDelimiter(layout, h, columns, text)
		}
		return layout, err
	}
}

func noHeader(skipped int) error {
	if skipped > 0 {
		return pipeline.Refuse("there is no header behind the %d lines that the contract says to skip; correct skipLines, or upload the file again",
			skipped)
	}
	return pipeline.Refuse("the file has no header: it holds nothing but comments and blank lines; upload it again")
}

// declaredHeaderless holds the contract to it that the file has no header.
func declaredHeaderless(layout pipeline.Layout, candidates []headerRecord, columns []string) (pipeline.Layout, error) {
	if len(candidates) > 0 && candidates[0].named(columns) == len(columns) {
		return layout, pipeline.Refuse("line %d names all columns, and the contract says that the file has no header; say header: present "+
			"in the contract, or header: auto", candidates[0].Line)
	}
	return withoutHeader(layout, columns), nil
}

func withoutHeader(layout pipeline.Layout, columns []string) pipeline.Layout {
	layout.Header = columns
	return layout
}

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

// withHeader takes a record for the header. Each name must be there, and once, unless the contract ignores what it does not know; a
// last one that is missing is a delimiter behind the last field.
func withHeader(layout pipeline.Layout, h headerRecord, source contract.Source, columns []string) (pipeline.Layout, error) {
	if h.Fault != grammar.Sound {
		return layout, pipeline.Refuse("the header on line %d is misquoted or too long in column %d; correct it and upload the file again",
			h.Line, h.Field)
	}
	if err := readable(h); err != nil {
		return layout, err
	}
	ignore := source.UnknownColumns == contract.Ignore
	layout.Header = h.names
	if last := len(h.names) - 1; last > 0 && h.names[last] == "" && (last == 1 || h.names[last-1] != "") {
		layout.Header, layout.TrailingDelimiter = h.names[:last], true
	}
	layout.HeaderText = h.text
	layout.BodyStart += h.next
	layout.BodyLine = h.line
	if err := checkNames(layout.Header, ignore, columns); err != nil {
		return layout, err
	}
	return layout, otherLetters(h, columns)
}

func checkNames(header []string, ignore bool, columns []string) error {
	places := map[string]int{}
	for i, name := range header {
		place, twice := places[name]
		switch {
		case ignore && !slices.Contains(columns, name):
		case name == "":
			return pipeline.Refuse("column %d of the header's %d has no name; name it, or remove it, and upload the file again; or say "+
				"unknownColumns: ignore in the contract", i+1, len(header))
		case twice:
			return pipeline.Refuse("the header names column %s twice, in places %d and %d; rename one and upload the file again",
				name, place, i+1)
		}
		places[name] = i + 1
	}
	return nil
}

// readable refuses a header with bytes that no text holds: the records behind it will not be better.
func readable(h headerRecord) error {
	switch {
	case strings.IndexByte(h.text, 0) >= 0:
		return pipeline.Refuse("the header on line %d has a NUL byte: the file is binary, or UTF-16 without a byte order mark; save it as CSV "+
			"(UTF-8), or say encoding: auto in the contract", h.Line)
	case !utf8.ValidString(h.text):
		return pipeline.Refuse("the header on line %d is not in the encoding that the contract says, which is UTF-8 if it says none; save the "+
			"file as CSV (UTF-8), or name its encoding in the contract", h.Line)
	}
	return nil
}
