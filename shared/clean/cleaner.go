// Package clean takes decoded records and gives clean ones, typed and held to their contract, or the reasons why they are
// rejects.
package clean

import (
	"fmt"
	"slices"

	"acequia/shared/contract"
	"acequia/shared/decode"
	"acequia/shared/pipeline"
)

// Cleaner holds records to one contract. It keeps room for one record, so it must not be used by two goroutines at once.
type Cleaner struct {
	columns []column
	// shortcuts are those of the columns, close together.
	shortcuts []shortcut
	rules     rules
	nulls     words
	// special marks the bytes that a null spelling or a space begins with.
	special [256]bool
	// quotes says that a text in a jsonb column is a JSON string; elsewhere it is a document.
	quotes bool

	// Of the record at hand: those of its texts that had to be made canonical, its failures, and which columns failed.
	arena    []byte
	plain    []byte // the number at hand
	failures []pipeline.Failure
	failed   []bool
}

// New makes a cleaner. The error says that the contract is not one that contract.Parse gave.
func New(c *contract.Contract) (*Cleaner, error) {
	cleaner := &Cleaner{
		special: firstOfSpace, nulls: newWords(c.Source.NullSpellings), failed: make([]bool, len(c.Columns)),
		quotes: c.Source.Format == pipeline.JSON || c.Source.Format == pipeline.NDJSON,
	}
	cleaner.nulls.addFirst(&cleaner.special)
	for _, declared := range c.Columns {
		col, err := newColumn(declared)
		if err != nil {
			return nil, fmt.Errorf("column %s: %w", declared.Name, err)
		}
		cleaner.columns = append(cleaner.columns, col)
		cleaner.shortcuts = append(cleaner.shortcuts, col.short)
	}
	rules, err := newRules(c)
	cleaner.rules = rules
	return cleaner, err
}

// Clean types a record's fields and holds them to the contract. It gives every broken rule in the contract's order, the
// columns' before the record's; none means that out is the clean record. What it gives is good until the next call, and
// until the record's own bytes change.
func (c *Cleaner) Clean(r *pipeline.Record, out *pipeline.CleanRecord) []pipeline.Failure {
	out.Place, out.Values = r.Place, slices.Grow(out.Values[:0], len(c.columns))
	if len(c.failures) > 0 {
		clear(c.failed)
	}
	c.arena, c.failures = c.arena[:0], c.failures[:0]
	if r.Malformed != nil {
		return append(c.failures, *r.Malformed)
	}
	values := out.Values[:len(c.columns)]
	for i := range values {
		field, value := &absent, &values[i]
		if i < len(r.Fields) {
			field = &r.Fields[i]
		}
		if text := field.Bytes; field.Kind == pipeline.Text && c.isBare(text) && c.shortcuts[i].takes(text) {
			value.Text, value.Null = text, false
			continue
		}
		before := len(c.failures)
		value.Text, value.Null = c.value(&c.columns[i], field)
		if len(c.failures) > before {
			c.failed[i] = true
		}
	}
	out.Values = values
	c.holdRules(values)
	if len(c.failures) == 0 && holdsNothing(r.Fields) {
		c.failures = append(c.failures, pipeline.Failure{Rule: decode.RuleColumns, Reason: "holds none of the contract's columns"})
	}
	return c.failures
}

// holdsNothing tells whether a record has none of the columns: where none is required, any JSON object would be a row of NULLs.
func holdsNothing(fields []pipeline.Field) bool {
	for i := range fields {
		if fields[i].Kind != pipeline.Absent {
			return false
		}
	}
	return len(fields) > 0
}

// absent stands for the fields that a record lacks.
var absent pipeline.Field

// fail adds a broken rule. The reason begins with the column's name.
func (c *Cleaner) fail(col *column, rule, format string, args ...any) {
	c.failures = append(c.failures, pipeline.Failure{
		Column: col.Name, Rule: rule, Reason: col.Name + " " + fmt.Sprintf(format, args...),
	})
}
