// Package clean takes decoded records and gives clean ones, typed and held to their contract, or the reasons why they are
// rejects.
package clean

import (
	"bytes"
	"fmt"

	"acequia/shared/contract"
	"acequia/shared/pipeline"
)

// Cleaner holds records to one contract. It keeps room for one record, so it must not be used by two goroutines at once.
type Cleaner struct {
	columns []column
	rules   []rule
	nulls   map[string]bool
	json    bool
	tally   Tally

	// Of the record at hand: its canonical texts, its failures, and which columns failed.
	arena    []byte
	failures []pipeline.Failure
	failed   []bool
}

// New makes a cleaner. The error says that the contract is not one that contract.Parse gave.
func New(c *contract.Contract) (*Cleaner, error) {
	cleaner := &Cleaner{
		nulls: map[string]bool{}, json: c.Source.Format == pipeline.JSON,
		tally: Tally{}, failed: make([]bool, len(c.Columns)),
	}
	for _, spelling := range c.Source.NullSpellings {
		cleaner.nulls[spelling] = true
	}
	for _, declared := range c.Columns {
		col, err := newColumn(declared)
		if err != nil {
			return nil, fmt.Errorf("column %s: %w", declared.Name, err)
		}
		cleaner.columns = append(cleaner.columns, col)
	}
	rules, err := newRules(c)
	cleaner.rules = rules
	return cleaner, err
}

// Clean types a record's fields and holds them to the contract. It gives every broken rule in the contract's order, the
// columns' before the record's; none means that out is the clean record. What it gives is good until the next call, and
// until the record's own bytes change.
func (c *Cleaner) Clean(r *pipeline.Record, out *pipeline.CleanRecord) []pipeline.Failure {
	out.Place, out.Values = r.Place, out.Values[:0]
	c.arena, c.failures = c.arena[:0], c.failures[:0]
	if r.Malformed != nil {
		return append(c.failures, *r.Malformed)
	}
	for i := range c.columns {
		var field pipeline.Field
		if i < len(r.Fields) {
			field = r.Fields[i]
		}
		before := len(c.failures)
		out.Values = append(out.Values, c.value(&c.columns[i], field))
		c.failed[i] = len(c.failures) > before
	}
	for i := range c.rules {
		c.hold(&c.rules[i], out.Values)
	}
	return c.failures
}

// value gives a field's value; what is wrong with it is added to the failures.
func (c *Cleaner) value(col *column, field pipeline.Field) pipeline.Value {
	text, null, ok := c.text(col, field)
	switch {
	case !ok:
		return pipeline.Value{Null: true}
	case !null:
		typed, ok := col.read(c, col, text)
		return pipeline.Value{Text: typed, Null: !ok}
	case col.Default != nil:
		return pipeline.Value{Text: col.standIn}
	case col.Required:
		c.fail(col, "required", "must be given, and is empty")
	}
	return pipeline.Value{Null: true}
}

// text gives what a field says, as UTF-8 without the spaces around it, or that it says nothing. It gives false where it
// has failed the column already.
func (c *Cleaner) text(col *column, field pipeline.Field) (text []byte, null, ok bool) {
	text = field.Bytes
	switch field.Kind {
	case pipeline.Text:
	case pipeline.Literal:
		return c.literal(col, text)
	case pipeline.Nested:
		if col.Type.Kind != contract.JSONB {
			c.fail(col, "type", "must be a single value, and is the JSON %s", quoted(text))
			return nil, false, false
		}
		return text, false, true
	default:
		return nil, true, true
	}
	text = bytes.TrimSpace(text)
	if c.nulls[string(text)] {
		if len(text) > 0 {
			c.tally[Normalisation{col.Name, NullSpelling}]++
		}
		return nil, true, true
	}
	if c.json && col.Type.Kind == contract.JSONB {
		text = c.keep(func(arena []byte) []byte { return appendJSONString(arena, text) })
	}
	return text, false, true
}

// literal takes a JSON number or truth value. Numbers become text where a column holds text, as documents and postal codes
// are often sent so; everything else must be of the column's type.
func (c *Cleaner) literal(col *column, text []byte) (_ []byte, null, ok bool) {
	number := text[0] != 't' && text[0] != 'f'
	switch {
	case col.Type.Kind == contract.Text && number:
		c.tally[Normalisation{col.Name, NumberAsText}]++
	case col.Type.Kind == contract.Text:
		c.fail(col, "type", "must be text, and is %s", shown(text))
		return nil, false, false
	case number && col.Type.ValueKind() == numbers && bytes.ContainsAny(text, "eE"):
		plain, ok := withoutExponent(text)
		if !ok {
			c.fail(col, "type", "must be a number, and %s is beyond what is stored", shown(text))
		}
		return plain, false, ok
	}
	return text, false, true
}

// keep gives bytes that stay as they are until the next record.
func (c *Cleaner) keep(add func([]byte) []byte) []byte {
	start := len(c.arena)
	c.arena = add(c.arena)
	return c.arena[start:len(c.arena):len(c.arena)]
}

// fail adds a broken rule. The reason begins with the column's name.
func (c *Cleaner) fail(col *column, rule, format string, args ...any) {
	c.failures = append(c.failures, pipeline.Failure{
		Column: col.Name, Rule: rule, Reason: col.Name + " " + fmt.Sprintf(format, args...),
	})
}
