package transform

import (
	"bytes"
	"encoding/binary"
)

// A numeric travels as its digits in base 10,000 (numeric_recv in src/backend/utils/adt/numeric.c): the number of digits,
// the weight of the first (its power of 10,000), the sign, the number of decimals to show, the digits. There are no zero
// digits at either end, so that numbers of one column are equal exactly if their bytes are.
const (
	digitWidth = 4
	negative   = 0x4000
	headerSize = 8
)

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
