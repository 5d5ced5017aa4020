package clean

import (
	"fmt"
	"time"

	"acequia/shared/contract"
	"acequia/shared/contract/expression"
)

// bounds are a column's least and greatest values.
type bounds struct{ min, max bound }

// bound is a least or greatest value.
type bound struct {
	set       bool
	exclusive bool
	text      []byte
	at        time.Time // of a timestamp
}

func newBounds(declared contract.Column) (b bounds, err error) {
	if b.min, err = newBound(declared, declared.Minimum); err == nil {
		b.max, err = newBound(declared, declared.Maximum)
	}
	return b, err
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
