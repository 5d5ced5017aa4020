package decode

import (
	"acequia/shared/charset"
	"acequia/shared/pipeline"
)

// maxDepth bounds how deep a record may nest, far below the depth at which Postgres runs out of stack on jsonb.
const maxDepth = 512

// invalid is the index behind what is not valid.
const invalid = -1

// parser takes one object after another, each in one pass that checks it and keeps what the paths ask for. It is the grammar of
// RFC 8259. Its methods take what begins at an index and give the index behind it, or invalid, having said why.
type parser struct {
	root    *node
	charset charset.Charset
	behind  string
	// record numbers the records, to tell in which one a node was seen.
	record uint64

	// The record at hand: its text, the offset of its first byte in the object.
	b       []byte
	offset  int64
	fields  []pipeline.Field
	scratch []byte
	failure *pipeline.Failure
}

func (p *parser) parse(r *pipeline.Record) *pipeline.Failure {
	p.record++
	p.b, p.offset, p.fields = r.Raw, r.Offset, r.Fields
	p.scratch, p.failure = p.scratch[:0], nil
	switch at := p.value(p.space(0), p.root, 0); {
	case at == invalid:
	case p.b[0] != '{':
		p.fail(RuleJSON, "a record must be an object, { … }, and this is none")
	case p.space(at) < len(p.b):
		p.invalid(p.space(at), p.behind)
	}
	return p.failure
}

// value takes the value at index at, whose place is n, at the given depth.
func (p *parser) value(at int, n *node, depth int) int {
	field := pipeline.Field{Kind: pipeline.Literal}
	var end int
	switch c := p.peek(at); c {
	case '"':
		field.Kind = pipeline.Text
		field.Bytes, end = p.text(at)
	case '{':
		field.Kind = pipeline.Nested
		end = p.object(at, n, depth+1)
	case '[':
		field.Kind = pipeline.Nested
		end = p.array(at, n, depth+1)
	case 'n':
		field.Kind = pipeline.Null
		end = p.word(at, "null")
	case 't':
		end = p.word(at, "true")
	case 'f':
		end = p.word(at, "false")
	default:
		end = p.number(at)
	}
	if end == invalid || n == nil {
		return end
	}
	if field.Kind == pipeline.Literal || field.Kind == pipeline.Nested {
		field.Bytes = p.b[at:end:end]
	}
	for _, i := range n.sources {
		p.fields[i] = field
	}
	return end
}

// object takes the object at index at, whose place is n.
func (p *parser) object(at int, n *node, depth int) int {
	if depth > maxDepth {
		return p.tooDeep(at)
	}
	at = p.space(at + 1)
	if p.peek(at) == '}' {
		return at + 1
	}
	for {
		if at = p.member(at, n, depth); at == invalid {
			return at
		}
		at = p.space(at)
		switch p.peek(at) {
		case ',':
			at = p.space(at + 1)
		case '}':
			return at + 1
		default:
			return p.invalid(at, "a comma or '}' must stand there")
		}
	}
}

// member takes the member at index at of the object whose place is n.
func (p *parser) member(at int, n *node, depth int) int {
	if p.peek(at) != '"' {
		return p.invalid(at, "the name of a member must stand there, in double quotes")
	}
	next, end := p.name(at, n)
	if end == invalid {
		return end
	}
	if next != nil {
		if next.seen == p.record {
			return p.fail(RuleJSON, "holds the member %q twice, the second time at byte %d", next.name, p.place(at))
		}
		next.seen = p.record
	}
	end = p.space(end)
	if p.peek(end) != ':' {
		return p.invalid(end, "a colon must stand there")
	}
	return p.value(p.space(end+1), next, depth)
}

// name takes the name at index at of a member of n, and gives its place.
func (p *parser) name(at int, n *node) (*node, int) {
	if next := n.expected(p.b[at+1:]); next != nil {
		return next, at + 1 + len(next.written)
	}
	name, end := p.text(at)
	if end == invalid {
		return nil, invalid
	}
	return n.member(name), end
}

// array takes the array at index at, whose place is n.
func (p *parser) array(at int, n *node, depth int) int {
	if depth > maxDepth {
		return p.tooDeep(at)
	}
	at = p.space(at + 1)
	if p.peek(at) == ']' {
		return at + 1
	}
	for i := 0; ; i++ {
		if at = p.value(at, n.item(i), depth); at == invalid {
			return at
		}
		at = p.space(at)
		switch p.peek(at) {
		case ',':
			at = p.space(at + 1)
		case ']':
			return at + 1
		default:
			return p.invalid(at, "a comma or ']' must stand there")
		}
	}
}

// peek gives the byte at index at, or NUL, which is in no record that gets here, at the end.
func (p *parser) peek(at int) byte {
	if at < len(p.b) {
		return p.b[at]
	}
	return 0
}

// space gives the index of the first byte from at on that is no space.
func (p *parser) space(at int) int {
	if at < len(p.b) && p.b[at] > ' ' {
		return at
	}
	return p.skipSpace(at)
}

func (p *parser) skipSpace(at int) int {
	for at < len(p.b) && (p.b[at] == ' ' || p.b[at] == '\n' || p.b[at] == '\r' || p.b[at] == '\t') {
		at++
	}
	return at
}

// place gives the offset in the object of the text at index at.
func (p *parser) place(at int) int64 { return p.offset + int64(p.charset.Size(p.b[:at])) }

func (p *parser) tooDeep(at int) int {
	return p.fail(RuleJSON, "nests deeper than %d at byte %d", maxDepth, p.place(at))
}

func (p *parser) invalid(at int, reason string) int {
	return p.fail(RuleJSON, "is not valid JSON at byte %d: %s", p.place(at), reason)
}

// fail keeps the reason.
func (p *parser) fail(rule, format string, args ...any) int {
	p.failure = failure(rule, format, args...)
	return invalid
}
