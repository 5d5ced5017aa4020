package split

import (
	"strconv"

	"acequia/shared/contract"
	"acequia/shared/pipeline"
)

// misplaced refuses a file whose first row is not what the contract says, if it would be in another dialect or further down. It
// tells which; where it finds nothing of the kind, what the row lacks is for others to tell.
func (t table) misplaced(layout pipeline.Layout, rows []row) error {
	if len(rows) == 0 || len(rows[0].cells) == 0 {
		return nil
	}
	first := rows[0]
	n := t.columns.in(first)
	if n > 0 && len(first.cells) > 1 {
		return nil
	}
	if err := t.otherDialect(layout, first, n); err != nil || t.source.Dialect.NoHeader || t.source.Detect.Header {
		return err
	}
	best, _ := t.bestHeader(rows)
	if best < 1 || n > 0 || !t.isHeader(rows[best]) {
		return nil
	}
	return pipeline.Refuse("line %d names no column of the contract, and line %d names %d: say skipLines: %d in the contract, or header: auto",
		first.Line, rows[best].Line, t.columns.in(rows[best]), rows[best].Line-1)
}

// otherDialect refuses a file which makes more sense in a dialect that differs from the layout's: its header names more columns than
// n, those that the first row names; or, in a file without a header, the first row is a single field here and has one for each
// column there.
func (t table) otherDialect(layout pipeline.Layout, first row, n int) error {
	for _, other := range candidates(layout, contract.Detect{Delimiter: true, Quote: true}) {
		rows, _, err := t.rows(other, maxJunk)
		if err != nil || len(rows) == 0 {
			continue
		}
		header := rows[max(0, t.header(rows))]
		fields, m := len(header.cells), t.columns.in(header)
		switch {
		case t.source.Dialect.NoHeader && len(first.cells) == 1 && fields > 1 && fields == len(t.columns.names):
			return pipeline.Refuse("line %d has one field and, with %s, one for each of the contract's %d columns: say so in the contract, or %s",
				first.Line, said(other, layout), fields, leftOpen(layout, other))
		case !t.source.Dialect.NoHeader && m > n && t.isHeader(header):
			return pipeline.Refuse("line %d has %s and names %d of the contract's columns; with %s it has %s and names %d: say so in the contract, or %s",
				header.Line, counted(len(first.cells)), n, said(other, layout), counted(fields), m, leftOpen(layout, other))
		}
	}
	return nil
}

func counted(fields int) string {
	if fields == 1 {
		return "one field"
	}
	return strconv.Itoa(fields) + " fields"
}
