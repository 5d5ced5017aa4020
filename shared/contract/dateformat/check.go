package dateformat

import (
	"errors"
	"strings"
)

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
