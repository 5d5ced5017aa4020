package split

import (
	"regexp"
	"slices"
)

// Constants of the measure: what a row of a single field, and a file without a cell of a known type, count for.
const (
	singleField = 1e-3
	noType      = 1e-10
)

// consistency is the measure: the pattern score times the type score.
func consistency(rows [][]string) float64 {
	if len(rows) == 0 {
		return 0
	}
	byPattern := map[int]float64{} // how many rows have so many fields
	cells, known := 0.0, 0.0
	for _, row := range rows {
		byPattern[len(row)]++
		for _, cell := range row {
			cells++
			if hasType(cell) {
				known++
			}
		}
	}
	pattern := 0.0
	for fields, n := range byPattern {
		pattern += n * max(singleField, float64(fields-1)) / float64(fields)
	}
	return pattern / float64(len(byPattern)) * max(noType, known/cells)
}

// coverage is what the contract says for a reading: more, the more of its columns a row names, and the more rows have as many fields
// as that one. It is 1 if no row names any, as in a file without a header.
func coverage(rows [][]string, columns []string) float64 {
	best, header := 0, -1
	for i, row := range rows[:min(len(rows), maxJunk)] {
		if named := (headerRecord{names: row}).named(columns); named > best {
			best, header = named, i
		}
	}
	if best == 0 {
		return 1
	}
	below, fitting := 0.0, 0.0
	for _, row := range rows[header+1:] {
		below++
		if len(row) == len(rows[header]) {
			fitting++
		}
	}
	share := 1 + float64(best)/float64(len(columns))
	if below == 0 {
		return share
	}
	return share * max(noType, fitting/below)
}

func alike(a, b [][]string) bool {
	return slices.EqualFunc(a, b, func(a, b []string) bool { return slices.Equal(a, b) })
}

// types are how cells of a known type look: nothing, a number with its marks, signs and currency, a date or time, words, an address
// of mail or of the web.
var types = []*regexp.Regexp{
	regexp.MustCompile(`^$`),
	regexp.MustCompile(`^[-+(]?(\p{Sc}|[A-Z]{3})? ?[-+]?\d+([.,' \x{a0}\x{202f}]\d+)*([eE][-+]?\d+)? ?(%|‰|\p{Sc}|[A-Z]{3})?[-)]?$`),
	regexp.MustCompile(`^\d{1,4}[-/.]\d{1,2}[-/.]\d{1,4}([ T]\d{1,2}:\d{2}(:\d{2}([.,]\d+)?)?( ?[AaPp]\.? ?[Mm]\.?| ?Z| ?[-+]\d{2}:?\d{2})?)?$`),
	regexp.MustCompile(`^\d{1,2}:\d{2}(:\d{2}([.,]\d+)?)?$`),
	regexp.MustCompile(`^[\p{L}\p{N}][\p{L}\p{M}\p{N} _./&º°ª()%+-]*$`),
	regexp.MustCompile(`^[^@\s,;|]+@[^@\s,;|]+\.[^@\s,;|]+$`),
	regexp.MustCompile(`^(https?|ftp)://[^\s,;|]+$`),
}

func hasType(cell string) bool {
	return slices.ContainsFunc(types, func(t *regexp.Regexp) bool { return t.MatchString(cell) })
}
