package transform

import (
	"fmt"

	"acequia/shared/contract"
	"acequia/shared/contract/decimal"
	"acequia/shared/contract/expression"
	"acequia/shared/pipeline"
)

// derived is a derived column.
type derived struct {
	contract.Column
	expression *expression.Expression
	// numeric is as stored has it.
	numeric *numeric
}

func newDerived(column contract.Column, scope expression.Scope) (derived, error) {
	e, err := expression.Compile(column.Expression, scope)
	if err != nil {
		return derived{}, fmt.Errorf("column %s: %w", column.Name, err)
	}
	return derived{Column: column, expression: e, numeric: newNumeric(column.Type)}, nil
}

// columns holds what the expressions read of the record at hand.
type columns struct {
	scope  expression.Scope
	row    []expression.Value
	loaded []bool
	failed []bool // a derived column that has no value, because it failed
	texts  []pipeline.Value
}

func newColumns(c *contract.Contract) columns {
	scope := c.Scope(len(c.Derived))
	size := len(scope.Variables)
	return columns{
		scope: scope, row: make([]expression.Value, size), loaded: make([]bool, size), failed: make([]bool, size),
	}
}

// begin starts a record: nothing is loaded yet.
func (c *columns) begin(values []pipeline.Value) {
	c.texts = values
	clear(c.loaded)
	clear(c.failed)
}

// load makes the variables that an expression reads from their texts, each once a record.
func (c *columns) load(uses []int) error {
	for _, i := range uses {
		if c.loaded[i] {
			continue
		}
		c.loaded[i] = true
		if c.row[i].Null = c.texts[i].Null; c.row[i].Null {
			continue
		}
		if err := c.row[i].Read(c.scope.Variables[i].Kind, c.texts[i].Text); err != nil {
			return fmt.Errorf("cannot read %s: %w", c.scope.Variables[i].Name, err)
		}
	}
	return nil
}

// keep has a column's value at hand as a number.
func (c *columns) keep(i int, units int64, scale int) {
	c.row[i].SetScaled(units, scale)
	c.loaded[i] = true
}

// scaled gives a column's number in units of its last decimal, if it is at hand and short.
func (c *columns) scaled(i, scale int) (units int64, ok bool) {
	if !c.loaded[i] {
		return 0, false
	}
	return c.row[i].Scaled(scale)
}

// derive computes the next derived column; what goes wrong is added to the failures. A value is stored as it is or not at
// all: rounding is what an expression says, never what a column does.
func (t *Transformer) derive(d *derived) pipeline.Value {
	before := len(t.failures)
	value, ok := t.compute(d)
	t.columns.failed[len(t.values)] = !ok || len(t.failures) > before
	return value
}

// compute gives a derived column's value. It gives false, and says nothing new, where an earlier column that it reads
// has failed.
func (t *Transformer) compute(d *derived) (pipeline.Value, bool) {
	null := pipeline.Value{Null: true}
	for _, i := range d.expression.Uses() {
		if t.columns.failed[i] {
			return null, false
		}
	}
	t.columns.texts = t.values
	err := t.columns.load(d.expression.Uses())
	var value *expression.Value
	if err == nil {
		value, err = d.expression.Eval(t.columns.row)
	}
	switch {
	case err != nil:
		t.fail(d.Name, "derived", "%s %v", d.Expression, err)
		return null, false
	case value.Null && d.Required:
		t.fail(d.Name, "required", "%s is NULL, and must not be", d.Expression)
		return null, false
	case value.Null:
		return null, true
	}
	return t.fit(d, value), true
}

// fit gives a derived value's canonical text in the column's type. A number that is short is kept as it is instead: what reads the
// column, and what encodes it, looks there first.
func (t *Transformer) fit(d *derived, value *expression.Value) pipeline.Value {
	if d.numeric != nil {
		if units, ok := value.Scaled(d.Type.Scale); ok && d.numeric.holds(units) {
			t.columns.keep(len(t.values), units, d.Type.Scale)
			return pipeline.Value{}
		}
	}
	start := len(t.arena)
	t.arena = value.Append(d.expression.Kind(), t.arena)
	text := t.arena[start:len(t.arena):len(t.arena)]
	if d.expression.Kind() != expression.Number {
		return pipeline.Value{Text: text}
	}
	precision, scale := d.Type.Precision, d.Type.Scale
	if d.Type.Whole() {
		precision, scale = wholeDigits, 0
	}
	start = len(t.arena)
	arena, fault := decimal.Append(t.arena, text, precision, scale)
	switch fault {
	case decimal.None:
		t.arena = arena
		fitted := arena[start:len(arena):len(arena)]
		if d.Type.Whole() && !inRange(d.Type.Kind, fitted) {
			break
		}
		return pipeline.Value{Text: fitted}
	case decimal.TooPrecise:
		t.fail(d.Name, "derived", "%s is %s, which has more than %d decimals; let the expression round it", d.Expression, text, scale)
		return pipeline.Value{Null: true}
	}
	t.fail(d.Name, "derived", "%s is %s, which %s cannot hold", d.Expression, text, d.Physical)
	return pipeline.Value{Null: true}
}
