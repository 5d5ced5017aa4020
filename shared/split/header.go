package split

import (
	"slices"
	"strings"

	"acequia/shared/grammar"
	"acequia/shared/pipeline"
)

// A header that is left to the file (header: auto) is found by the contract's columns:
//
//   - It is the row that names the most of them, if these are more than half of all, or more than half of what stands in the row.
//   - If two rows that differ name equally many, if the best one names fewer than that, or if a row above it has as many fields and
//     no fewer that are filled, so that it may be a record, then there are two ways to read the file, and it is refused.
//   - If no row names any column, and the first has a cell for each, the file has no header.
//
// Names are compared without the spaces around them and in whatever letters, and a header that has other letters than the contract
// is refused: a column that is not required would be empty without a word.

// maxJunk is how many rows are looked at for a header.
const maxJunk = 100

// findHeader finds the column names, and where the records begin behind them.
func (t table) findHeader(layout pipeline.Layout) (pipeline.Layout, error) {
	rows, line, err := t.rows(layout, maxJunk)
	switch {
	case err != nil:
		return layout, err
	case t.source.Dialect.NoHeader:
		return t.noHeader(layout, rows)
	case len(rows) == 0 && t.complete && t.source.Dialect.SkipLines > 0:
		return layout, pipeline.Refuse("there is no header behind the %d lines that the contract says to skip; correct skipLines, or upload the "+
			"file again", t.source.Dialect.SkipLines)
	case len(rows) == 0 && t.complete:
		return layout, pipeline.Refuse("the file has no header: it holds nothing but comments and blank lines; upload it again")
	case len(rows) == 0:
		return layout, pipeline.Refuse("the header on line %d does not end within %d bytes; is this a CSV file with a header?", line, len(t.text))
	case t.source.Detect.Header:
		layout.Detected = append(layout.Detected, "header")
		return t.detectHeader(layout, rows)
	}
	if err := t.misplaced(layout, rows); err != nil {
		return layout, err
	}
	return t.withHeader(layout, rows[0])
}

// bestHeader gives the index of the row that names the most columns, and of another one that names as many; -1 if there is none.
func (t table) bestHeader(rows []row) (best, rival int) {
	best, rival = -1, -1
	most := 0
	for i, r := range rows[:min(len(rows), maxJunk)] {
		switch n := t.columns.in(r); {
		case n > most:
			best, rival, most = i, -1, n
		case n > 0 && n == most && !slices.Equal(r.cells, rows[best].cells):
			rival = i
		}
	}
	return best, rival
}

// isHeader tells a header from a record that happens to name a column.
func (t table) isHeader(r row) bool {
	n := t.columns.in(r)
	return 2*n > len(t.columns.names) || 2*n > r.filled()
}

func (t table) detectHeader(layout pipeline.Layout, rows []row) (pipeline.Layout, error) {
	best, rival := t.bestHeader(rows)
	if best < 0 {
		return t.detectNoHeader(layout, rows)
	}
	header := rows[best]
	n := t.columns.in(header)
	switch above := slices.IndexFunc(rows[:best], func(r row) bool {
		return r.fits(header.width(), layout) && r.filled() >= header.filled()
	}); {
	case rival >= 0:
		return layout, pipeline.Refuse("lines %d and %d each name %d of the contract's columns, so either may be the header; remove one, or say "+
			"in the contract how many lines stand before the header (skipLines)", header.Line, rows[rival].Line, n)
	case !t.isHeader(header):
		return layout, pipeline.Refuse("line %d names %d of the contract's %d columns: it may be the header, or a record; say in the contract "+
			"which it is (header: present, or header: absent)", header.Line, n, len(t.columns.names))
	case above >= 0:
		return layout, pipeline.Refuse("line %d is the header, and line %d above it has as many fields, so it may be a record; remove it, or "+
			"say skipLines: %d in the contract", header.Line, rows[above].Line, header.Line-1)
	}
	return t.withHeader(layout, header)
}

// detectNoHeader holds a file to have no header if it can be read so.
func (t table) detectNoHeader(layout pipeline.Layout, rows []row) (pipeline.Layout, error) {
	if err := t.misplaced(layout, rows); err != nil {
		return layout, err
	}
	first := firstSound(rows)
	if !first.fits(len(t.columns.names), layout) {
		return layout, pipeline.Refuse("none of the first %d rows names a column of the contract, and line %d has %d fields where the contract has "+
			"%d columns; give the file a header with %s", len(rows), first.Line, first.width(), len(t.columns.names),
			strings.Join(t.columns.names, ", "))
	}
	return t.withoutHeader(layout, first), nil
}

// noHeader holds a file to its contract, which says that it has no header.
func (t table) noHeader(layout pipeline.Layout, rows []row) (pipeline.Layout, error) {
	first := firstSound(rows)
	if n := t.columns.in(first); 2*n > len(t.columns.names) {
		return layout, pipeline.Refuse("line %d names %d of the contract's columns, and the contract says that the file has no header; say "+
			"header: present in the contract, or header: auto", first.Line, n)
	}
	return t.withoutHeader(layout, first), t.misplaced(layout, rows)
}

func firstSound(rows []row) row {
	i := slices.IndexFunc(rows, func(r row) bool { return len(r.cells) > 0 })
	if i < 0 {
		return row{}
	}
	return rows[i]
}

// withoutHeader takes the contract's columns for the file's.
func (t table) withoutHeader(layout pipeline.Layout, first row) pipeline.Layout {
	layout.Header = t.columns.names
	if n := len(layout.Header); len(first.cells) == n+1 && first.cells[n] == "" {
		layout.TrailingDelimiter = true
	}
	return layout
}

// withHeader takes a row for the header; a last name that is missing is a delimiter behind the last field.
func (t table) withHeader(layout pipeline.Layout, h row) (pipeline.Layout, error) {
	text := string(t.text[h.Start:h.End])
	switch {
	case h.Fault != grammar.Sound:
		return layout, pipeline.Refuse("the header on line %d is misquoted or too long in column %d; correct it and upload the file again",
			h.Line, h.Field)
	case h.cells == nil:
		return layout, pipeline.Refuse("the header on line %d has more than %d columns; is the delimiter %q?", h.Line, maxColumns, layout.Delimiter)
	}
	if err := readable(h, text); err != nil {
		return layout, err
	}
	layout.Header = names(h.cells[:h.width()])
	layout.TrailingDelimiter = layout.TrailingDelimiter || h.width() < len(h.cells)
	layout.HeaderText = text
	layout.BodyStart += int64(h.Next)
	layout.BodyLine = h.nextLine
	if err := t.checkNames(layout.Header); err != nil {
		return layout, err
	}
	return layout, t.otherLetters(layout.Header, h.Line)
}
