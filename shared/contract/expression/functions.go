package expression

import (
	"bytes"
	"time"

	"github.com/cockroachdb/apd/v3"
	"github.com/expr-lang/expr/ast"

	"acequia/shared/contract/nearest"
)

// maxDecimals bounds what round is asked for.
const maxDecimals = 100

// rounding is half away from zero, which apd calls half up, at a precision that no number here reaches.
var rounding = apd.Context{
	Precision: 100_000, MaxExponent: apd.MaxExponent, MinExponent: apd.MinExponent, Rounding: apd.RoundHalfUp,
	Traps: apd.InvalidOperation,
}

var functions = []string{"round", "abs", "coalesce", "lower", "upper", "trim", "concat", "date"}

func (c *compiler) call(n *ast.CallNode) (node, error) {
	callee, ok := n.Callee.(*ast.IdentifierNode)
	if !ok {
		return node{}, wrong(n, "%s is not a function", n.Callee)
	}
	if len(n.Arguments) == 0 {
		return node{}, wrong(n, "%s needs an argument", callee.Value)
	}
	switch callee.Value {
	case "round":
		return c.round(n)
	case "abs":
		operands, err := c.arguments(n, Number, 1)
		if err != nil {
			return node{}, err
		}
		return strict1(Number, operands[0], func(out, v *Value) error { out.number.absolute(&v.number); return nil }), nil
	case "coalesce":
		return c.coalesce(n, n.Arguments...)
	case "lower":
		return c.text(n, bytes.ToLower)
	case "upper":
		return c.text(n, bytes.ToUpper)
	case "trim":
		return c.text(n, bytes.TrimSpace)
	case "concat":
		return c.concat(n)
	case "date":
		return c.date(n)
	default:
		return node{}, wrong(n, "there is no function %s%s", callee.Value, nearest.Hint(callee.Value, functions))
	}
}

// arguments compiles a call's arguments, which must be so many of the kind; 0 is any number of them.
func (c *compiler) arguments(n *ast.CallNode, kind Kind, count int) ([]eval, error) {
	if count > 0 && len(n.Arguments) != count {
		return nil, wrong(n, "%s needs %d argument(s), and has %d", n.Callee, count, len(n.Arguments))
	}
	var operands []eval
	for _, argument := range n.Arguments {
		operand, err := c.of(kind, argument)
		if err != nil {
			return nil, err
		}
		operands = append(operands, operand)
	}
	return operands, nil
}

// round compiles round(x, decimals); without decimals it rounds to whole numbers.
func (c *compiler) round(n *ast.CallNode) (node, error) {
	decimals := 0
	if len(n.Arguments) == 2 {
		literal, ok := n.Arguments[1].(*ast.IntegerNode)
		if !ok || literal.Value < 0 || literal.Value > maxDecimals {
			return node{}, wrong(n.Arguments[1], "the decimals that round leaves are written as a number from 0 to %d", maxDecimals)
		}
		decimals = literal.Value
	} else if len(n.Arguments) != 1 {
		return node{}, wrong(n, "round needs a number and how many decimals to leave")
	}
	operand, err := c.of(Number, n.Arguments[0])
	if err != nil {
		return node{}, err
	}
	return strict1(Number, operand, func(out, v *Value) error { return out.number.round(&v.number, int32(decimals)) }), nil
}

func (c *compiler) coalesce(n ast.Node, arguments ...ast.Node) (node, error) {
	operands, kind, err := c.same(n, arguments...)
	return node{kind: kind, eval: func(row []Value) (v *Value, err error) {
		for _, operand := range operands {
			if v, err = operand(row); err != nil || !v.Null {
				break
			}
		}
		return v, err
	}}, err
}

func (c *compiler) text(n *ast.CallNode, change func([]byte) []byte) (node, error) {
	operands, err := c.arguments(n, Text, 1)
	if err != nil {
		return node{}, err
	}
	return strict1(Text, operands[0], func(out, v *Value) error { out.Text = change(v.Text); return nil }), nil
}

func (c *compiler) concat(n *ast.CallNode) (node, error) {
	operands, err := c.arguments(n, Text, 0)
	out, null := new(Value), &Value{Null: true}
	return node{kind: Text, eval: func(row []Value) (*Value, error) {
		out.Text = out.Text[:0]
		for _, operand := range operands {
			v, err := operand(row)
			if err != nil {
				return nil, err
			}
			if v.Null {
				return null, nil
			}
			out.Text = append(out.Text, v.Text...)
		}
		return out, nil
	}}, err
}

// date compiles date("2026-11-24"), the only way to write a date.
func (c *compiler) date(n *ast.CallNode) (node, error) {
	literal, ok := n.Arguments[0].(*ast.StringNode)
	if !ok || len(n.Arguments) != 1 {
		return node{}, wrong(n, `date needs a date in quotes, such as date("2026-11-24")`)
	}
	at, err := time.Parse(time.DateOnly, literal.Value)
	if err != nil {
		return node{}, wrong(n, "%q is not a date, such as 2026-11-24", literal.Value)
	}
	return constant(Date, &Value{Time: at}), nil
}
