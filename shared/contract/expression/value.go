package expression

import (
	"bytes"
	"fmt"
	"time"

	"acequia/shared/contract/dateformat"
)

// Kind is the kind of a value.
type Kind string

// The kinds of value.
const (
	None      Kind = "" // that of the literal nil
	Number    Kind = "number"
	Text      Kind = "text"
	Boolean   Kind = "boolean"
	Date      Kind = "date"
	Timestamp Kind = "timestamp"
	LocalTime Kind = "local timestamp" // a timestamp without time zone
)

// Value is a value of the kind that its expression or variable has. It must not be copied, as its number may not be.
type Value struct {
	Null   bool
	number number
	Text   []byte
	True   bool
	// Time holds a timestamp, a date as its midnight in UTC, and a local timestamp as if it were UTC.
	Time time.Time
}

// localForm is the canonical text of a timestamp without time zone; that of the others is RFC 3339.
const localForm = "2006-01-02T15:04:05.999999999"

// Read sets the value from its canonical text, as pipeline.Value holds it. Text is shared, not copied.
func (v *Value) Read(kind Kind, text []byte) (err error) {
	v.Null = false
	switch kind {
	case Number:
		err = v.number.read(text)
	case Text:
		v.Text = text
	case Boolean:
		v.True = string(text) == "true"
	case Date:
		day, ok := dateformat.ISODay(text)
		if !ok {
			return fmt.Errorf("%q is not a date", text)
		}
		v.Time = time.Date(day/10_000, time.Month(day/100%100), day%100, 0, 0, 0, 0, time.UTC)
	case Timestamp:
		v.Time, err = time.Parse(time.RFC3339Nano, string(text))
	case LocalTime:
		v.Time, err = time.Parse(localForm, string(text))
	default:
		err = fmt.Errorf("an expression cannot read a value of the kind %q", kind)
	}
	return err
}

// Append appends the canonical text of a value that is not NULL to dst.
func (v *Value) Append(kind Kind, dst []byte) []byte {
	switch kind {
	case Number:
		return v.number.append(dst)
	case Boolean:
		if v.True {
			return append(dst, "true"...)
		}
		return append(dst, "false"...)
	case Date:
		return v.Time.AppendFormat(dst, time.DateOnly)
	case Timestamp:
		return v.Time.AppendFormat(dst, time.RFC3339Nano)
	case LocalTime:
		return v.Time.AppendFormat(dst, localForm)
	default:
		return append(dst, v.Text...)
	}
}

// Scaled gives a number in units of the last of so many decimals: 12.5 with two is 1250. It gives false for one that has more
// decimals, or more digits than an int64 always has room for.
func (v *Value) Scaled(decimals int) (units int64, ok bool) {
	n := &v.number
	missing := decimals - int(n.decimals)
	if n.long || missing < 0 || missing > shortDigits {
		return 0, false
	}
	return times(n.units, powers[missing])
}

// SetScaled makes the value a number that is given as Scaled gives it.
func (v *Value) SetScaled(units int64, decimals int) {
	v.Null = false
	v.number.units, v.number.decimals, v.number.long = units, int32(decimals), false
}

// compare orders two values of one kind that are not NULL.
func (v *Value) compare(kind Kind, w *Value) int {
	switch kind {
	case Number:
		return v.number.compare(&w.number)
	case Boolean:
		switch {
		case v.True == w.True:
			return 0
		case v.True:
			return 1
		}
		return -1
	case Date, Timestamp, LocalTime:
		return v.Time.Compare(w.Time)
	default:
		return bytes.Compare(v.Text, w.Text)
	}
}
