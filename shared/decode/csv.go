package decode

import (
	"fmt"
	"slices"

	"acequia/shared/grammar"
	"acequia/shared/pipeline"
)

// csv takes the records of a CSV file apart.
type csv struct {
	*grammar.CSV
	layout  pipeline.Layout
	columns int
	// places holds for each source its place in the header, counted from 1, or 0.
	places  []int
	scratch []byte
}

func newCSV(layout pipeline.Layout, start pipeline.Place, sources []string) (func() format, error) {
	c := &csv{layout: layout, columns: len(layout.Header), places: places(layout.Header, sources)}
	scanner, err := grammar.NewCSV(layout, start.Offset, start.Line, c.columns)
	if err != nil {
		return nil, err
	}
	return func() format {
		fresh := *scanner
		c.CSV = &fresh
		return c
	}, nil
}

// places finds the sources in the header, each where it stands first.
func places(header, sources []string) []int {
	columns := make(map[string]int, len(header))
	for i, name := range slices.Backward(header) {
		columns[name] = i + 1
	}
	found := make([]int, len(sources))
	for i, source := range sources {
		found[i] = columns[source]
	}
	return found
}

func (c *csv) take(r *pipeline.Record) *pipeline.Failure {
	ends, count := c.Ends()
	if !c.fits(count) {
		return c.wrongColumns(r, count)
	}
	scratch := c.scratch[:0]
	for i, place := range c.places {
		field := &r.Fields[i]
		if place == 0 || place >= len(ends) {
			*field = pipeline.Field{}
			continue
		}
		text := r.Raw[ends[place-1]+1 : ends[place]]
		if c.IsQuoted(text) {
			text, scratch = c.Unquote(text, scratch)
		}
		field.Kind, field.Bytes = pipeline.Text, text
	}
	c.scratch = scratch
	return nil
}

// fits tells whether a record may have so many fields.
func (c *csv) fits(count int) bool {
	switch {
	case count == c.columns:
		return true
	case c.layout.PadShort:
		return !c.Surplus()
	default:
		return c.layout.TrailingDelimiter && count == c.columns+1 && !c.Surplus()
	}
}

// wrongColumns tells a record that runs over several lines to look for a quote: legal misquoting joins lines.
func (c *csv) wrongColumns(r *pipeline.Record, fields int) *pipeline.Failure {
	counted := fmt.Sprintf("%d fields", fields)
	if fields == 1 {
		counted = "1 field"
	}
	hint := ""
	if lines := grammar.CountLines(r.Raw); lines > 0 {
		hint = fmt.Sprintf(", and its quotes make %d lines one record: is one of them misplaced?", lines+1)
	}
	return failure(RuleColumns, "has %s where the header has %d%s", counted, c.columns, hint)
}
