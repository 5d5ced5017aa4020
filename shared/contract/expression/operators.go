package expression

import (
	"errors"

	"github.com/cockroachdb/apd/v3"
	"github.com/expr-lang/expr/ast"
)

var (
	// exact computes without rounding: in apd a precision of 0 sets no limit.
	exact = apd.BaseContext.WithPrecision(0)
	// quotients need a limit, as 1/3 has no end.
	quotients = apd.Context{Precision: 38, MaxExponent: apd.MaxExponent, MinExponent: apd.MinExponent, Rounding: apd.RoundHalfUp}
)

var errDivisionByZero = errors.New("divides by zero")

func (c *compiler) unary(n *ast.UnaryNode) (node, error) {
	switch n.Operator {
	case "+", "-":
		operand, err := c.of(Number, n.Node)
		if err != nil || n.Operator == "+" {
			return node{kind: Number, eval: operand}, err
		}
		return strict1(Number, operand, func(out, v *Value) error { out.number.negate(&v.number); return nil }), nil
	case "not", "!":
		operand, err := c.of(Boolean, n.Node)
		return strict1(Boolean, operand, func(out, v *Value) error { out.True = !v.True; return nil }), err
	default:
		return node{}, wrong(n, "there is no operator %s here", n.Operator)
	}
}

func (c *compiler) binary(n *ast.BinaryNode) (node, error) {
	switch n.Operator {
	case "+", "-", "*", "/":
		return c.arithmetic(n)
	case "==", "!=", "<", "<=", ">", ">=":
		return c.comparison(n)
	case "and", "&&":
		return c.logic(n, false)
	case "or", "||":
		return c.logic(n, true)
	case "??":
		return c.coalesce(n, n.Left, n.Right)
	case "in":
		return c.membership(n)
	default:
		return node{}, wrong(n, "there is no operator %s here", n.Operator)
	}
}

func (c *compiler) arithmetic(n *ast.BinaryNode) (node, error) {
	left, err := c.of(Number, n.Left)
	if err != nil {
		return node{}, err
	}
	right, err := c.of(Number, n.Right)
	if err != nil {
		return node{}, err
	}
	compute := map[string]func(n, a, b *number) error{
		"+": (*number).add, "-": (*number).subtract, "*": (*number).multiply, "/": (*number).divide,
	}[n.Operator]
	return strict2(Number, left, right, func(out, a, b *Value) error { return compute(&out.number, &a.number, &b.number) }), nil
}

func (c *compiler) comparison(n *ast.BinaryNode) (node, error) {
	operands, kind, err := c.same(n, n.Left, n.Right)
	if err != nil {
		return node{}, err
	}
	_, leftNil := n.Left.(*ast.NilNode)
	_, rightNil := n.Right.(*ast.NilNode)
	if leftNil || rightNil {
		return c.nullness(n, operands, leftNil)
	}
	meets := map[string]func(order int) bool{
		"==": func(order int) bool { return order == 0 }, "!=": func(order int) bool { return order != 0 },
		"<": func(order int) bool { return order < 0 }, "<=": func(order int) bool { return order <= 0 },
		">": func(order int) bool { return order > 0 }, ">=": func(order int) bool { return order >= 0 },
	}[n.Operator]
	return strict2(Boolean, operands[0], operands[1], func(out, a, b *Value) error {
		out.True = meets(a.compare(kind, b))
		return nil
	}), nil
}

// nullness compiles x == nil and x != nil, which are never NULL themselves.
func (c *compiler) nullness(n *ast.BinaryNode, operands []eval, leftNil bool) (node, error) {
	if n.Operator != "==" && n.Operator != "!=" {
		return node{}, wrong(n, "nil is neither less nor more than anything; use == nil or != nil")
	}
	operand := operands[0]
	if leftNil {
		operand = operands[1]
	}
	wanted, out := n.Operator == "==", new(Value)
	return node{kind: Boolean, eval: func(row []Value) (*Value, error) {
		v, err := operand(row)
		if err != nil {
			return nil, err
		}
		out.True = v.Null == wanted
		return out, nil
	}}, nil
}

// logic compiles and (decided by a false operand) and or (decided by a true one). Undecided, a NULL operand makes NULL.
func (c *compiler) logic(n *ast.BinaryNode, decisive bool) (node, error) {
	left, err := c.of(Boolean, n.Left)
	if err != nil {
		return node{}, err
	}
	right, err := c.of(Boolean, n.Right)
	if err != nil {
		return node{}, err
	}
	out := new(Value)
	return node{kind: Boolean, eval: func(row []Value) (*Value, error) {
		a, err := left(row)
		if err != nil || !a.Null && a.True == decisive {
			return a, err
		}
		unknown := a.Null
		b, err := right(row)
		if err != nil || !b.Null && b.True == decisive {
			return b, err
		}
		out.Null, out.True = unknown || b.Null, !decisive
		return out, nil
	}}, nil
}

// membership compiles x in [a, b]. With a NULL among them, what is not found is NULL, as in SQL.
func (c *compiler) membership(n *ast.BinaryNode) (node, error) {
	list, ok := n.Right.(*ast.ArrayNode)
	if !ok || len(list.Nodes) == 0 {
		return node{}, wrong(n, "behind in stands a list, such as [1, 2]")
	}
	operands, kind, err := c.same(n, append([]ast.Node{n.Left}, list.Nodes...)...)
	if err != nil {
		return node{}, err
	}
	out := new(Value)
	return node{kind: Boolean, eval: func(row []Value) (*Value, error) {
		v, err := operands[0](row)
		if err != nil || v.Null {
			return v, err
		}
		out.Null, out.True = false, false
		for _, operand := range operands[1:] {
			w, err := operand(row)
			switch {
			case err != nil:
				return nil, err
			case w.Null:
				out.Null = true
			case v.compare(kind, w) == 0:
				out.Null, out.True = false, true
				return out, nil
			}
		}
		return out, nil
	}}, nil
}

// strict1 computes a value of one operand; that of NULL is NULL.
func strict1(kind Kind, operand eval, compute func(out, v *Value) error) node {
	out, null := new(Value), &Value{Null: true}
	return node{kind: kind, eval: func(row []Value) (*Value, error) {
		v, err := operand(row)
		if err != nil {
			return nil, err
		}
		if v.Null {
			return null, nil
		}
		return out, compute(out, v)
	}}
}

// strict2 computes a value of two operands; with a NULL among them it is NULL.
func strict2(kind Kind, left, right eval, compute func(out, a, b *Value) error) node {
	out, null := new(Value), &Value{Null: true}
	return node{kind: kind, eval: func(row []Value) (*Value, error) {
		a, err := left(row)
		if err != nil {
			return nil, err
		}
		b, err := right(row)
		if err != nil {
			return nil, err
		}
		if a.Null || b.Null {
			return null, nil
		}
		return out, compute(out, a, b)
	}}
}
