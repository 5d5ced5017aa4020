package clean

import (
	"bytes"
	"errors"
	"fmt"
	"strconv"

	"acequia/shared/contract/decimal"
)

// maxDepth bounds how deep a document may be nested. Postgres's own parser recurses, and gives up a whole COPY when its
// stack is full, at some thousands.
const maxDepth = 500

// What is wrong with a document.
var (
	errNotJSON = errors.New("it is not valid JSON")
	errTooDeep = errors.New("it is nested too deep")
	errNUL     = errors.New(`it holds \u0000`)
	errHalf    = errors.New("it holds half a surrogate pair")
	errDigits  = fmt.Errorf("a number has more than %d digits", decimal.MaxDigits)
)

// checkJSON holds a text to RFC 8259, and to what jsonb does not take although it is JSON: NUL as \u0000 (22P05), half a
// surrogate pair (22P02), numbers beyond numeric (22003), too deep a nesting (54001).
func checkJSON(text []byte) error {
	d := document{rest: text}
	if err := d.value(); err != nil {
		return err
	}
	if len(d.rest) > 0 {
		return errNotJSON
	}
	return nil
}

// document is what is left of a text that is held to be JSON.
type document struct {
	rest  []byte
	depth int
}

// value takes a value off, with the space around it.
func (d *document) value() (err error) {
	switch d.space(); d.next() {
	case '{':
		err = d.items('}', d.member)
	case '[':
		err = d.items(']', d.value)
	case '"':
		err = d.text()
	case 't':
		err = d.word("true")
	case 'f':
		err = d.word("false")
	case 'n':
		err = d.word("null")
	default:
		err = d.number()
	}
	d.space()
	return err
}

// items takes off what stands between two brackets, the first of which is next.
func (d *document) items(end byte, item func() error) error {
	if d.depth++; d.depth > maxDepth {
		return errTooDeep
	}
	d.rest = d.rest[1:]
	d.space()
	if d.next() != end {
		for {
			if err := item(); err != nil {
				return err
			}
			if d.next() != ',' {
				break
			}
			d.rest = d.rest[1:]
		}
	}
	d.depth--
	return d.word(string([]byte{end}))
}

// member takes a name and its value off.
func (d *document) member() error {
	d.space()
	if d.next() != '"' {
		return errNotJSON
	}
	if err := d.text(); err != nil {
		return err
	}
	d.space()
	if d.next() != ':' {
		return errNotJSON
	}
	d.rest = d.rest[1:]
	return d.value()
}

// text takes a string off, whose quote is next.
func (d *document) text() error {
	high := false // the escape before was the first half of a pair
	for i := 1; i < len(d.rest); {
		c, size, unit := d.rest[i], 1, uint64(0)
		if c < ' ' {
			return errNotJSON
		}
		if c == '\\' {
			if size, unit = escape(d.rest[i:]); size == 0 {
				return errNotJSON
			}
			if size == 6 && unit == 0 {
				return errNUL
			}
		}
		if low := 0xdc00 <= unit && unit < 0xe000; low != high {
			return errHalf
		}
		high = 0xd800 <= unit && unit < 0xdc00
		i += size
		if c == '"' {
			d.rest = d.rest[i:]
			return nil
		}
	}
	return errNotJSON
}

// escape gives the size of the escape that text begins with, and the UTF-16 code unit that it is in hexadecimal; size 0 if there
// is no such escape.
func escape(text []byte) (size int, unit uint64) {
	if len(text) < 2 {
		return 0, 0
	}
	switch text[1] {
	case '"', '\\', '/', 'b', 'f', 'n', 'r', 't':
		return 2, 0
	case 'u':
		if len(text) >= 6 {
			if unit, err := strconv.ParseUint(string(text[2:6]), 16, 16); err == nil {
				return 6, unit
			}
		}
	}
	return 0, 0
}

// number takes a number off.
func (d *document) number() error {
	text := d.rest
	if d.next() == '-' {
		d.rest = d.rest[1:]
	}
	if d.next() == '0' {
		d.rest = d.rest[1:]
	} else if d.digits() == 0 {
		return errNotJSON
	}
	if d.next() == '.' {
		d.rest = d.rest[1:]
		if d.digits() == 0 {
			return errNotJSON
		}
	}
	scientific := d.next()|0x20 == 'e'
	if scientific {
		d.rest = d.rest[1:]
		if c := d.next(); c == '+' || c == '-' {
			d.rest = d.rest[1:]
		}
		if d.digits() == 0 {
			return errNotJSON
		}
	}
	return d.fits(text[:len(text)-len(d.rest)], scientific)
}

// fits sees to it that a number has no more digits than are stored.
func (d *document) fits(number []byte, scientific bool) error {
	if !scientific && len(number) <= decimal.MaxDigits {
		return nil
	}
	var room [64]byte
	if _, fault := decimal.Expand(room[:0], number); fault != decimal.None {
		return errDigits
	}
	return nil
}

// digits takes digits off, and counts them.
func (d *document) digits() (count int) {
	for count < len(d.rest) && '0' <= d.rest[count] && d.rest[count] <= '9' {
		count++
	}
	d.rest = d.rest[count:]
	return count
}

func (d *document) word(word string) error {
	rest, ok := bytes.CutPrefix(d.rest, []byte(word))
	if !ok {
		return errNotJSON
	}
	d.rest = rest
	return nil
}

// next is the byte that is next; 0, which stands nowhere in JSON, at the end.
func (d *document) next() byte {
	if len(d.rest) == 0 {
		return 0
	}
	return d.rest[0]
}

// space takes off what JSON calls whitespace.
func (d *document) space() {
	for len(d.rest) > 0 && (d.rest[0] == ' ' || d.rest[0] == '\n' || d.rest[0] == '\r' || d.rest[0] == '\t') {
		d.rest = d.rest[1:]
	}
}
