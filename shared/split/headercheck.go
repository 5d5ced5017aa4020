package split

import (
	"slices"
	"strings"
	"unicode/utf8"

	"acequia/shared/pipeline"
)

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

// otherLetters refuses a header that has columns of the contract but for large or small letters: a column that is not required would
// be empty without a word.
func otherLetters(h headerRecord, columns []string) error {
	var others []string
	for _, name := range h.names {
		i := slices.IndexFunc(columns, func(column string) bool { return strings.EqualFold(name, column) })
		if i >= 0 && !slices.Contains(columns, name) && !slices.Contains(h.names, columns[i]) {
			others = append(others, name+" for "+columns[i])
		}
	}
	if len(others) == 0 {
		return nil
	}
	return pipeline.Refuse("the header on line %d names the contract's columns in other letters: %s; write them as the contract does",
		h.Line, strings.Join(others, ", "))
}

// otherDelimiter refuses a file whose header is one column by the contract's delimiter, and several, with columns of the contract
// among them, by another one.
func otherDelimiter(layout pipeline.Layout, h headerRecord, columns []string, text []byte) error {
	if len(layout.Header) > 1 || h.named(columns) == len(columns) {
		return nil
	}
	for _, delimiter := range delimiters {
		other := layout
		other.Delimiter, other.HeaderText, other.BodyStart = delimiter, "", layout.BodyStart-h.next
		if delimiter == layout.Delimiter {
			continue
		}
		records, err := firstRecords(other, text[other.BodyStart:], true)
		if err == nil && len(records) > 0 && len(records[0].names) > 1 && records[0].named(columns) > 0 {
			return pipeline.Refuse("the header is one column by the delimiter %q that the contract says, and %d columns by %q; say delimiter: %q "+
				"in the contract, or delimiter: auto", layout.Delimiter, len(records[0].names), delimiter, delimiter)
		}
	}
	return nil
}
