package expression

import (
	"fmt"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/expr-lang/expr/ast"

	"acequia/shared/contract/decimal"
	"acequia/shared/contract/nearest"
)

// compiler turns a tree into nested functions, and checks the kinds on the way.
type compiler struct {
	source []rune
	scope  Scope
	used   map[int]bool
}

// node is a compiled node of the tree.
type node struct {
	kind Kind
	eval eval
}

// wrong says what is wrong with a node.
func wrong(n ast.Node, format string, args ...any) error {
	return fmt.Errorf("%s (at character %d)", fmt.Sprintf(format, args...), n.Location().From+1)
}

func (c *compiler) compile(n ast.Node) (node, error) {
	switch n := n.(type) {
	case *ast.IdentifierNode:
		return c.name(n)
	case *ast.IntegerNode, *ast.FloatNode:
		return c.number(n)
	case *ast.StringNode:
		return c.literalText(n, n.Value)
	case *ast.BoolNode:
		return constant(Boolean, &Value{True: n.Value}), nil
	case *ast.NilNode:
		return constant(None, &Value{Null: true}), nil
	case *ast.UnaryNode:
		return c.unary(n)
	case *ast.BinaryNode:
		return c.binary(n)
	case *ast.ConditionalNode:
		return c.conditional(n)
	case *ast.CallNode:
		return c.call(n)
	default:
		return node{}, wrong(n, "%s cannot stand here: see which operators and functions there are", n)
	}
}

func constant(kind Kind, v *Value) node {
	return node{kind: kind, eval: func([]Value) (*Value, error) { return v, nil }}
}

// name compiles a variable or a parameter.
func (c *compiler) name(n *ast.IdentifierNode) (node, error) {
	var names []string
	for i, v := range c.scope.Variables {
		if v.Name != n.Value {
			names = append(names, v.Name)
			continue
		}
		if v.Kind == None {
			return node{}, wrong(n, "an expression cannot read %s, whose type has no operators here", n.Value)
		}
		c.used[i] = true
		return node{kind: v.Kind, eval: func(row []Value) (*Value, error) { return &row[i], nil }}, nil
	}
	text, ok := c.scope.Parameters[n.Value]
	if !ok {
		for name := range c.scope.Parameters {
			names = append(names, name)
		}
		slices.Sort(names)
		return node{}, wrong(n, "there is no column %s that could be read here%s", n.Value, nearest.Hint(n.Value, names))
	}
	if number, fault := decimal.Canonical(text); fault == decimal.None {
		return literal(n, number)
	}
	return c.literalText(n, text)
}

// literalText compiles a text that stands in the contract, which must be one that Postgres can store.
func (c *compiler) literalText(n ast.Node, text string) (node, error) {
	if !utf8.ValidString(text) || strings.ContainsRune(text, 0) {
		return node{}, wrong(n, "%q cannot be stored as text: it holds a NUL character, or is not UTF-8", text)
	}
	return constant(Text, &Value{Text: []byte(text)}), nil
}

// number compiles a literal from its text, not from the float that the parser made of it.
func (c *compiler) number(n ast.Node) (node, error) {
	at := n.Location()
	text := strings.ReplaceAll(string(c.source[at.From:at.To]), "_", "")
	number, fault := decimal.Canonical(text)
	if fault != decimal.None {
		return node{}, wrong(n, "%s is not a plain decimal number, such as 1250 or 0.10", text)
	}
	return literal(n, number)
}

func literal(n ast.Node, number string) (node, error) {
	v := new(Value)
	if err := v.Read(Number, []byte(number)); err != nil {
		return node{}, wrong(n, "%s is no number: %v", number, err)
	}
	return constant(Number, v), nil
}

// conditional compiles cond ? a : b, and if cond { a } else { b }, which is the same.
func (c *compiler) conditional(n *ast.ConditionalNode) (node, error) {
	cond, err := c.of(Boolean, n.Cond)
	if err != nil {
		return node{}, err
	}
	branches, kind, err := c.same(n, n.Exp1, n.Exp2)
	if err != nil {
		return node{}, err
	}
	null := &Value{Null: true}
	return node{kind: kind, eval: func(row []Value) (*Value, error) {
		v, err := cond(row)
		switch {
		case err != nil:
			return nil, err
		case v.Null:
			return null, nil
		case v.True:
			return branches[0](row)
		}
		return branches[1](row)
	}}, nil
}

// of compiles a node that must have the kind.
func (c *compiler) of(kind Kind, n ast.Node) (eval, error) {
	compiled, err := c.compile(n)
	if err == nil && compiled.kind != kind && compiled.kind != None {
		err = wrong(n, "%s is a %s where a %s is needed", n, compiled.kind, kind)
	}
	return compiled.eval, err
}

// same compiles nodes that must have one kind, apart from nil, which has all.
func (c *compiler) same(whole ast.Node, nodes ...ast.Node) ([]eval, Kind, error) {
	kind := None
	evals := make([]eval, len(nodes))
	for i, n := range nodes {
		compiled, err := c.compile(n)
		switch {
		case err != nil:
			return nil, None, err
		case kind == None:
			kind = compiled.kind
		case compiled.kind != kind && compiled.kind != None:
			return nil, None, wrong(whole, "%s mixes a %s with a %s", whole, kind, compiled.kind)
		}
		evals[i] = compiled.eval
	}
	return evals, kind, nil
}
