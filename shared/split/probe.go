package split

import (
	"bytes"
	"fmt"
	"strings"
	"unicode/utf8"

	"acequia/shared/grammar"
	"acequia/shared/pipeline"
)

// The bounds of what is read as one thing; what is longer is malformed.
const (
	MaxFieldBytes  = 1 << 20
	MaxRecordBytes = 8 << 20
)

// Want is the layout that a contract promises.
type Want struct {
	Format pipeline.Format
	// Delimiter and Quote are CSV's; 0 means a comma and a double quote.
	Delimiter, Quote byte
	// Encoding is CSV's; empty means UTF-8.
	Encoding string
}

var utf8BOM = []byte("\xef\xbb\xbf")

// Probe finds an object's layout from its head, the first bytes of it; complete tells whether they are all. What is
// plainly not what the contract promises is a *pipeline.RefusedError that says what it looks like and what to do.
func Probe(head []byte, complete bool, want Want) (pipeline.Layout, error) {
	layout := pipeline.Layout{
		Format: want.Format, Delimiter: want.Delimiter, Quote: want.Quote, Encoding: want.Encoding, BodyLine: 1,
		MaxFieldBytes: MaxFieldBytes, MaxRecordBytes: MaxRecordBytes,
	}
	if layout.Delimiter == 0 {
		layout.Delimiter = ','
	}
	if layout.Quote == 0 {
		layout.Quote = '"'
	}
	if reason := unreadable(head); reason != "" {
		return layout, refuse("%s", reason)
	}
	body := bytes.TrimPrefix(head, utf8BOM)
	layout.BodyStart = int64(len(head) - len(body))
	space := len(body) - len(bytes.TrimLeft(body, " \t\r\n"))
	if space == len(body) {
		return layout, refuse("the file is empty: it has no header and no records")
	}
	first := body[space]
	switch {
	case want.Format == pipeline.JSON && first != '[':
		return layout, refuse("the file is not a JSON array: it starts with %q, not with \"[\"%s", first, notArray(first))
	case want.Format == pipeline.JSON:
		layout.BodyStart += int64(space) + 1
		layout.BodyLine += grammar.CountLines(body[:space])
		layout.Delimiter, layout.Quote, layout.Encoding = 0, 0, ""
		return layout, nil
	case first == '[' || first == '{':
		return layout, refuse("the file looks like JSON, but its contract says CSV")
	}
	return header(layout, head, complete)
}

func refuse(format string, args ...any) error {
	return &pipeline.RefusedError{Reason: fmt.Sprintf(format, args...)}
}

func notArray(first byte) string {
	if first == '{' {
		return "; put its objects into one array, [{…}, {…}]"
	}
	return ""
}

// header reads the header row, which is the first record.
func header(layout pipeline.Layout, head []byte, complete bool) (pipeline.Layout, error) {
	csv := grammar.NewCSV(layout)
	at := int(layout.BodyStart)
	for {
		var fields []grammar.Field
		e, enough := csv.Record(head, at, complete, &fields)
		switch {
		case !enough:
			return layout, refuse("the first line does not end within %d bytes: is this a CSV file with a header?", len(head))
		case e.Fault != "":
			return layout, refuse("the header on line %d is malformed: a quoted name is not closed", layout.BodyLine)
		}
		layout.BodyLine += grammar.CountLines(head[at:e.Next])
		layout.BodyStart = int64(e.Next)
		if e.Blank {
			at = e.Next
			continue
		}
		var err error
		layout.Header, err = names(csv, head, fields, layout.Encoding)
		return layout, err
	}
}

// names gives the column names of a header, none of them empty or twice. Those that are not ASCII are told apart in UTF-8 only.
func names(csv grammar.CSV, head []byte, fields []grammar.Field, encoding string) ([]string, error) {
	var header []string
	place := map[string]int{}
	for i, f := range fields {
		text, _ := csv.Unquoted(head, f, nil)
		if encoding == "" && !utf8.Valid(text) {
			return nil, refuse("the header is not UTF-8 in column %d; save the file as UTF-8", i+1)
		}
		name := strings.TrimSpace(strings.ToValidUTF8(string(text), "\uFFFD"))
		if name == "" {
			return nil, refuse("column %d of %d has no name in the header", i+1, len(fields))
		}
		if before, twice := place[name]; twice {
			return nil, refuse("the header names the column %s twice, in places %d and %d", name, before, i+1)
		}
		place[name] = i + 1
		header = append(header, name)
	}
	return header, nil
}
