package template

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"time"

	"go.yaml.in/yaml/v3"
)

// properties reads a mapping whose calls are resolved, and knows at its end which keys nobody has asked for.
type properties struct {
	l *loader
	// what names the mapping in messages: IngestFunction.Environment.
	what string
	node *yaml.Node
	used []string
}

// properties begins with a mapping; nil is an empty one.
func (l *loader) properties(what string, node *yaml.Node) *properties {
	if node != nil && node.Kind != yaml.MappingNode {
		l.fail(node, "%s: a mapping is wanted here", what)
		node = nil
	}
	return &properties{l: l, what: what, node: node}
}

func (p *properties) get(key string) *yaml.Node {
	p.used = append(p.used, key)
	return lookUp(p.node, key)
}

func (p *properties) fail(node *yaml.Node, key, format string, args ...any) {
	p.l.fail(node, "%s.%s: %s", p.what, key, fmt.Sprintf(format, args...))
}

// text gives a property's text; empty if it is absent.
func (p *properties) text(key string) string {
	node := p.get(key)
	if node == nil {
		return ""
	}
	if node.Kind != yaml.ScalarNode {
		p.fail(node, key, "a text is wanted here")
		return ""
	}
	return node.Value
}

// required gives a property's text, which must not be absent.
func (p *properties) required(key string) string {
	value := p.text(key)
	if value == "" {
		p.fail(cmp.Or(p.node, &yaml.Node{}), key, "it must be given")
	}
	return value
}

// integer gives a property's number, or nil if it is absent.
func (p *properties) integer(key string) *int {
	text := p.text(key)
	if text == "" {
		return nil
	}
	n, err := strconv.Atoi(text)
	if err != nil || n < 0 {
		p.fail(lookUp(p.node, key), key, "%q is not a whole number from 0", text)
		return nil
	}
	return &n
}

func (p *properties) integerOr(key string, absent int) int {
	if n := p.integer(key); n != nil {
		return *n
	}
	return absent
}

func (p *properties) seconds(key string, absent int) time.Duration {
	return time.Duration(p.integerOr(key, absent)) * time.Second
}

func (p *properties) flag(key string, absent bool) bool {
	text := p.text(key)
	if text == "" {
		return absent
	}
	value, err := strconv.ParseBool(text)
	if err != nil {
		p.fail(lookUp(p.node, key), key, "%q is neither true nor false", text)
	}
	return value
}

// oneOf gives a property's text, which must be one of the values; empty if it is absent.
func (p *properties) oneOf(key string, values ...string) string {
	value := p.text(key)
	if value != "" && !slices.Contains(values, value) {
		p.fail(lookUp(p.node, key), key, "the local cloud knows %v here, and not %s", values, value)
	}
	return value
}

// items gives a property's list; one item may stand without a list around it.
func (p *properties) items(key string) []*yaml.Node {
	node := p.get(key)
	switch {
	case node == nil:
		return nil
	case node.Kind == yaml.SequenceNode:
		return node.Content
	}
	return []*yaml.Node{node}
}

func (p *properties) texts(key string) []string {
	var texts []string
	for _, item := range p.items(key) {
		if item.Kind != yaml.ScalarNode {
			p.fail(item, key, "a text is wanted here")
		}
		texts = append(texts, item.Value)
	}
	return texts
}

func (p *properties) child(key string) *properties {
	return p.l.properties(p.what+"."+key, p.get(key))
}

// children gives the mappings in a property's list.
func (p *properties) children(key string) []*properties {
	var children []*properties
	for i, item := range p.items(key) {
		children = append(children, p.l.properties(fmt.Sprintf("%s.%s[%d]", p.what, key, i), item))
	}
	return children
}

// done refuses the properties that nobody has asked for, unless they are inert.
func (p *properties) done(inert map[string]string) {
	for key := range entries(p.node) {
		if slices.Contains(p.used, key.Value) {
			continue
		}
		if reason, ok := inert[key.Value]; ok {
			p.l.inert(key, p.what+"."+key.Value, reason)
			continue
		}
		p.fail(key, key.Value, "the local cloud does not know this property")
	}
}
