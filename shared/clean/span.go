package clean

import (
	"acequia/shared/contract"
	"acequia/shared/contract/dateformat"
	"acequia/shared/contract/decimal"
)

// span is the short way to most values of a column: those that are canonical as they are written, and lie between two whole
// numbers. Numbers are counted in units of the column's last decimal, dates as year, month and day (20261124). What is not found
// there may still be a value; the long way tells, and says what is wrong if it is none.
type span struct {
	least, most int64 // least is above most where the long way must be gone
	decimals    int
}

// nowhere is the span that no value lies in.
var nowhere = span{least: 1, most: 0}

func (s *span) holds(n int64) bool { return s.least <= n && n <= s.most }

func newSpan(col *column) span {
	var s span
	count := func(text []byte) (int64, bool) {
		text, fault := decimal.Append(nil, text, decimal.ScaledDigits, s.decimals) // a bound has the decimals that it was given
		n, ok := decimal.Scaled(text, s.decimals)
		return n, ok && fault == decimal.None
	}
	switch {
	case col.Type.Whole():
		s.most = map[contract.Kind]int64{contract.SmallInt: 1<<15 - 1, contract.Integer: 1<<31 - 1, contract.BigInt: 1<<63 - 1}[col.Type.Kind]
		s.least = -s.most - 1
	case col.Type.Kind == contract.Numeric && col.Type.Precision > 0:
		s.decimals = col.Type.Scale
		s.most = 1
		for range min(col.Type.Precision, decimal.ScaledDigits) {
			s.most *= 10
		}
		s.most--
		s.least = -s.most
	case col.Type.Kind == contract.Date:
		s.least, s.most = 1_01_01, 9999_12_31
		count = func(text []byte) (int64, bool) { n, ok := dateformat.ISODate.Day(text); return int64(n), ok }
	default:
		return nowhere
	}
	return s.between(col.bounds, count)
}

// between narrows a span down to the bounds. One that cannot be counted leaves nothing of it.
func (s span) between(b bounds, count func(text []byte) (int64, bool)) span {
	if b.min.set {
		n, ok := count(b.min.text)
		if !ok {
			return nowhere
		}
		if b.min.exclusive {
			n++
		}
		s.least = max(s.least, n)
	}
	if b.max.set {
		n, ok := count(b.max.text)
		if !ok {
			return nowhere
		}
		if b.max.exclusive {
			n--
		}
		s.most = min(s.most, n)
	}
	return s
}
