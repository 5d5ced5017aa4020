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

// numericOf gives the encoder of a type. Numbers of a type with so many decimals are nearly always short enough to be taken apart
// by division.
func numericOf(t contract.Type) encoder {
	if t.Precision == 0 {
		return appendNumeric
	}
	places := (t.Scale + digitWidth - 1) / digitWidth
	fill := int64(1) // what makes the decimals whole digits
	for range places*digitWidth - t.Scale {
		fill *= 10
	}
	return func(dst, text []byte) ([]byte, bool) {
		n, ok := decimal.Scaled(text, t.Scale)
		if limit := maxScaled / fill; !ok || n > limit || n < -limit {
			return appendNumeric(dst, text)
		}
		return appendScaled(dst, n*fill, places, t.Scale), true
	}
}

// maxScaled is within what an int64 holds.
const maxScaled = 9_000_000_000_000_000_000

// appendScaled appends a number that is given in units of the last of so many digits behind the point; it shows scale decimals.
func appendScaled(dst []byte, n int64, places, scale int) []byte {
	sign := uint16(0)
	if n < 0 {
		sign, n = negative, -n
	}
	var digits [5]uint16 // of which an int64 has no more
	first, behind := len(digits), len(digits)
	for ; n > 0; n /= base {
		first--
		if digits[first] = uint16(n % base); digits[first] == 0 && behind == first+1 {
			behind = first // a zero at the end
		}
	}
	weight := len(digits) - places - first - 1
	if first >= behind {
		weight = 0
	}
	for _, part := range []uint16{uint16(max(behind-first, 0)), uint16(int16(weight)), sign, uint16(scale)} {
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
