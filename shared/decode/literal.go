package decode

import "bytes"

// word takes the word at index at.
func (p *parser) word(at int, word string) int {
	if !bytes.HasPrefix(p.b[at:], []byte(word)) {
		return p.invalid(at, "a value must stand there")
	}
	return at + len(word)
}

// number takes the number at index at.
func (p *parser) number(at int) int {
	c := p.peek(at)
	if c != '-' && !isDigit(c) {
		return p.invalid(at, "a value must stand there")
	}
	if c == '-' {
		at++
	}
	if p.peek(at) == '0' {
		at++
	} else {
		at = p.digits(at)
	}
	if at != invalid && p.peek(at) == '.' {
		at = p.digits(at + 1)
	}
	if at != invalid && p.peek(at)|0x20 == 'e' {
		at++
		if c := p.peek(at); c == '+' || c == '-' {
			at++
		}
		at = p.digits(at)
	}
	return at
}

// digits takes at least one digit.
func (p *parser) digits(at int) int {
	start := at
	for at < len(p.b) && isDigit(p.b[at]) {
		at++
	}
	if at == start {
		return p.invalid(at, "a digit must stand there")
	}
	return at
}

func isDigit(c byte) bool { return c-'0' <= 9 }
