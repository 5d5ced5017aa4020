package split

import (
	"slices"
	"strings"
	"unicode/utf8"

	"acequia/shared/contract"
	"acequia/shared/pipeline"
)

// names are cells without any space around them.
func names(cells []string) []string {
	all := make([]string, len(cells))
	for i, cell := range cells {
		all[i] = strings.TrimSpace(cell)
	}
	return all
}

// checkNames sees to it that each name is there, and once, unless the contract ignores what it does not know.
func (t table) checkNames(header []string) error {
	ignore := t.source.UnknownColumns == contract.Ignore
	places := map[string]int{}
	for i, name := range header {
		place, twice := places[name]
		switch {
		case ignore && !t.columns.have(name):
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

// otherLetters refuses a header that has columns of the contract but for large or small letters.
func (t table) otherLetters(header []string, line int64) error {
	var others []string
	for _, name := range header {
		if column, ok := t.columns.named(name); ok && column != name && !slices.Contains(header, column) {
			others = append(others, name+" for "+column)
		}
	}
	if len(others) == 0 {
		return nil
	}
	return pipeline.Refuse("the header on line %d names the contract's columns in other letters: %s; write them as the contract does",
		line, strings.Join(others, ", "))
}

// readable refuses a header with bytes that no text holds: the records behind it will not be better.
func readable(h row, text string) error {
	switch {
	case strings.IndexByte(text, 0) >= 0:
		return pipeline.Refuse("the header on line %d has a NUL byte: the file is binary, or UTF-16 without a byte order mark; save it as CSV "+
			"(UTF-8), or say encoding: auto in the contract", h.Line)
	case !utf8.ValidString(text):
		return pipeline.Refuse("the header on line %d is not in the encoding that the contract says, which is UTF-8 if it says none; save the "+
			"file as CSV (UTF-8), or name its encoding in the contract", h.Line)
	}
	return nil
}
