package decode

import (
	"fmt"
	"strconv"
	"strings"
)

// node is a place in the tree of all paths that a record is asked for: a record is gone through once, whatever their number.
type node struct {
	// fields are the indexes of the sources whose path ends here.
	fields  []int
	members map[string]*node
	items   map[int]*node
}

// parsePaths makes the tree of the paths: "$.address.city", "$.tags[0]", or a bare name, which means a member of the record.
func parsePaths(sources []string) (*node, error) {
	root := &node{}
	for i, source := range sources {
		at, rest := root, source
		if strings.HasPrefix(source, "$") {
			rest = strings.TrimPrefix(source[1:], ".")
		}
		for rest != "" {
			var err error
			if at, rest, err = at.step(rest); err != nil {
				return nil, fmt.Errorf("the path %q: %w", source, err)
			}
		}
		at.fields = append(at.fields, i)
	}
	return root, nil
}

// step goes down one step of a path, and gives what remains of it.
func (n *node) step(path string) (next *node, rest string, err error) {
	if path[0] != '[' {
		end := strings.IndexAny(path, ".[")
		if end < 0 {
			return n.member(path), "", nil
		}
		if end == 0 {
			return nil, "", fmt.Errorf("a name is missing before %q", path)
		}
		return n.member(path[:end]), strings.TrimPrefix(path[end:], "."), nil
	}
	index, rest, closed := strings.Cut(path[1:], "]")
	i, err := strconv.Atoi(index)
	if !closed || err != nil || i < 0 {
		return nil, "", fmt.Errorf("%q is not an index like [0]", path)
	}
	return n.item(i), strings.TrimPrefix(rest, "."), nil
}

func (n *node) member(name string) *node {
	if n.members == nil {
		n.members = map[string]*node{}
	}
	if n.members[name] == nil {
		n.members[name] = &node{}
	}
	return n.members[name]
}

func (n *node) item(i int) *node {
	if n.items == nil {
		n.items = map[int]*node{}
	}
	if n.items[i] == nil {
		n.items[i] = &node{}
	}
	return n.items[i]
}
