package decode

import (
	"bytes"

	"acequia/shared/grammar"
	"acequia/shared/pipeline"
)

// maxDepth bounds how deep a record may nest, far below the depth at which Postgres runs out of stack on jsonb.
const maxDepth = 512

// jsonArray takes the elements of a JSON array apart.
type jsonArray struct {
	*grammar.JSON
	parser
}

func newJSON(layout pipeline.Layout, start pipeline.Place, sources []string) (func() format, error) {
	root, err := paths(sources)
	if err != nil {
		return nil, err
	}
	scanner, err := grammar.NewJSON(layout, start.Offset, start.Line)
	if err != nil {
		return nil, err
	}
	a := &jsonArray{parser: parser{root: root}}
	return func() format {
		fresh := *scanner
		a.JSON = &fresh
		return a
	}, nil
}

func (a *jsonArray) take(r *pipeline.Record) *pipeline.Failure {
	return a.parse(r)
}

// parser takes one value after another, each in one pass that checks it and keeps what the paths ask for. It is the grammar of
// RFC 8259.
type parser struct {
	root *node
	// record numbers the records, to tell in which one a node was seen.
	record uint64

	// The value at hand: its bytes, the offset of the first of them in the object, the index of the next one.
	b       []byte
	offset  int64
	at      int
	depth   int
	fields  []pipeline.Field
	scratch []byte
	failure *pipeline.Failure
}

func (p *parser) parse(r *pipeline.Record) *pipeline.Failure {
	p.record++
	p.b, p.offset, p.fields = r.Raw, r.Offset, r.Fields
	p.at, p.depth, p.scratch, p.failure = 0, 0, p.scratch[:0], nil
	if !p.value(p.root) {
		return p.failure
	}
	if p.space(); p.at < len(p.b) {
		p.invalid(p.at, "a comma must follow the record")
	} else if p.b[0] != '{' {
		p.fail(RuleJSON, "a record must be an object, { … }, and this is none")
	}
	return p.failure
}

// value takes the value at p.at, whose place is n. It gives false where it is not valid, having said why.
func (p *parser) value(n *node) bool {
	p.space()
	start := p.at
	kind, text, ok := p.kind(n)
	if !ok {
		return false
	}
	if n == nil {
		return true
	}
	if kind == pipeline.Literal || kind == pipeline.Nested {
		text = p.b[start:p.at:p.at]
	}
	for _, i := range n.sources {
		p.fields[i] = pipeline.Field{Kind: kind, Bytes: text}
	}
	return true
}

// kind takes the value at p.at and tells its kind, and its text if it is one.
func (p *parser) kind(n *node) (kind pipeline.Kind, text []byte, ok bool) {
	switch c := p.peek(); {
	case c == '{':
		return pipeline.Nested, nil, p.nested(n, '}')
	case c == '[':
		return pipeline.Nested, nil, p.nested(n, ']')
	case c == '"':
		text, ok = p.text()
		return pipeline.Text, text, ok
	case c == 'n':
		return pipeline.Null, nil, p.word("null")
	case c == 't':
		return pipeline.Literal, nil, p.word("true")
	case c == 'f':
		return pipeline.Literal, nil, p.word("false")
	case c == '-' || c >= '0' && c <= '9':
		return pipeline.Literal, nil, p.number()
	default:
		return pipeline.Absent, nil, p.invalid(p.at, "a value must stand there")
	}
}

// nested takes the object or array at p.at, whose place is n, up to its closing bracket.
func (p *parser) nested(n *node, closing byte) bool {
	if p.depth++; p.depth > maxDepth {
		return p.invalid(p.at, "it nests deeper than %d", maxDepth)
	}
	p.at++
	p.space()
	for i := 0; i > 0 || p.peek() != closing; i++ {
		if closing == '}' && !p.member(n) || closing == ']' && !p.value(n.item(i)) {
			return false
		}
		p.space()
		if p.peek() == closing {
			break
		}
		if p.peek() != ',' {
			return p.invalid(p.at, "a comma or %q must stand there", closing)
		}
		p.at++
		p.space()
	}
	p.at++
	p.depth--
	return true
}

func (p *parser) member(n *node) bool {
	start := p.at
	if p.peek() != '"' {
		return p.invalid(p.at, "the name of a member must stand there, in double quotes")
	}
	name, ok := p.text()
	if !ok {
		return false
	}
	next := n.member(name)
	if next != nil && next.seen == p.record {
		return p.fail(RuleJSON, "holds the member %q twice, the second time at byte %d", name, p.offset+int64(start))
	}
	if next != nil {
		next.seen = p.record
	}
	if p.space(); p.peek() != ':' {
		return p.invalid(p.at, "a colon must stand there")
	}
	p.at++
	return p.value(next)
}

func (p *parser) word(word string) bool {
	if !bytes.HasPrefix(p.b[p.at:], []byte(word)) {
		return p.invalid(p.at, "a value must stand there")
	}
	p.at += len(word)
	return true
}

// number takes the number at p.at.
func (p *parser) number() bool {
	if p.peek() == '-' {
		p.at++
	}
	if p.peek() == '0' {
		p.at++
	} else if !p.digits() {
		return false
	}
	if p.peek() == '.' {
		p.at++
		if !p.digits() {
			return false
		}
	}
	if c := p.peek(); c == 'e' || c == 'E' {
		p.at++
		if c := p.peek(); c == '+' || c == '-' {
			p.at++
		}
		return p.digits()
	}
	return true
}

// digits takes at least one digit.
func (p *parser) digits() bool {
	start := p.at
	for c := p.peek(); c >= '0' && c <= '9'; c = p.peek() {
		p.at++
	}
	return p.at > start || p.invalid(p.at, "a digit must stand there")
}

// peek gives the next byte, or NUL, which is in no record that gets here, at the end.
func (p *parser) peek() byte {
	if p.at < len(p.b) {
		return p.b[p.at]
	}
	return 0
}

func (p *parser) space() {
	for p.at < len(p.b) && (p.b[p.at] == ' ' || p.b[p.at] == '\n' || p.b[p.at] == '\r' || p.b[p.at] == '\t') {
		p.at++
	}
}

func (p *parser) invalid(at int, format string, args ...any) bool {
	args = append([]any{p.offset + int64(at)}, args...)
	return p.fail(RuleJSON, "is not valid JSON at byte %d: "+format, args...)
}

// fail keeps the reason, and gives false.
func (p *parser) fail(rule, format string, args ...any) bool {
	p.failure = failure(rule, format, args...)
	return false
}
