package decode

import (
	"bytes"
	"strconv"
	"unicode/utf16"
	"unicode/utf8"
)

// text takes the string at p.at and gives what it stands for. Without escapes that is a part of the record; with them it is
// built in p.scratch.
func (p *parser) text() ([]byte, bool) {
	start := p.at + 1
	end, ok := p.plain(start)
	if !ok {
		return nil, false
	}
	if p.b[end] == '"' {
		p.at = end + 1
		return p.b[start:end:end], true
	}
	built := len(p.scratch)
	for p.b[end] == '\\' {
		p.scratch = append(p.scratch, p.b[start:end]...)
		if start, ok = p.escape(end); !ok {
			return nil, false
		}
		if end, ok = p.plain(start); !ok {
			return nil, false
		}
	}
	p.scratch = append(p.scratch, p.b[start:end]...)
	p.at = end + 1
	return p.scratch[built:len(p.scratch):len(p.scratch)], true
}

// plain gives the index of the first quote or backslash at or after at.
func (p *parser) plain(at int) (int, bool) {
	for ; at < len(p.b); at++ {
		switch c := p.b[at]; {
		case c == '"' || c == '\\':
			return at, true
		case c < ' ':
			return at, p.invalid(at, "a line end or control character in a string must be escaped; or is a quote missing?")
		}
	}
	return at, p.invalid(at, "a string lacks its closing quote")
}

// The escapes that stand for one byte, and those bytes.
const (
	escapes   = `"\/bfnrt`
	unescaped = "\"\\/\b\f\n\r\t"
)

// escape takes the escape at p.b[at], appends what it stands for to p.scratch, and gives the index behind it.
func (p *parser) escape(at int) (next int, ok bool) {
	if at+1 == len(p.b) {
		return at, p.invalid(at, "a string lacks its closing quote")
	}
	c := p.b[at+1]
	if i := bytes.IndexByte([]byte(escapes), c); i >= 0 {
		p.scratch = append(p.scratch, unescaped[i])
		return at + 2, true
	}
	r, ok := p.codeUnit(at)
	if !ok {
		return at, p.invalid(at, "a backslash stands before what it cannot escape")
	}
	next = at + 6
	if utf16.IsSurrogate(r) {
		low, _ := p.codeUnit(next)
		if r = utf16.DecodeRune(r, low); r == utf8.RuneError {
			return at, p.fail(RuleEncoding, "byte %d begins half of a surrogate pair, which is no character", p.offset+int64(at))
		}
		next += 6
	}
	if r == 0 {
		return at, p.fail(RuleEncoding, `byte %d begins \u0000, which is NUL and which no text holds`, p.offset+int64(at))
	}
	p.scratch = utf8.AppendRune(p.scratch, r)
	return next, true
}

// codeUnit reads an escape such as \u00f1 at p.b[at].
func (p *parser) codeUnit(at int) (rune, bool) {
	if at+6 > len(p.b) || p.b[at] != '\\' || p.b[at+1] != 'u' {
		return 0, false
	}
	n, err := strconv.ParseUint(string(p.b[at+2:at+6]), 16, 16)
	return rune(n), err == nil
}
