package split

import (
	"regexp"
	"slices"

	"acequia/shared/grammar"
	"acequia/shared/pipeline"
)

// Constants of the measure: what a row of a single field, a row of another width than the header's, and a table without a cell of a
// known type count for.
const (
	singleField = 1e-3
	misfit      = 1e-10
	noType      = 1e-10
)

// pattern is what rows have in common.
type pattern struct {
	cells int
	fits  bool
}

// consistency is the measure: the pattern score times the type score. The width of the table is known, from the header or the
// contract, so a row of another one counts for next to nothing, a malformed one for nothing, and neither has cells of a type. A row
// counts as often as it has lines, so that nothing is gained by joining them or by not doing it. Beside the measure it gives the part
// of the cells that are of a known type.
func (t table) consistency(rows []row, width int, layout pipeline.Layout) (score, typed float64) {
	patterns := map[pattern]float64{} // how many rows have it
	all, known := 0.0, 0.0
	for _, r := range rows {
		lines, fits := t.lines(r), r.fits(width, layout)
		if len(r.cells) > 0 {
			patterns[pattern{len(r.cells), fits}] += lines
		}
		if !fits {
			all += lines
			continue
		}
		for _, cell := range r.cells {
			all++
			if hasType(cell) {
				known++
			}
		}
	}
	typed = known / max(1, all)
	return patternScore(patterns) * max(noType, typed), typed
}

func patternScore(patterns map[pattern]float64) (score float64) {
	for p, n := range patterns {
		weight := max(singleField, float64(p.cells-1)) / float64(p.cells)
		if !p.fits {
			weight *= misfit
		}
		score += n * weight
	}
	return score / float64(max(1, len(patterns)))
}

// lines counts the lines of a row.
func (t table) lines(r row) float64 { return float64(1 + grammar.CountLines(t.text[r.Start:r.End])) }

// types are how cells of a known type look: nothing, a number with its marks, signs and currency, a date or time, words, an address
// of mail or of the web.
var types = []*regexp.Regexp{
	regexp.MustCompile(`^$`),
	regexp.MustCompile(`^[-+(]?(\p{Sc}|[A-Z]{3})? ?[-+]?\d+([.,' \x{a0}\x{202f}]\d+)*([eE][-+]?\d+)? ?(%|‰|\p{Sc}|[A-Z]{3})?[-)]?$`),
	regexp.MustCompile(`^\d{1,4}[-/.]\d{1,2}[-/.]\d{1,4}([ T]\d{1,2}:\d{2}(:\d{2}([.,]\d+)?)?( ?[AaPp]\.? ?[Mm]\.?| ?Z| ?[-+]\d{2}:?\d{2})?)?$`),
	regexp.MustCompile(`^\d{1,2}:\d{2}(:\d{2}([.,]\d+)?)?$`),
	regexp.MustCompile(`^[\p{L}\p{N}][\p{L}\p{M}\p{N} _./&º°ª()%+-]*$`),
	regexp.MustCompile(`^[^@\s,;|"']+@[^@\s,;|"']+\.[^@\s,;|"']+$`),
	regexp.MustCompile(`^(https?|ftp)://[^\s,;|"']+$`),
}

func hasType(cell string) bool {
	return slices.ContainsFunc(types, func(t *regexp.Regexp) bool { return t.MatchString(cell) })
}
