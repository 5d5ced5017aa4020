package parquet

import (
	"strings"

	"github.com/parquet-go/parquet-go/format"

	"acequia/shared/pipeline"
)

const (
	// maxElements bounds how many columns and groups a file may have, maxLevels how deep they may lie.
	maxElements = 1 << 15
	maxLevels   = 64 // is less than a definition level may be
)

// element is an entry of the schema: a group, or a column with its physical type.
type element struct {
	name       string
	group      bool
	physical   format.Type
	length     int // of a value of FIXED_LEN_BYTE_ARRAY, in bytes
	repetition format.FieldRepetitionType
	children   int
	annotation annotation
}

// readElement reads a SchemaElement.
func readElement(t *thrift, kind byte) element {
	e := element{group: true}
	t.structure(kind, func(id int16, kind byte) {
		switch id {
		case 1:
			e.physical, e.group = format.Type(t.small(kind)), false
		case 2:
			e.length = t.small(kind)
		case 3:
			e.repetition = format.FieldRepetitionType(t.small(kind))
		case 4:
			e.name = t.text(kind)
		case 5:
			e.children = t.small(kind)
		case 6:
			e.annotation.convert(t.small(kind))
		case 7:
			e.annotation.scale = t.small(kind)
		case 8:
			e.annotation.precision = t.small(kind)
		case 10:
			e.annotation.read(t, kind)
		default:
			t.skip(kind)
		}
	})
	return e
}

// node is an element in the tree of all, which stand in the order in which a walk meets them.
type node struct {
	element
	above    *node // nil: it is the root
	children []*node
	// levels is how many of the elements on the path may be NULL. A value's definition level counts those that are not.
	levels int
	// many says that an element on the path holds any number of values for one row.
	many bool
	// leaf is a column's number among all columns.
	leaf int
}

// tree gives the root of the elements, and how many columns there are.
func tree(elements []element) (*node, int, error) {
	g := grower{rest: elements}
	root := g.grow(nil, 0)
	if root == nil || len(g.rest) > 0 || !root.group || g.leaves == 0 {
		return nil, 0, damaged("the %d elements of its schema are no tree of columns", len(elements))
	}
	return root, g.leaves, nil
}

type grower struct {
	rest   []element
	leaves int
}

// grow makes a node of the first of the elements and of what belongs to it; nil if that is not there.
func (g *grower) grow(above *node, depth int) *node {
	if len(g.rest) == 0 || depth > maxLevels {
		return nil
	}
	n := &node{element: g.rest[0], leaf: g.leaves}
	g.rest = g.rest[1:]
	if above != nil {
		n.descend(above)
	}
	if !n.group {
		g.leaves++
		return n
	}
	for range n.element.children {
		child := g.grow(n, depth+1)
		if child == nil {
			return nil
		}
		n.children = append(n.children, child)
	}
	return n
}

// descend says how n stands to the root, by what stands above it.
func (n *node) descend(above *node) {
	n.above, n.levels, n.many = above, above.levels, above.many
	if n.repetition != format.Required {
		n.levels++
	}
	n.many = n.many || n.repetition == format.Repeated || n.annotation.isMany()
}

// path gives the names from the root on, with points between them. It is made for few nodes only: all paths together may be far
// longer than the footer.
func (n *node) path() string {
	if n.above == nil || n.above.above == nil {
		return n.name
	}
	return n.above.path() + "." + n.name
}

// find gives the node that the names lead to; nil if they lead nowhere.
func (n *node) find(names []string) (*node, error) {
	for _, name := range names {
		var next *node
		for _, child := range n.children {
			if child.name != name {
				continue
			}
			if next != nil {
				return nil, pipeline.Refuse("the Parquet file has the column %s twice; give each column a name of its own", child.path())
			}
			next = child
		}
		if next == nil {
			return nil, nil
		}
		n = next
	}
	return n, nil
}

// column refuses a node that holds no single value for a row.
func (n *node) column() error {
	what := ""
	switch {
	case n.many && n.annotation.isMany():
		what = "a " + strings.ToLower(n.annotation.String())
	case n.many:
		what = "in a list or a map"
	case n.group:
		what = "a group of columns"
	default:
		return nil
	}
	return pipeline.Refuse("the column %s of the Parquet file is %s, of which no single value is a row's; "+
		"name a column in the contract that holds one value, or write this one as text with JSON in it", n.path(), what)
}
