package decode

import (
	"bytes"
	"encoding/binary"
	"math/bits"
	"strconv"
	"unicode/utf16"
	"unicode/utf8"
)

// text takes the string at index at and gives what it stands for. Without escapes that is a part of the record; with them it is
// built in p.scratch.
func (p *parser) text(at int) (text []byte, end int) {
	start := at + 1
	end = p.plain(start)
	if end == invalid {
		return nil, invalid
	}
	if p.b[end] == '"' {
		return p.b[start:end:end], end + 1
	}
	return p.escaped(start, end)
}

// escaped goes on with a string from its first backslash.
func (p *parser) escaped(start, end int) ([]byte, int) {
	built := len(p.scratch)
	for p.b[end] == '\\' {
		p.scratch = append(p.scratch, p.b[start:end]...)
		if start = p.escape(end); start == invalid {
			return nil, invalid
		}
		if end = p.plain(start); end == invalid {
			return nil, invalid
		}
	}
	p.scratch = append(p.scratch, p.b[start:end]...)
	return p.scratch[built:len(p.scratch):len(p.scratch)], end + 1
}

// plain gives the index of the first quote or backslash from at on.
func (p *parser) plain(at int) int {
	b := p.b
	for ; at+8 <= len(b); at += 8 {
		if marks := special(binary.LittleEndian.Uint64(b[at:])); marks != 0 {
			at += bits.TrailingZeros64(marks) / 8
			break
		}
	}
	for ; at < len(b); at++ {
		switch c := b[at]; {
		case c == '"' || c == '\\':
			return at
		case c < ' ':
			return p.invalid(at, "a line end or control character in a string must be escaped; or is a quote missing?")
		}
	}
	return p.invalid(at, "a string lacks its closing quote")
}

// special sets the high bit of each byte of x that is a quote, a backslash or a control character, and maybe those of others, but
// only behind such a byte.
func special(x uint64) uint64 {
	const eachByte = 0x0101010101010101 // times c: c in each byte
	quotes, backslashes := x^'"'*eachByte, x^'\\'*eachByte
	return ((x-' '*eachByte)&^x | (quotes-eachByte)&^quotes | (backslashes-eachByte)&^backslashes) & (0x80 * eachByte)
}

// The escapes that stand for one byte, and those bytes.
const (
	escapes   = `"\/bfnrt`
	unescaped = "\"\\/\b\f\n\r\t"
)

// escape takes the escape at index at and appends what it stands for to p.scratch.
func (p *parser) escape(at int) int {
	if at+1 == len(p.b) {
		return p.invalid(at, "a string lacks its closing quote")
	}
	c := p.b[at+1]
	if i := bytes.IndexByte([]byte(escapes), c); i >= 0 {
		p.scratch = append(p.scratch, unescaped[i])
		return at + 2
	}
	r, ok := p.codeUnit(at)
	if !ok {
		return p.invalid(at, "a backslash stands before what it cannot escape")
	}
	end := at + 6
	if utf16.IsSurrogate(r) {
		low, _ := p.codeUnit(end)
		if r = utf16.DecodeRune(r, low); r == utf8.RuneError {
			return p.fail(RuleEncoding, "byte %d begins half of a surrogate pair, which is no character", p.place(at))
		}
		end += 6
	}
	if r == 0 {
		return p.fail(RuleEncoding, `byte %d begins \u0000, which is NUL and which no text holds`, p.place(at))
	}
	p.scratch = utf8.AppendRune(p.scratch, r)
	return end
}

// codeUnit reads an escape such as \u00f1 at index at.
func (p *parser) codeUnit(at int) (rune, bool) {
	if at+6 > len(p.b) || p.b[at] != '\\' || p.b[at+1] != 'u' {
		return 0, false
	}
	n, err := strconv.ParseUint(string(p.b[at+2:at+6]), 16, 16)
	return rune(n), err == nil
}
