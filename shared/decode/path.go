package decode

import (
	"bytes"
	"slices"
	"strings"

	"acequia/shared/contract/recordpath"
	"acequia/shared/pipeline"
)

// node is a place in the tree of all the paths that a record is asked for: one pass over the record serves them all. The nil
// node is a place to which no path leads.
type node struct {
	// sources are those whose path ends here.
	sources []int
	items   map[int]*node
	// members are the places of members, and named finds them by their names.
	members []*node
	named   map[string]*node
	// name is the place's own, if it is a member, and written how it stands in a record, with the quote behind it; that is empty if
	// it must be escaped there.
	name, written string
	// after is the one among its siblings that was met after it the last time, and latest the member that was met last: records are
	// much like each other.
	after, latest *node
	// seen is the number of the record in which the place was last met.
	seen uint64
}

// paths makes the tree of the places that the sources name.
func paths(sources []string) (*node, error) {
	root := &node{}
	for i, source := range sources {
		steps, err := recordpath.Parse(source)
		if err != nil {
			return nil, pipeline.Refuse("the path %q cannot be followed: %v; correct the contract", source, err)
		}
		end := root
		for _, step := range steps {
			if step.IsIndex {
				end = end.growItem(step.Index)
			} else {
				end = end.grow(step.Name)
			}
		}
		end.sources = append(end.sources, i)
	}
	return root, nil
}

// grow gives the place of a member, new if need be.
func (n *node) grow(name string) *node {
	if n.named == nil {
		n.named = map[string]*node{}
	}
	if n.named[name] == nil {
		n.latest = &node{name: name}
		if !strings.ContainsFunc(name, func(c rune) bool { return c < ' ' || c == '"' || c == '\\' }) {
			n.latest.written = name + `"`
		}
		n.named[name] = n.latest
		n.members = append(n.members, n.latest)
	}
	return n.named[name]
}

func (n *node) growItem(i int) *node {
	if n.items == nil {
		n.items = map[int]*node{}
	}
	if n.items[i] == nil {
		n.items[i] = &node{}
	}
	return n.items[i]
}

// expected gives the place of the member whose name b begins with, if it is the one that was met next the last time, else nil.
func (n *node) expected(b []byte) *node {
	if n == nil || n.latest == nil {
		return nil
	}
	next := n.latest.after
	if next == nil || next.written == "" || !bytes.HasPrefix(b, []byte(next.written)) {
		return nil
	}
	n.latest = next
	return next
}

// fewMembers are found faster one by one than in a map.
const fewMembers = 8

// member gives the place of the member, nil if no path leads there, and expects it where it is met now.
func (n *node) member(name []byte) *node {
	if n == nil || n.latest == nil {
		return nil
	}
	var found *node
	if len(n.members) > fewMembers {
		found = n.named[string(name)]
	} else if i := slices.IndexFunc(n.members, func(m *node) bool { return m.name == string(name) }); i >= 0 {
		found = n.members[i]
	}
	if found != nil {
		n.latest.after, n.latest = found, found
	}
	return found
}

func (n *node) item(i int) *node {
	if n == nil {
		return nil
	}
	return n.items[i]
}
