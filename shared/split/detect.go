package split

import (
	"errors"
	"fmt"
	"strings"

	"acequia/shared/contract"
	"acequia/shared/grammar"
	"acequia/shared/pipeline"
)

// The dialect that a contract leaves to the file is found by the data consistency measure of G. J. J. van den Burg, A. Nazábal and
// C. Sutton, "Wrangling messy CSV files by detecting row and type patterns", Data Mining and Knowledge Discovery 33 (2019): of all
// dialects the one in which the rows have the fewest patterns, of the most fields, and the most cells that look like values of a
// known type. The contract adds what that measure cannot know: a dialect in whose header more of its columns are found fits better.

// The candidates, the usual ones first: of dialects that read a file alike, the first is taken.
var (
	delimiters = []byte{',', ';', '\t', '|'}
	quotes     = []byte{'"', 0, '\''} // 0 is none
)

// A dialect is measured on so many bytes and records of a file.
const (
	measuredBytes   = 256 << 10
	measuredRecords = 1000
)

// nearlyEqual is how near two scores may be for either to be the better one by chance.
const nearlyEqual = 1e-9

// reading is how a dialect reads the head of a file.
type reading struct {
	layout pipeline.Layout
	score  float64
	rows   [][]string
}

// findDialect fills in the delimiter and the quote that are to be found in text.
func findDialect(layout pipeline.Layout, text []byte, complete bool, detect contract.Detect, columns []string) (pipeline.Layout, error) {
	if !detect.Delimiter && !detect.Quote {
		return layout, nil
	}
	if len(text) > measuredBytes {
		text, complete = text[:measuredBytes], false
	}
	var best, rival reading
	for _, candidate := range candidates(layout, detect) {
		r, err := read(candidate, text, complete)
		if err != nil {
			return layout, err
		}
		r.score = consistency(r.rows) * coverage(r.rows, columns)
		switch {
		case best.rows == nil || r.score > best.score+nearlyEqual:
			best, rival = r, reading{}
		case r.score > best.score-nearlyEqual && !alike(r.rows, best.rows):
			rival = r
		}
	}
	if rival.rows != nil {
		return layout, pipeline.Refuse("the file can be read in two ways that fit equally well: say in the contract %s, or %s",
			spoken(best.layout, rival.layout), spoken(rival.layout, best.layout))
	}
	if detect.Delimiter {
		best.layout.Detected = append(best.layout.Detected, "delimiter")
	}
	if detect.Quote {
		best.layout.Detected = append(best.layout.Detected, "quote")
	}
	return best.layout, nil
}

// candidates gives the layouts that are tried.
func candidates(layout pipeline.Layout, detect contract.Detect) (all []pipeline.Layout) {
	layout = grammar.WithDefaults(layout)
	tried, enclosing := []byte{layout.Delimiter}, []byte{layout.Quote}
	if detect.Delimiter {
		tried = delimiters
	}
	if detect.Quote {
		enclosing = quotes
	}
	for _, quote := range enclosing {
		for _, delimiter := range tried {
			candidate := layout
			candidate.Delimiter, candidate.Quote, candidate.Unquoted = delimiter, quote, quote == 0
			all = append(all, candidate)
		}
	}
	return all
}

// read gives the rows of text as the layout says; a malformed one has a single cell that is of no type.
func read(layout pipeline.Layout, text []byte, complete bool) (reading, error) {
	r := reading{layout: layout, rows: [][]string{}}
	scanner, err := newHeaderScanner(layout, len(text))
	if err != nil {
		return r, err
	}
	for len(r.rows) < measuredRecords {
		at, err := scanner.Next(text, complete)
		if err != nil {
			if errors.Is(err, grammar.ErrMore) && len(r.rows) == 0 {
				r.rows = append(r.rows, []string{malformed})
			}
			return r, nil
		}
		raw := text[at.Start:at.End]
		row := []string{malformed}
		if at.Fault == grammar.Sound {
			kept, _ := scanner.Fields()
			row = names(raw, kept, layout)
			if last := len(row) - 1; last > 0 && row[last] == "" && layout.TrailingDelimiter {
				row = row[:last]
			}
		}
		r.rows = append(r.rows, row)
		text = text[at.Next:]
	}
	return r, nil
}

// malformed is a cell of no type.
const malformed = "\x00"

// spoken says in words what a dialect has that the other one has not.
func spoken(layout, other pipeline.Layout) string {
	var said []string
	if layout.Delimiter != other.Delimiter {
		said = append(said, fmt.Sprintf("delimiter: %q", layout.Delimiter))
	}
	if layout.Quote != other.Quote {
		quote := "quote: none"
		if !layout.Unquoted {
			quote = fmt.Sprintf("quote: %q", layout.Quote)
		}
		said = append(said, quote)
	}
	return strings.Join(said, " and ")
}
