package transform

import (
	"bytes"
	"encoding/binary"

	"acequia/shared/contract"
	"acequia/shared/contract/decimal"
)

// A numeric travels as its digits in base 10,000 (numeric_recv in src/backend/utils/adt/numeric.c): the number of digits,
// the weight of the first (its power of 10,000), the sign, the number of decimals to show, the digits. There are no zero
// digits at either end, so that numbers of one column are equal exactly if their bytes are.
const (
	base       = 10_000
	digitWidth = 4
	negative   = 0x4000
	headerSize = 8
)

// numeric writes the numbers of a column that has a precision. They are nearly always short enough to be taken apart by division.
type numeric struct {
	scale  int
	places int   // how many digits there are behind the point
	fill   int64 // what makes the decimals whole digits
	// limit is above all numbers, in units of their last decimal, that the column holds and that can be taken apart so.
	limit int64
}

// newNumeric gives nil for a type that is no numeric, or has no precision.
func newNumeric(t contract.Type) *numeric {
	if t.Kind != contract.Numeric || t.Precision == 0 {
		return nil
	}
	n := &numeric{scale: t.Scale, places: (t.Scale + digitWidth - 1) / digitWidth, fill: 1, limit: 1}
	for range n.places*digitWidth - t.Scale {
		n.fill *= 10
	}
	for range min(t.Precision, decimal.ScaledDigits) {
		n.limit *= 10
	}
	n.limit = min(n.limit, maxScaled/n.fill)
	return n
}

// holds tells whether appendScaled takes a number.
func (n *numeric) holds(units int64) bool { return -n.limit < units && units < n.limit }

// append appends a canonical decimal.
func (n *numeric) append(dst, text []byte) ([]byte, bool) {
	units, ok := decimal.Scaled(text, n.scale)
	if !ok || !n.holds(units) {
		return appendNumeric(dst, text)
	}
	return n.appendScaled(dst, units), true
}

// maxScaled is within what an int64 holds.
const maxScaled = 9_000_000_000_000_000_000

// appendScaled appends a number that is given in units of its last decimal.
func (n *numeric) appendScaled(dst []byte, units int64) []byte {
	sign, rest := uint16(0), units*n.fill
	if rest < 0 {
		sign, rest = negative, -rest
	}
	var digits [5]uint16 // of which an int64 has no more
	first, behind := len(digits), len(digits)
	for ; rest > 0; rest /= base {
		first--
		if digits[first] = uint16(rest % base); digits[first] == 0 && behind == first+1 {
			behind = first // a zero at the end
		}
	}
	weight := len(digits) - n.places - first - 1
	if first >= behind {
		weight = 0
	}
	for _, part := range []uint16{uint16(max(behind-first, 0)), uint16(int16(weight)), sign, uint16(n.scale)} {
		dst = binary.BigEndian.AppendUint16(dst, part)
	}
	for _, digit := range digits[min(first, behind):behind] {
		dst = binary.BigEndian.AppendUint16(dst, digit)
	}
	return dst
}

// appendNumeric appends a canonical decimal.
func appendNumeric(dst, text []byte) ([]byte, bool) {
	sign := uint16(0)
	if len(text) > 0 && text[0] == '-' {
		sign, text = negative, text[1:]
	}
	integer, fraction := text, []byte(nil)
	if point := bytes.IndexByte(text, '.'); point >= 0 {
		integer, fraction = text[:point], text[point+1:]
	}
	start := len(dst)
	dst = append(dst, make([]byte, headerSize)...)
	weight := (len(integer)+digitWidth-1)/digitWidth - 1
	ok := len(integer) > 0
	for head := len(integer) - weight*digitWidth; len(integer) > 0; head = digitWidth {
		dst, ok = appendDigit(dst, integer[:head], head, ok)
		integer = integer[head:]
	}
	scale := len(fraction)
	for len(fraction) > 0 {
		width := min(digitWidth, len(fraction))
		dst, ok = appendDigit(dst, fraction[:width], digitWidth, ok)
		fraction = fraction[width:]
	}
	dst, weight = trimZeros(dst, start+headerSize, weight)
	count := (len(dst) - start - headerSize) / 2
	if count == 0 {
		sign, weight = 0, 0 // zero has no sign, as numeric has no -0
	}
	header := dst[start:]
	binary.BigEndian.PutUint16(header, uint16(count))
	binary.BigEndian.PutUint16(header[2:], uint16(int16(weight)))
	binary.BigEndian.PutUint16(header[4:], sign)
	binary.BigEndian.PutUint16(header[6:], uint16(scale))
	return dst, ok
}

// appendDigit appends a digit in base 10,000, given as at most width decimal digits; missing ones at the end are zeros.
func appendDigit(dst, decimals []byte, width int, ok bool) ([]byte, bool) {
	digit := uint16(0)
	for i := range width {
		digit *= 10
		if i < len(decimals) {
			ok = ok && '0' <= decimals[i] && decimals[i] <= '9'
			digit += uint16(decimals[i] - '0')
		}
	}
	return binary.BigEndian.AppendUint16(dst, digit), ok
}

// trimZeros drops the zero digits at both ends of those from start on; a digit less in front lowers the weight.
func trimZeros(dst []byte, start, weight int) ([]byte, int) {
	for len(dst) > start && dst[len(dst)-1] == 0 && dst[len(dst)-2] == 0 {
		dst = dst[:len(dst)-2]
	}
	zeros := start
	for zeros < len(dst) && dst[zeros] == 0 && dst[zeros+1] == 0 {
		zeros += 2
		weight--
	}
	return append(dst[:start], dst[zeros:]...), weight
}
