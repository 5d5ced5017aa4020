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
	// places holds for each source its place in the header, or -1.
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
		columns[name] = i
	}
	found := make([]int, len(sources))
	for i, source := range sources {
		place, ok := columns[source]
		if !ok {
			place = -1
		}
		found[i] = place
	}
	return found
}

func (c *csv) take(r *pipeline.Record) *pipeline.Failure {
	kept, count := c.Fields()
	if !c.fits(count) {
		return c.wrongColumns(r, count)
	}
	raw, fields := r.Raw, r.Fields[:len(c.places)]
	for i, place := range c.places {
		field := &fields[i]
		if uint(place) >= uint(kept.Len()) {
			*field = pipeline.Field{}
			continue
		}
		field.Kind, field.Bytes = pipeline.Text, kept.In(raw, place)
	}
	if c.HasQuotes() {
		c.unquote(fields)
	}
	return nil
}

// unquote makes of what stands in the file what it stands for.
func (c *csv) unquote(fields []pipeline.Field) {
	c.scratch = c.scratch[:0]
	for i := range fields {
		fields[i].Bytes, c.scratch = c.Unquote(fields[i].Bytes, c.scratch)
	}
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
