package split

import (
	"errors"
	"io"
	"strings"

	"acequia/shared/contract"
	"acequia/shared/grammar"
	"acequia/shared/pipeline"
)

// table is the head of a CSV file, below the lines that are skipped, with what is known of it.
type table struct {
	text     []byte
	complete bool
	source   contract.Source
	columns  columns
}

// sampledBytes is how much of a table is looked at, but the first row in any case. It is bytes and not rows, so that all dialects
// are measured by the same text.
const sampledBytes = 64 << 10

// maxColumns bounds a header.
const maxColumns = 1 << 17

// row is a record of the table, taken apart.
type row struct {
	grammar.Record
	// cells are its fields without the blanks around them; nil if it is malformed or has more than maxColumns.
	cells []string
	// quoted is how many of them are enclosed in quotes.
	quoted int
	// nextLine is the number of the line that the record behind it is on.
	nextLine int64
}

// rows reads the first rows of the table, so many at most, as the layout says. If there is none because the first is not whole in
// the text, the line is the one that it begins on.
func (t table) rows(layout pipeline.Layout, most int) (all []row, line int64, err error) {
	// The text's bytes are those of the file as far as the scanner is concerned.
	layout.Encoding = ""
	scanner, err := grammar.NewCSV(layout, layout.BodyStart, layout.BodyLine, maxColumns)
	if err != nil {
		return nil, 0, err
	}
	line = layout.BodyLine
	for at := 0; at < sampledBytes && len(all) < most; {
		r, err := scanner.Next(t.text[at:], t.complete)
		switch {
		case errors.Is(err, io.EOF), errors.Is(err, grammar.ErrMore):
			return all, r.Line, nil
		case err != nil:
			return nil, 0, err
		}
		line += grammar.CountLines(t.text[at : at+r.Next])
		raw := t.text[at+r.Start : at+r.End]
		r.Start, r.End, r.Next = at+r.Start, at+r.End, at+r.Next
		next := row{Record: r, nextLine: line}
		if fields, count := scanner.Fields(); r.Fault == grammar.Sound && count == fields.Len() {
			next.take(raw, fields, scanner)
		}
		all = append(all, next)
		at = r.Next
	}
	return all, line, nil
}

// take takes the cells out of a record.
func (r *row) take(raw []byte, fields grammar.Fields, scanner *grammar.CSV) {
	r.cells = make([]string, fields.Len())
	for i := range r.cells {
		field := fields.In(raw, i)
		text, _ := scanner.Unquote(field, nil)
		r.cells[i] = strings.Trim(string(text), " ")
		if len(text) < len(field) {
			r.quoted++
		}
	}
}

// filled counts the cells in which there is something.
func (r row) filled() (n int) {
	for _, cell := range r.cells {
		if cell != "" {
			n++
		}
	}
	return n
}

// width counts the cells, without the empty one behind a last delimiter. Of several empty ones none is left out: those are columns.
func (r row) width() int {
	if last := len(r.cells) - 1; last > 0 && r.cells[last] == "" && (last == 1 || r.cells[last-1] != "") {
		return last
	}
	return len(r.cells)
}

// fits tells whether a row has so many cells, be there a delimiter behind the last one or not.
func (r row) fits(width int, layout pipeline.Layout) bool {
	n := len(r.cells)
	return n == width || n == width+1 && r.cells[width] == "" || layout.PadShort && 0 < n && n < width
}

// columns are the contract's, in its order.
type columns struct {
	names []string
	// spelt has the name of a column by itself and by its small letters.
	spelt map[string]string
}

func newColumns(names []string) columns {
	c := columns{names: names, spelt: map[string]string{}}
	for _, name := range names {
		c.spelt[strings.ToLower(name)] = name
	}
	for _, name := range names {
		c.spelt[name] = name
	}
	return c
}

func (c columns) have(name string) bool {
	spelt, ok := c.spelt[name]
	return ok && spelt == name
}

// named gives the column that a cell names, be it in other letters.
func (c columns) named(cell string) (name string, ok bool) {
	cell = strings.TrimSpace(cell)
	if name, ok = c.spelt[cell]; !ok {
		name, ok = c.spelt[strings.ToLower(cell)]
	}
	return name, ok
}

// in counts the columns that a row names.
func (c columns) in(r row) int {
	var all map[string]bool
	for _, cell := range r.cells {
		if name, ok := c.named(cell); ok {
			if all == nil {
				all = map[string]bool{}
			}
			all[name] = true
		}
	}
	return len(all)
}
