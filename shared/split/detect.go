package split

import (
	"math"
	"slices"

	"acequia/shared/pipeline"
)

// The dialect that a contract leaves to the file is found by the data consistency measure of G. J. J. van den Burg, A. Nazábal and
// C. Sutton, "Wrangling messy CSV files by detecting row and type patterns", Data Mining and Knowledge Discovery 33 (2019): of all
// dialects it is the one in which the rows have the fewest patterns, of the most fields, and the most cells look like values of a
// known type. What that measure cannot know, the contract adds: the dialect in which the header names the most of its columns is
// better than all others, and rows count only if they have as many fields as the header or, where there is none, the contract has
// columns. A file is refused if another dialect that reads it otherwise is not plainly worse than the best.

// reading is how a layout reads a table.
type reading struct {
	layout pipeline.Layout
	// rows are those of the table, the header first if there is one.
	rows []row
	// width is how many fields the header has, or the contract columns if there is none.
	width int
	// named is how many columns the header names, score the measure, and typed the part of the cells that are of a known type.
	named        int
	score, typed float64
	// quoted is how many cells are enclosed in quotes, misfits how many rows have not as many as the table, and short how many of the
	// others lack some at their end.
	quoted, misfits, short int
}

// findDialect fills in the delimiter and the quote that are left to the file.
func (t table) findDialect(layout pipeline.Layout) (pipeline.Layout, error) {
	if !t.source.Detect.Delimiter && !t.source.Detect.Quote {
		return layout, nil
	}
	var readings []reading
	for _, candidate := range candidates(layout, t.source.Detect) {
		rows, _, err := t.rows(candidate, sampledBytes)
		if err != nil {
			return layout, err
		}
		readings = append(readings, t.read(candidate, rows))
	}
	if len(readings) == 0 {
		_, _, err := t.rows(layout, 1) // says which character would mean two things
		return layout, err
	}
	best, err := clearlyBest(readings)
	if err != nil {
		return layout, err
	}
	if t.source.Detect.Delimiter {
		best.layout.Detected = append(best.layout.Detected, "delimiter")
	}
	if t.source.Detect.Quote {
		best.layout.Detected = append(best.layout.Detected, "quote")
	}
	return best.layout, nil
}

// clearlyBest gives the reading that is better than all that read the table otherwise.
func clearlyBest(readings []reading) (best reading, err error) {
	best = readings[0]
	for _, r := range readings[1:] {
		if r.better(best) {
			best = r
		}
	}
	for _, r := range readings {
		if !best.better(r) && !r.alike(best) {
			return best, pipeline.Refuse("the file can be read in two ways that fit equally well: say in the contract %s, or %s",
				said(best.layout, r.layout), said(r.layout, best.layout))
		}
	}
	return best, nil
}

// read measures a layout by the rows that it gives.
func (t table) read(layout pipeline.Layout, rows []row) reading {
	r := reading{layout: layout, rows: rows, width: len(t.columns.names)}
	if header := t.header(rows); header >= 0 {
		r.rows, r.width, r.named = rows[header:], rows[header].width(), t.columns.in(rows[header])
	}
	r.score, r.typed = t.consistency(r.rows, r.width, layout)
	for _, row := range r.rows {
		r.quoted += row.quoted
		switch {
		case !row.fits(r.width, layout):
			r.misfits++
		case len(row.cells) < r.width:
			r.short++
		}
	}
	return r
}

// header gives the index of the header, -1 if there is none.
func (t table) header(rows []row) int {
	switch {
	case len(rows) == 0 || t.source.Dialect.NoHeader:
		return -1
	case t.source.Detect.Header:
		best, _ := t.bestHeader(rows)
		return best
	default:
		return 0
	}
}

const (
	// nearlyEqual is the part of a score by which another may be lower and still be as good.
	nearlyEqual = 1e-9
	// plainly is that part where two delimiters give every row the same number of fields, so that nothing but the types of the cells
	// tells them apart, and mostly the part of the cells that must then be of a known type.
	plainly = 1.0 / 3
	mostly  = 0.9
	// fewer is the part of the rows that one delimiter must fit and another not, so that types do not matter.
	fewer = 0.1
)

// better tells whether r fits better than the other.
func (r reading) better(other reading) bool {
	switch sameDelimiter := r.layout.Delimiter == other.layout.Delimiter; {
	case r.named != other.named:
		return r.named > other.named
	case !sameDelimiter && math.Abs(r.misfit()-other.misfit()) > fewer:
		return r.misfit() < other.misfit()
	case r.misfits == other.misfits && sameDelimiter && r.short != other.short:
		return r.short < other.short // quotes that make whole rows of what would be short ones are quotes
	case r.misfits == other.misfits && len(r.rows) != len(other.rows):
		return false // whether the quotes join lines is told by nothing but themselves
	case r.misfits == other.misfits && !sameDelimiter && r.width > 1:
		return r.typed >= mostly && r.exceeds(other, plainly)
	case r.exceeds(other, nearlyEqual):
		return true
	case other.exceeds(r, nearlyEqual):
		return false
	default: // As in the authors' own program it is the one whose quote has an effect.
		return (sameDelimiter || r.width == 1) && r.quoted > 0 && other.quoted == 0
	}
}

func (r reading) exceeds(other reading, margin float64) bool {
	return r.score-other.score > margin*r.score
}

// misfit is the part of the rows that have not as many fields as the table.
func (r reading) misfit() float64 { return float64(r.misfits) / float64(max(1, len(r.rows))) }

func (r reading) alike(other reading) bool {
	return slices.EqualFunc(r.rows, other.rows, func(a, b row) bool {
		return a.Fault == b.Fault && slices.Equal(a.cells, b.cells)
	})
}
