package clean

import (
	"fmt"
	"strings"

	"acequia/shared/contract"
	"acequia/shared/contract/expression"
	"acequia/shared/pipeline"
)

// rule is a condition on a record as a whole.
type rule struct {
	contract.Rule
	condition *expression.Expression
	names     []string // of all columns
	kinds     []expression.Kind
	row       []expression.Value
}

func newRules(c *contract.Contract) ([]rule, error) {
	scope := c.Scope(0)
	var rules []rule
	for _, declared := range c.Rules {
		condition, err := expression.Compile(declared.Expression, scope)
		if err != nil {
			return nil, fmt.Errorf("rule %s: %w", declared.Name, err)
		}
		r := rule{Rule: declared, condition: condition, row: make([]expression.Value, len(scope.Variables))}
		for _, v := range scope.Variables {
			r.names, r.kinds = append(r.names, v.Name), append(r.kinds, v.Kind)
		}
		rules = append(rules, r)
	}
	return rules, nil
}

// hold holds a record to a rule. A rule about a column that has failed already says nothing new, and is left out.
func (c *Cleaner) hold(r *rule, values []pipeline.Value) {
	for _, i := range r.condition.Uses() {
		if c.failed[i] {
			return
		}
		if r.row[i].Null = values[i].Null; r.row[i].Null {
			continue
		}
		if err := r.row[i].Read(r.kinds[i], values[i].Text); err != nil {
			c.broken(r, values, err.Error())
			return
		}
	}
	met, err := r.condition.Eval(r.row)
	switch {
	case err != nil:
		c.broken(r, values, err.Error())
	case !met.Null && !met.True:
		c.broken(r, values, "does not hold")
	}
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
		fmt.Fprintf(&b, "%s%s is %s", separator, r.names[i], value)
	}
	c.failures = append(c.failures, pipeline.Failure{Rule: r.Name, Reason: b.String()})
}
