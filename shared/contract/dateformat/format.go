// Package dateformat takes a format in the letters of the JDK's DateTimeFormatter, which the Open Data Contract Standard
// prescribes (yyyy-MM-dd), and reads dates and times written so. It allocates nothing per value.
//
// The letters are
//
//	yyyy, uuuu    the year
//	yy            its last two digits; see Format.TwoDigitYearsFrom
//	MM, M         the month, with two digits or with as many as it needs; d, H and h are the same
//	MMM           its name, cut: Jan, ene, Sept, sept., set; English or Spanish, in small letters or large
//	MMMM          its name: January, enero, septiembre, setiembre
//	dd, HH, mm    day, hour (0 to 23), minute
//	hh, a         hour (1 to 12), AM or PM, which may be written p.m. or p. m.
//	ss, SSS       second, and so many digits of its fraction
//	X, XX, XXX    the offset from UTC: Z, or -05, -0500, -05:00
//	'de'          text, which everything but letters and brackets is without the apostrophes; a space may be a no-break space
//	[ss]          what may be missing
//
// and, in place of letters, three words for what is counted:
//
//	epochSeconds         seconds since 1970 in UTC, with a fraction or without
//	epochMilliseconds    milliseconds since then
//	excelDays            days as spreadsheets count them: 1 is 1900-01-01, 45985 is 2025-11-24
package dateformat

import (
	"slices"
)

// Format reads dates and times that are written in one way.
type Format struct {
	pattern  string
	elements []element
	places   places
}

// element is one piece of a format: a letter with its count, a literal, or an optional part.
type element struct {
	letter   byte // 0: a literal or an optional part
	width    int
	literal  string
	optional []element
	first    int  // of yy: the first of the hundred years that it may stand for
	dotted   bool // of MMM: a dot behind the name belongs to it
}

// ISO is how timestamps are written where a contract does not say: ISO 8601 with a T or a space, with seconds, a fraction
// and an offset or without.
var ISO = Format{pattern: "ISO 8601", elements: []element{
	{letter: 'y', width: 4},
	{literal: "-"},
	{letter: 'M', width: 2},
	{literal: "-"},
	{letter: 'd', width: 2},
	{optional: []element{{literal: "T"}}},
	{optional: []element{{literal: " "}}},
	{letter: 'H', width: 2},
	{literal: ":"},
	{letter: 'm', width: 2},
	{optional: []element{
		{literal: ":"}, {letter: 's', width: 2}, {optional: []element{{literal: "."}, {letter: fractionOfAnyWidth}}},
	}},
	{optional: []element{{letter: 'X', width: 3}}},
}}

// ISODate is how dates are written where a contract does not say.
var ISODate = mustParse("yyyy-MM-dd")

func mustParse(pattern string) Format {
	f, err := Parse(pattern)
	if err != nil {
		panic(err)
	}
	return f
}

// Letters that the JDK has not.
const (
	fractionOfAnyWidth = 'f' // 1 to 9 digits of a second's fraction
	epochSeconds       = '1'
	epochMilliseconds  = '2'
	excelDays          = '3'
)

var counted = map[string]byte{"epochSeconds": epochSeconds, "epochMilliseconds": epochMilliseconds, "excelDays": excelDays}

// FirstTwoDigitYear begins the hundred years that two digits stand for where a contract does not say: 1969 to 2068, as in POSIX.
const FirstTwoDigitYear = 1969

// isName tells whether the element is a word.
func (e *element) isName() bool { return e.letter == 'M' && e.width > 2 || e.letter == 'a' }

// String gives the format as it was written.
func (f Format) String() string { return f.pattern }

// HasTime tells whether the format holds a time of day.
func (f Format) HasTime() bool {
	return f.has('H') || f.has('h') || f.has('m') || f.has('s') || f.CountsFromUTC()
}

// CountsFromUTC tells whether what the format reads has an offset although none is written.
func (f Format) CountsFromUTC() bool { return f.has(epochSeconds) || f.has(epochMilliseconds) }

// HasTwoDigitYear tells whether the format has a yy.
func (f Format) HasTwoDigitYear() bool {
	_, changed := yearsFrom(f.elements, FirstTwoDigitYear)
	return changed
}

// TwoDigitYearsFrom gives the format with other years for yy: first and the 99 years after it.
func (f Format) TwoDigitYearsFrom(first int) Format {
	f.elements, _ = yearsFrom(f.elements, first)
	return f
}

func yearsFrom(elements []element, first int) (copied []element, changed bool) {
	copied = slices.Clone(elements)
	for i := range copied {
		e := &copied[i]
		if e.letter == 'y' && e.width == 2 {
			e.first, changed = first, true
		}
		if e.optional != nil {
			var inside bool
			e.optional, inside = yearsFrom(e.optional, first)
			changed = changed || inside
		}
	}
	return copied, changed
}

func (f Format) has(letter byte) bool { return has(f.elements, letter) }

func has(elements []element, letter byte) bool {
	for _, e := range elements {
		if e.letter == letter || has(e.optional, letter) {
			return true
		}
	}
	return false
}
