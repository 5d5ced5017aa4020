package dateformat

import (
	"errors"
	"fmt"
	"strings"
)

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

// parser reads a format from its front.
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
