package clean

import (
	"math"
	"unicode/utf8"

	"acequia/shared/contract"
	"acequia/shared/contract/currency"
	"acequia/shared/contract/dateformat"
	"acequia/shared/contract/decimal"
)

// shortcut is the short way to most values of a column: those that are canonical as they are written, and keep the column's rules.
// What it does not find may still be a value; the column's reader tells, and says what is wrong if it is none.
type shortcut struct {
	kind shortcutKind
	// least and most bound what is counted: the bytes of a text, the units of a number's last decimal, a day's year, month and day
	// (20261124). Where least is above most, nothing lies between them.
	least, most int64
	decimals    int
}

type shortcutKind uint8

const (
	none    shortcutKind = iota
	length               // a text that any will do for, if it is as long as it must be
	code                 // a currency's code
	number               // a number with all its decimals, and no more
	day                  // 2026-11-24
	instant              // 2026-11-24T10:00:00Z
)

// takes tells whether the text is a value as it is.
func (s *shortcut) takes(text []byte) bool {
	return s.least <= int64(len(text)) && int64(len(text)) <= s.most && s.kind == length || s.reads(text)
}

func (s *shortcut) reads(text []byte) bool {
	switch s.kind {
	case code:
		return currency.Known(text)
	case number:
		n, ok := decimal.Scaled(text, s.decimals)
		return ok && s.holds(n)
	case day:
		n, ok := dateformat.ISODay(text)
		return ok && s.holds(int64(n))
	case instant:
		return dateformat.IsCanonicalUTC(text)
	default:
		return false
	}
}

// nowhere is the shortcut that takes nothing.
var nowhere = shortcut{least: 1, most: 0}

func (s *shortcut) holds(n int64) bool { return s.least <= n && n <= s.most }

func newShortcut(col *column) shortcut {
	s := shortcut{}
	count := func(text []byte) (int64, bool) {
		text, fault := decimal.Append(nil, text, decimal.ScaledDigits, s.decimals) // a bound has the decimals that it was given
		n, ok := decimal.Scaled(text, s.decimals)
		return n, ok && fault == decimal.None
	}
	switch {
	case col.Type.Kind == contract.Text:
		return textShortcut(col)
	case col.Type.Whole():
		s.kind = number
		s.most = map[contract.Kind]int64{contract.SmallInt: 1<<15 - 1, contract.Integer: 1<<31 - 1, contract.BigInt: 1<<63 - 1}[col.Type.Kind]
		s.least = -s.most - 1
	case col.Type.Kind == contract.Numeric && col.Type.Precision > 0:
		if !col.Numbers.Comma {
			s.kind = number
		}
		s.decimals = col.Type.Scale
		s.most = 1
		for range min(col.Type.Precision, decimal.ScaledDigits) {
			s.most *= 10
		}
		s.most--
		s.least = -s.most
	case col.Type.Kind == contract.Date:
		if col.DateFormats[0].IsCanonical() {
			s.kind = day
		}
		s.least, s.most = 1_01_01, 9999_12_31
		count = func(text []byte) (int64, bool) { n, ok := dateformat.ISODay(text); return int64(n), ok }
	case col.Type.Kind == contract.TimestampTZ && col.DateFormats[0].String() == dateformat.ISO.String() && !col.min.set && !col.max.set:
		s.kind = instant
	}
	return s.between(col.bounds, count)
}

// textShortcut bounds a text's bytes so that its characters keep the column's bounds, too.
func textShortcut(col *column) shortcut {
	s := shortcut{kind: length, least: int64(col.MinLength) * utf8.UTFMax, most: math.MaxInt64}
	for _, most := range []int{col.MaxLength, col.MaxBytes} {
		if most > 0 {
			s.most = min(s.most, int64(most))
		}
	}
	switch {
	case col.pattern != nil, col.values != nil:
		s.kind = none
	case col.Currency:
		s.kind = code
		if s.least > 0 || s.most < math.MaxInt64 {
			s.kind = none
		}
	}
	return s
}

// between narrows what is counted down to the bounds. One that cannot be counted leaves nothing of it.
func (s shortcut) between(b bounds, count func(text []byte) (int64, bool)) shortcut {
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
