// Package decimal takes numbers as people and files write them and gives their canonical text, exactly: no number passes
// through a float.
//
// Canonical text is a minus sign if the number is below zero, the digits before the point without leading zeros, and, if
// there are decimals, a point and the decimals.
package decimal

import (
	"bytes"
	"cmp"
)

// MaxDigits bounds the digits of a number whose type sets no precision. Postgres takes more (131,072 before the point), but
// no number that somebody measured or counted has as many.
const MaxDigits = 1000

// Fault says why a text is no number of a type.
type Fault uint8

// What can be wrong with a number.
const (
	None        Fault = iota
	NotANumber        // not written as numbers are
	TooLarge          // more digits before the point than the type holds
	TooPrecise        // more decimals than the type holds, and not just zeros
	OutOfBounds       // more than MaxDigits digits
	BadGroups         // thousands marks that do not make groups of three digits
	HasPercent        // a percent sign that the notation does not know
	HasExponent       // an exponent that the notation does not know
)

// Append appends to dst the canonical text of the number in text, in the type numeric(precision, scale): scale decimals,
// precision digits altogether. Zeros at the end beyond the scale are dropped, other decimals are never rounded away but a
// fault. A precision of 0 sets no bounds but MaxDigits, and keeps the decimals as they are. On a fault, dst is unchanged.
func Append(dst, text []byte, precision, scale int) ([]byte, Fault) {
	negative, whole, fraction, ok := split(text)
	if !ok {
		return dst, NotANumber
	}
	whole = bytes.TrimLeft(whole, "0")
	if precision == 0 {
		if len(whole)+len(fraction) > MaxDigits {
			return dst, OutOfBounds
		}
		scale = len(fraction)
	} else {
		fraction = bytes.TrimRight(fraction, "0")
		switch {
		case len(whole) > precision-scale:
			return dst, TooLarge
		case len(fraction) > scale:
			return dst, TooPrecise
		}
	}
	if negative && (len(whole) > 0 || len(bytes.TrimRight(fraction, "0")) > 0) {
		dst = append(dst, '-')
	}
	if len(whole) == 0 {
		dst = append(dst, '0')
	}
	dst = append(dst, whole...)
	if scale == 0 {
		return dst, None
	}
	dst = append(append(dst, '.'), fraction...)
	for range scale - len(fraction) {
		dst = append(dst, '0')
	}
	return dst, None
}

// Canonical gives the canonical text of a number in a document, with the decimals that it has there.
func Canonical(text string) (string, Fault) {
	b, fault := Append(nil, []byte(text), 0, 0)
	return string(b), fault
}

// split takes a number apart. At least one digit must stand before or behind the point.
func split(text []byte) (negative bool, whole, fraction []byte, ok bool) {
	if len(text) > 0 && (text[0] == '-' || text[0] == '+') {
		negative = text[0] == '-'
		text = text[1:]
	}
	whole = text
	if i := bytes.IndexByte(text, '.'); i >= 0 {
		whole, fraction = text[:i], text[i+1:]
	}
	return negative, whole, fraction, len(whole)+len(fraction) > 0 && areDigits(whole) && areDigits(fraction)
}

func areDigits(b []byte) bool {
	for _, c := range b {
		if !isDigit(c) {
			return false
		}
	}
	return true
}

func isDigit(c byte) bool { return '0' <= c && c <= '9' }

// Compare compares two numbers in canonical text by their values: the result is negative, zero or positive.
func Compare(a, b []byte) int {
	negative, wholeA, fractionA, _ := split(a)
	negativeB, wholeB, fractionB, _ := split(b)
	switch {
	case negative && !negativeB:
		return -1
	case negativeB && !negative:
		return 1
	}
	order := cmp.Compare(len(wholeA), len(wholeB))
	if order == 0 {
		order = bytes.Compare(wholeA, wholeB)
	}
	if order == 0 {
		order = bytes.Compare(bytes.TrimRight(fractionA, "0"), bytes.TrimRight(fractionB, "0"))
	}
	if negative {
		return -order
	}
	return order
}
