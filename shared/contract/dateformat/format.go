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
	"errors"
	"fmt"
	"slices"
	"strings"
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

// letters says which letters are read, and how often each may stand in a row.
var letters = map[byte]string{
	'y': "yyyy or yy", 'u': "uuuu", 'M': "M, MM, MMM or MMMM", 'd': "d or dd", 'H': "H or HH", 'h': "h or hh", 'a': "a",
	'm': "mm", 's': "ss", 'S': "S to SSSSSSSSS", 'X': "X, XX or XXX",
}

// Parse reads a format. The error names the letters that it does not understand.
func Parse(pattern string) (Format, error) {
	if letter, ok := counted[pattern]; ok {
		return Format{pattern: pattern, elements: []element{{letter: letter}}}, nil
	}
	p := parser{rest: pattern}
	elements, err := p.elements()
	if err == nil && p.rest != "" {
		err = errors.New("a ] closes nothing")
	}
	f := Format{pattern: pattern, elements: elements, places: placesOf(elements)}
	if err == nil {
		err = f.check()
	}
	if err != nil {
		return Format{}, fmt.Errorf("%q is no format for dates: %w", pattern, err)
	}
	return f, nil
}

// check finds what makes no sense as a whole.
func (f Format) check() error {
	switch {
	case !f.has('y') || !f.has('M') || !f.has('d'):
		return errors.New("it lacks a year, a month or a day")
	case f.has('h') != f.has('a'):
		return errors.New("the letters h and a go together; write H for hours from 0 to 23")
	case f.has('h') && f.has('H'):
		return errors.New("it has an hour from 0 to 23 and another from 1 to 12")
	case countWays(f.elements) > maxWays:
		return errors.New("it can be written in too many ways; write several formats")
	}
	_, err := checkWidths(f.elements, false)
	return err
}

// maxWays bounds the ways in which a moment can be written, which double with every optional part.
const maxWays = 1000

func countWays(elements []element) int {
	ways := 1
	for _, e := range elements {
		switch {
		case e.optional != nil:
			ways *= 1 + countWays(e.optional)
		case e.isName() || e.letter == 'X':
			ways *= 3
		}
		ways = min(ways, maxWays+1)
	}
	return ways
}

// checkWidths sees to it that it is clear where a number ends: one that may have fewer digits or more is not followed by another.
// It is told, and tells, whether such a number may come directly before.
func checkWidths(elements []element, before bool) (bool, error) {
	for _, e := range elements {
		switch {
		case e.optional != nil:
			behind, err := checkWidths(e.optional, before)
			if err != nil {
				return false, err
			}
			before = before || behind
		case before && e.beginsWithDigit():
			return false, errors.New("a number of one digit or more is followed by another, and none can tell where it ends; write dd, MM, HH")
		default:
			before = e.letter == 'S' || e.width == 1 && strings.IndexByte("MdHhX", e.letter) >= 0
		}
	}
	return before, nil
}

func (e *element) beginsWithDigit() bool {
	if e.letter == 0 {
		return e.literal != "" && e.literal[0] >= '0' && e.literal[0] <= '9'
	}
	return !e.isName() && e.letter != 'X'
}

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

type parser struct{ rest string }

// elements reads up to the end or to a closing bracket.
func (p *parser) elements() ([]element, error) {
	var all []element
	for p.rest != "" && p.rest[0] != ']' {
		e, err := p.element()
		if err != nil {
			return nil, err
		}
		if last := len(all) - 1; last >= 0 && strings.HasPrefix(e.literal, ".") {
			all[last].dotted = false
		}
		all = append(all, e)
	}
	return all, nil
}

func (p *parser) element() (element, error) {
	c := p.rest[0]
	switch {
	case c == '\'':
		return p.quoted()
	case c == '[':
		p.rest = p.rest[1:]
		optional, err := p.elements()
		if err == nil && p.rest == "" {
			err = errors.New("a [ is not closed")
		}
		p.rest = strings.TrimPrefix(p.rest, "]")
		return element{optional: optional}, err
	case 'a' <= c|0x20 && c|0x20 <= 'z':
		return p.letters()
	default:
		p.rest = p.rest[1:]
		return element{literal: string([]byte{c})}, nil
	}
}

// quoted reads text between apostrophes; two of them are one.
func (p *parser) quoted() (element, error) {
	end := strings.IndexByte(p.rest[1:], '\'')
	if end < 0 {
		return element{}, errors.New("an apostrophe is not closed")
	}
	literal := p.rest[1 : 1+end]
	p.rest = p.rest[end+2:]
	if literal == "" {
		literal = "'"
	}
	return element{literal: literal}, nil
}

func (p *parser) letters() (element, error) {
	c := p.rest[0]
	width := len(p.rest) - len(strings.TrimLeft(p.rest, string([]byte{c})))
	p.rest = p.rest[width:]
	allowed, known := letters[c]
	if !known {
		return element{}, fmt.Errorf("the letter %c is not read (y, M, d, H, h, a, m, s, S and X are)", c)
	}
	e := element{letter: c, width: width, first: FirstTwoDigitYear, dotted: c == 'M' && width == 3}
	switch {
	case c == 'u' && width == 4:
		e.letter = 'y'
	case !fits(c, width):
		return element{}, fmt.Errorf("%s is not read; write %s", strings.Repeat(string([]byte{c}), width), allowed)
	}
	return e, nil
}

func fits(letter byte, width int) bool {
	switch letter {
	case 'y':
		return width == 4 || width == 2
	case 'M':
		return width <= 4
	case 'X':
		return width <= 3
	case 'd', 'H', 'h':
		return width <= 2
	case 'a':
		return width == 1
	case 'm', 's':
		return width == 2
	case 'S':
		return width <= 9
	}
	return false
}
