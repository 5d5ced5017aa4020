package clean

import (
	"fmt"
	"time"

	"acequia/shared/contract"
	"acequia/shared/contract/expression"
)

// numbers is the kind of all columns that hold numbers.
const numbers = expression.Number

// column is a declared column, ready to be read.
type column struct {
	contract.Column
	read     reader
	standIn  []byte          // the default; empty if there is none
	values   map[string]bool // nil: any
	min, max bound
	formats  string // how dates are written, for a person
	least    []byte // the range of a whole number
	greatest []byte
}

// A reader gives the canonical text of what a field says, or false after adding what is wrong with it.
type reader func(c *Cleaner, col *column, text []byte) ([]byte, bool)

// bound is a least or greatest value.
type bound struct {
	set       bool
	exclusive bool
	text      []byte
	at        time.Time // of a timestamp
}

var ranges = map[contract.Kind][2]string{
	contract.SmallInt: {"-32768", "32767"},
	contract.Integer:  {"-2147483648", "2147483647"},
	contract.BigInt:   {"-9223372036854775808", "9223372036854775807"},
}

var readers = map[contract.Kind]reader{
	contract.Text:        readText,
	contract.SmallInt:    readWhole,
	contract.Integer:     readWhole,
	contract.BigInt:      readWhole,
	contract.Numeric:     readNumeric,
	contract.Date:        readDate,
	contract.Timestamp:   readTimestamp,
	contract.TimestampTZ: readTimestamp,
	contract.Boolean:     readBoolean,
	contract.JSONB:       readJSON,
}

func newColumn(declared contract.Column) (column, error) {
	col := column{Column: declared, read: readers[declared.Type.Kind]}
	if col.read == nil {
		return col, fmt.Errorf("values of the type %q cannot be read", declared.Physical)
	}
	if declared.Default != nil {
		col.standIn = []byte(*declared.Default)
	}
	if len(declared.Values) > 0 {
		col.values = map[string]bool{}
		for _, v := range declared.Values {
			col.values[v] = true
		}
	}
	whole := ranges[declared.Type.Kind]
	col.least, col.greatest = []byte(whole[0]), []byte(whole[1])
	for i, format := range declared.DateFormats {
		if i > 0 {
			col.formats += " or "
		}
		col.formats += format.String()
	}
	var err error
	if col.min, err = newBound(declared, declared.Minimum); err == nil {
		col.max, err = newBound(declared, declared.Maximum)
	}
	return col, err
}

func newBound(declared contract.Column, declaredBound *contract.Bound) (b bound, err error) {
	if declaredBound == nil {
		return b, nil
	}
	b = bound{set: true, exclusive: declaredBound.Exclusive, text: []byte(declaredBound.Value)}
	if kind := declared.Type.ValueKind(); kind == expression.Timestamp || kind == expression.LocalTime {
		var v expression.Value
		if err = v.Read(kind, b.text); err != nil {
			return b, fmt.Errorf("reading a bound: %w", err)
		}
		b.at = v.Time
	}
	return b, nil
}

// within holds a value to the bounds. compare gives how the value stands to a bound.
func (c *Cleaner) within(col *column, value []byte, compare func(b *bound) int) bool {
	ok := true
	if col.min.set {
		order := compare(&col.min)
		switch {
		case col.min.exclusive && order <= 0:
			c.fail(col, "exclusiveMinimum", "must be greater than %s, and is %s", col.min.text, shown(value))
			ok = false
		case order < 0:
			c.fail(col, "minimum", "must be at least %s, and is %s", col.min.text, shown(value))
			ok = false
		}
	}
	if col.max.set {
		order := compare(&col.max)
		switch {
		case col.max.exclusive && order >= 0:
			c.fail(col, "exclusiveMaximum", "must be less than %s, and is %s", col.max.text, shown(value))
			ok = false
		case order > 0:
			c.fail(col, "maximum", "must be at most %s, and is %s", col.max.text, shown(value))
			ok = false
		}
	}
	return ok
}
