package split

import (
	"strings"

	"acequia/shared/contract"
	"acequia/shared/grammar"
	"acequia/shared/pipeline"
)

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
