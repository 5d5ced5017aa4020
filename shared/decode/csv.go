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
	quote   byte
	columns int
	// places holds for each source its place in the header, or -1.
	places  []int
	scratch []byte
}

func newCSV(layout pipeline.Layout, start pipeline.Place, sources []string) (func() format, error) {
	c := &csv{quote: layout.Quote, columns: len(layout.Header), places: make([]int, len(sources))}
	for i, source := range sources {
		c.places[i] = slices.Index(layout.Header, source)
	}
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

func (c *csv) take(r *pipeline.Record) *pipeline.Failure {
	fields, count := c.Fields()
	if count != c.columns {
		return c.wrongColumns(r, count)
	}
	c.scratch = c.scratch[:0]
	for i, place := range c.places {
		if place < 0 {
			continue
		}
		r.Fields[i].Kind = pipeline.Text
		r.Fields[i].Bytes, c.scratch = grammar.Unquote(r.Raw, fields[place], c.quote, c.scratch)
	}
	return nil
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
