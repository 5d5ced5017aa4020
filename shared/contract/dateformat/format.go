// Package dateformat takes a format in the letters of the JDK's DateTimeFormatter, which the Open Data Contract Standard
// prescribes (yyyy-MM-dd), and reads dates and times written so. It allocates nothing per value.
package dateformat

import (
	"errors"
	"fmt"
	"strings"
)

// Format reads dates and times that are written in one way.
type Format struct {
	pattern  string
	elements []element
}

// element is one piece of a format: a letter with its count, a literal, or an optional part.
type element struct {
	letter   byte // 0: a literal or an optional part
	width    int
	literal  string
	optional []element
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

// fractionOfAnyWidth is a letter that the JDK has not: 1 to 9 digits of a second's fraction.
const fractionOfAnyWidth = 'f'

// letters says which letters are read, and how often each may stand in a row.
var letters = map[byte]string{
	'y': "yyyy or yy", 'u': "uuuu", 'M': "M, MM or MMM", 'd': "d or dd", 'H': "H or HH", 'm': "mm", 's': "ss",
	'S': "S to SSSSSSSSS", 'X': "X, XX or XXX",
}

// Parse reads a format. The error names the letters that it does not understand.
func Parse(pattern string) (Format, error) {
	p := parser{rest: pattern}
	elements, err := p.elements()
	if err == nil && p.rest != "" {
		err = errors.New("a ] closes nothing")
	}
	f := Format{pattern: pattern, elements: elements}
	if err == nil && !(f.has('y') && f.has('M') && f.has('d')) {
		err = errors.New("it lacks a year, a month or a day")
	}
	if err != nil {
		return Format{}, fmt.Errorf("%q is no format for dates: %w", pattern, err)
	}
	return f, nil
}

// String gives the format as it was written.
func (f Format) String() string { return f.pattern }

// HasTime tells whether the format holds a time of day.
func (f Format) HasTime() bool { return f.has('H') || f.has('m') || f.has('s') }

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
		return element{}, fmt.Errorf("the letter %c is not read (y, M, d, H, m, s, S and X are)", c)
	}
	e := element{letter: c, width: width}
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
	case 'M', 'X':
		return width <= 3
	case 'd', 'H':
		return width <= 2
	case 'm', 's':
		return width == 2
	case 'S':
		return width <= 9
	}
	return false
}
