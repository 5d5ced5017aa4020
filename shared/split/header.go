package split

import (
	"slices"
	"strings"

	"acequia/shared/contract"
	"acequia/shared/grammar"
	"acequia/shared/pipeline"
)

// detectHeader finds the header among the first records: the one that names the most of the contract's columns. If none names
// any, and the first record has a field for each column, the file has no header.
func detectHeader(layout pipeline.Layout, candidates []headerRecord, source contract.Source, columns []string) (pipeline.Layout, error) {
	layout.Detected = append(layout.Detected, "header")
	best, bestNamed, rival := -1, 0, -1
	for i, c := range candidates {
		named := c.named(columns)
		switch {
		case c.Fault != grammar.Sound || named == 0:
		case named > bestNamed:
			best, bestNamed, rival = i, named, -1
		case named == bestNamed && c.text != candidates[best].text:
			rival = i
		}
	}
	switch {
	case rival >= 0:
		return layout, pipeline.Refuse("lines %d and %d each name %d of the contract's columns, so either may be the header; remove one, or say "+
			"in the contract how many lines stand before the header (skipLines)", candidates[best].Line, candidates[rival].Line, bestNamed)
	case best >= 0:
		return withHeader(layout, candidates[best], source, columns)
	case len(candidates) > 0 && fields(candidates[0], layout) != len(columns):
		return layout, pipeline.Refuse("none of the first %d lines names a column of the contract, and the first has %d fields where the contract has "+
			"%d columns; give the file a header with %s", len(candidates), fields(candidates[0], layout), len(columns), strings.Join(columns, ", "))
	default:
		return withoutHeader(layout, columns), nil
	}
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

// fields counts the fields of a record, without the empty one behind a last delimiter.
func fields(h headerRecord, layout pipeline.Layout) int {
	n := len(h.names)
	if layout.TrailingDelimiter && n > 1 && h.names[n-1] == "" {
		n--
	}
	return n
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
