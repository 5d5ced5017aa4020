package clean

import (
	"fmt"
	"strings"

	"acequia/shared/contract"
	"acequia/shared/contract/expression"
	"acequia/shared/pipeline"
)

// rules are the conditions on a record as a whole, with the values that they read.
type rules struct {
	all   []rule
	scope expression.Scope
	row   []expression.Value
	read  []bool // which values of the row are those of the record at hand
}

type rule struct {
	contract.Rule
	condition *expression.Expression
}

func newRules(c *contract.Contract) (rules, error) {
	scope := c.Scope(0)
	r := rules{scope: scope, row: make([]expression.Value, len(scope.Variables)), read: make([]bool, len(scope.Variables))}
	for _, declared := range c.Rules {
		condition, err := expression.Compile(declared.Expression, scope)
		if err != nil {
			return r, fmt.Errorf("rule %s: %w", declared.Name, err)
		}
		r.all = append(r.all, rule{Rule: declared, condition: condition})
	}
	return r, nil
}

// holdRules holds a record to the rules.
func (c *Cleaner) holdRules(values []pipeline.Value) {
	if len(c.rules.all) == 0 {
		return
	}
	clear(c.rules.read)
	for i := range c.rules.all {
		c.hold(&c.rules.all[i], values)
	}
}

// hold holds a record to a rule. A rule about a column that has failed already says nothing new, and is left out.
func (c *Cleaner) hold(r *rule, values []pipeline.Value) {
	for _, i := range r.condition.Uses() {
		if c.failed[i] {
			return
		}
		if err := c.rules.load(i, values[i]); err != nil {
			c.broken(r, values, err.Error())
			return
		}
	}
	met, err := r.condition.Eval(c.rules.row)
	switch {
	case err != nil:
		c.broken(r, values, err.Error())
	case !met.Null && !met.True:
		c.broken(r, values, "does not hold")
	}
}

// load makes a value ready for expressions, once a record.
func (r *rules) load(i int, value pipeline.Value) error {
	if r.read[i] {
		return nil
	}
	r.read[i] = true
	if r.row[i].Null = value.Null; value.Null {
		return nil
	}
	return r.row[i].Read(r.scope.Variables[i].Kind, value.Text)
}

// broken adds a broken rule, with the values that broke it.
func (c *Cleaner) broken(r *rule, values []pipeline.Value, how string) {
	var b strings.Builder
	if r.Description != "" {
		fmt.Fprintf(&b, "%s: ", r.Description)
	}
	fmt.Fprintf(&b, "%s %s", r.condition, how)
	for n, i := range r.condition.Uses() {
		separator := ", "
		if n == 0 {
			separator = ", where "
		}
		value := "NULL"
		if !values[i].Null {
			value = shown(values[i].Text)
		}
		fmt.Fprintf(&b, "%s%s is %s", separator, c.rules.scope.Variables[i].Name, value)
	}
	c.failures = append(c.failures, pipeline.Failure{Rule: r.Name, Reason: b.String()})
}
