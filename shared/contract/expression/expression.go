// Package expression takes an expression over a record's columns and gives its value, exactly: numbers are decimals and
// never pass through a float, and NULL is unknown, as in SQL.
//
// The grammar is that of github.com/expr-lang/expr, of which only the parser is used: its machine computes in float64 and
// knows no NULL. There are
//
//   - - * /                   on numbers; a quotient has 38 significant digits
//     == != < <= > >=           on two values of one kind; == nil and != nil ask for NULL
//     and or not && || !        with SQL's three truth values
//     in [a, b]                 a == one of them
//     cond ? a : b              NULL if cond is NULL, so that what is unknown stays unknown
//     a ?? b, coalesce(a, …)    the first that is not NULL
//     round(x, decimals)        half away from zero
//     abs(x), lower(t), upper(t), trim(t), concat(t, …), date("2026-11-24")
//
// Everything else of a NULL is NULL.
package expression

import (
	"errors"
	"fmt"

	"github.com/expr-lang/expr"
	"github.com/expr-lang/expr/conf"
	"github.com/expr-lang/expr/file"
	"github.com/expr-lang/expr/parser"
)

// Variable is a column that an expression may read.
type Variable struct {
	Name string
	Kind Kind
}

// Scope is what the names in an expression mean.
type Scope struct {
	// Variables are the columns, in the order of the row that Eval is given. One whose Kind is None cannot be read.
	Variables []Variable
	// Parameters are constants: a number if written like one, else a text.
	Parameters map[string]string
}

// Expression is a compiled expression. It keeps the room for its intermediate values, so it must not be used by two
// goroutines at once.
type Expression struct {
	source string
	kind   Kind
	uses   []int
	eval   eval
}

// eval computes a node of the tree. The value is the node's own, and good until the next call.
type eval func(row []Value) (*Value, error)

// Compile compiles an expression. The error says where the expression is wrong and why: a syntax that does not exist here,
// a name that is not in the scope, kinds that do not go together.
func Compile(source string, scope Scope) (*Expression, error) {
	config := conf.CreateNew()
	expr.DisableAllBuiltins()(config) // so that round and the rest are ordinary calls, and ours
	tree, err := parser.ParseWithConfig(source, config)
	if err != nil {
		var at *file.Error
		if errors.As(err, &at) {
			return nil, fmt.Errorf("%s (at character %d)", at.Message, at.From+1)
		}
		return nil, err
	}
	c := &compiler{source: []rune(source), scope: scope, used: map[int]bool{}}
	root, err := c.compile(tree.Node)
	if err != nil {
		return nil, err
	}
	if root.kind == None {
		return nil, errors.New("it is always NULL")
	}
	e := &Expression{source: source, kind: root.kind, eval: root.eval}
	for i := range scope.Variables {
		if c.used[i] {
			e.uses = append(e.uses, i)
		}
	}
	return e, nil
}

// String gives the expression as it was written.
func (e *Expression) String() string { return e.source }

// Kind is the kind of the expression's values.
func (e *Expression) Kind() Kind { return e.kind }

// Uses gives the places in the scope, in order, of the variables that the expression reads.
func (e *Expression) Uses() []int { return e.uses }

// Eval computes the expression of a row, which must hold at least the variables that are used, of the kinds that the scope
// says. The value is good until the next call. An error, such as a division by zero, is a sentence's second half: "divides
// by zero".
func (e *Expression) Eval(row []Value) (*Value, error) { return e.eval(row) }
