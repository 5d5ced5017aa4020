// Package transform takes clean records and gives rows: the tuples that Postgres's binary COPY takes, with the derived
// columns computed, and sorted by key (see package rows).
package transform

import (
	"encoding/binary"
	"fmt"

	"acequia/shared/contract"
	"acequia/shared/pipeline"
	"acequia/shared/rows"
)

// Transformer makes rows by one contract. It keeps room for one record, so it must not be used by two goroutines at once.
type Transformer struct {
	stored  []stored
	derived []derived
	// declared counts the values of a clean record.
	declared int
	columns  columns
	// arena holds the canonical texts of the derived values of the record at hand.
	arena    []byte
	values   []pipeline.Value
	failures []pipeline.Failure
}

// stored is a column in the order of the tuple.
type stored struct {
	name   string
	from   int // its place among the declared and derived columns
	encode encoder
	// numeric writes numbers that are at hand as such; nil if newNumeric has none for the column.
	numeric *numeric
}

func newStored(column contract.Column, from int) (stored, error) {
	encode, ok := encoders[column.Type.Kind]
	if !ok {
		return stored{}, fmt.Errorf("column %s: values of the type %q cannot be written", column.Name, column.Physical)
	}
	s := stored{name: column.Name, from: from, encode: encode, numeric: newNumeric(column.Type)}
	if s.numeric != nil {
		s.encode = s.numeric.append
	}
	return s, nil
}

// New makes a transformer. The error says that the contract is not one that contract.Parse gave.
func New(c *contract.Contract) (*Transformer, error) {
	t := &Transformer{declared: len(c.Columns), columns: newColumns(c)}
	place := map[string]int{}
	for i, v := range t.columns.scope.Variables {
		place[v.Name] = i
	}
	for _, column := range c.Stored() {
		s, err := newStored(column, place[column.Name])
		if err != nil {
			return nil, err
		}
		t.stored = append(t.stored, s)
	}
	for i, column := range c.Derived {
		d, err := newDerived(column, c.Scope(i))
		if err != nil {
			return nil, err
		}
		t.derived = append(t.derived, d)
	}
	return t, nil
}

// Row appends to dst the tuple of a record of the object. If a derived column cannot be computed or stored, it gives all
// reasons, and dst as it was; the reasons are good until the next call.
func (t *Transformer) Row(object pipeline.ObjectID, r *pipeline.CleanRecord, dst []byte) ([]byte, []pipeline.Failure) {
	t.arena, t.failures = t.arena[:0], t.failures[:0]
	t.values = append(t.values[:0], r.Values...)
	t.columns.begin(t.values)
	for i := range t.derived {
		t.values = append(t.values, t.derive(&t.derived[i]))
	}
	start := len(dst)
	dst = binary.BigEndian.AppendUint16(dst, uint16(rows.Leading+len(t.stored)))
	dst = append(binary.BigEndian.AppendUint32(dst, uint32(len(object))), object[:]...)
	dst = binary.BigEndian.AppendUint64(binary.BigEndian.AppendUint32(dst, 8), uint64(r.Offset))
	for i := range t.stored {
		dst = t.field(dst, &t.stored[i])
	}
	if len(t.failures) > 0 {
		return dst[:start], t.failures
	}
	return dst, nil
}

// null is the length of a field that is NULL.
const null = ^uint32(0)

// field appends a column's length and value.
func (t *Transformer) field(dst []byte, s *stored) []byte {
	value := t.values[s.from]
	if value.Null {
		return binary.BigEndian.AppendUint32(dst, null)
	}
	start := len(dst)
	dst, ok := t.append(append(dst, 0, 0, 0, 0), s, value.Text)
	if !ok {
		t.fail(s.name, "type", "%q is not the canonical text of a value; the staged records are damaged", value.Text)
	}
	binary.BigEndian.PutUint32(dst[start:], uint32(len(dst)-start-4))
	return dst
}

// append appends a column's value, given its text, from the number that an expression has read or computed if there is one.
func (t *Transformer) append(dst []byte, s *stored, text []byte) ([]byte, bool) {
	if s.numeric != nil {
		if units, ok := t.columns.scaled(s.from, s.numeric.scale); ok && s.numeric.holds(units) {
			return s.numeric.appendScaled(dst, units), true
		}
	}
	return s.encode(dst, text)
}

func (t *Transformer) fail(column, rule, format string, args ...any) {
	t.failures = append(t.failures, pipeline.Failure{
		Column: column, Rule: rule, Reason: column + ": " + fmt.Sprintf(format, args...),
	})
}
