package contract

import (
	"fmt"
	"iter"
	"slices"
	"strconv"
	"strings"

	"go.yaml.in/yaml/v3"

	"acequia/shared/contract/decimal"
	"acequia/shared/contract/nearest"
)

// Problem is one thing that is wrong with a document.
type Problem struct {
	// Path leads to the place: schema[0].properties[3].physicalType.
	Path string
	Line int
	// Message says what is wrong and what to write instead.
	Message string
}

// InvalidError says why a document is no contract: everything that is wrong with it, in the document's order.
type InvalidError struct{ Problems []Problem }

func (e *InvalidError) Error() string {
	lines := make([]string, len(e.Problems))
	for i, p := range e.Problems {
		lines[i] = fmt.Sprintf("%s (line %d): %s", p.Path, p.Line, p.Message)
	}
	return strings.Join(lines, "\n")
}

// place is a place in a document. What is wrong there is added to the document's problems, and reading goes on, so that
// one run finds all of them.
type place struct {
	node  *yaml.Node // nil: nothing is there
	path  string
	line  int
	found *[]Problem
}

func (p place) fail(format string, args ...any) {
	*p.found = append(*p.found, Problem{Path: p.path, Line: p.line, Message: fmt.Sprintf(format, args...)})
}

func (p place) missing() bool { return p.node == nil }

// step gives the place that node is at, below p.
func (p place) step(suffix string, node *yaml.Node) place {
	next := place{path: p.path + suffix, line: p.line, found: p.found}
	for node != nil && node.Kind == yaml.AliasNode {
		node = node.Alias
	}
	if node != nil && node.Tag != "!!null" {
		next.node, next.line = node, node.Line
	}
	return next
}

// at gives the place of a mapping's member, which may be missing.
func (p place) at(key string) place {
	suffix := "." + key
	if p.path == "" {
		suffix = key
	}
	if p.node != nil && p.node.Kind == yaml.MappingNode {
		for i := 0; i+1 < len(p.node.Content); i += 2 {
			if p.node.Content[i].Value == key {
				return p.step(suffix, p.node.Content[i+1])
			}
		}
	}
	return p.step(suffix, nil)
}

// items gives the places of a list's items; a missing list has none.
func (p place) items() iter.Seq[place] {
	return func(yield func(place) bool) {
		if p.missing() {
			return
		}
		if p.node.Kind != yaml.SequenceNode {
			p.fail("a list is needed here")
			return
		}
		for i, item := range p.node.Content {
			if !yield(p.step("["+strconv.Itoa(i)+"]", item)) {
				return
			}
		}
	}
}

// members sees to it that here is a mapping with no members but those that are known.
func (p place) members(known ...string) bool {
	if p.missing() || p.node.Kind != yaml.MappingNode {
		p.fail("a mapping is needed here, with some of %s", strings.Join(known, ", "))
		return false
	}
	for _, key := range p.keys() {
		if !slices.Contains(known, key) {
			p.at(key).fail("there is no %s here%s", key, nearest.Hint(key, known))
		}
	}
	return true
}

// keys gives the names of a mapping's members, each of which must be there once.
func (p place) keys() []string {
	if p.node.Kind != yaml.MappingNode {
		p.fail("a mapping is needed here")
		return nil
	}
	var keys []string
	for i := 0; i+1 < len(p.node.Content); i += 2 {
		key := p.node.Content[i].Value
		if slices.Contains(keys, key) {
			p.at(key).fail("%s is given twice", key)
			continue
		}
		keys = append(keys, key)
	}
	return keys
}

// text gives a scalar as it is written; that of a missing one is empty.
func (p place) text() string {
	if p.missing() {
		return ""
	}
	if p.node.Kind != yaml.ScalarNode {
		p.fail("a single value is needed here")
		return ""
	}
	return p.node.Value
}

// need gives a text that must be there.
func (p place) need() string {
	text := strings.TrimSpace(p.text())
	if text == "" {
		p.fail("it is missing, and must be given")
	}
	return text
}

// texts gives a list of scalars.
func (p place) texts() []string {
	var all []string
	for item := range p.items() {
		if item.missing() {
			item.fail("a value is needed here; write null in quotes if you mean the word")
			continue
		}
		all = append(all, item.text())
	}
	return all
}

// flag gives a boolean; a missing one is false.
func (p place) flag() bool {
	switch text := p.text(); text {
	case "true":
		return true
	case "false", "":
		return false
	default:
		p.fail("%s is neither true nor false", text)
		return false
	}
}

// number gives an exact number in canonical text.
func (p place) number() string {
	text, fault := decimal.Canonical(p.text())
	if fault != decimal.None {
		p.fail("%q is not a plain decimal number, such as 100 or 0.05", p.text())
		return "0"
	}
	return text
}

// count gives a whole number, 0 or more; a missing one is 0.
func (p place) count() int {
	if p.missing() {
		return 0
	}
	n, err := strconv.ParseInt(p.text(), 10, 32)
	if err != nil || n < 0 {
		p.fail("%q is not a whole number, 0 or more", p.text())
		return 0
	}
	return int(n)
}

// size gives a whole number above 0, as large as they come; a missing one is 0.
func (p place) size() int64 {
	if p.missing() {
		return 0
	}
	n, err := strconv.ParseInt(p.text(), 10, 64)
	if err != nil || n < 1 {
		p.fail("%q is not a whole number above 0", p.text())
		return 0
	}
	return n
}
