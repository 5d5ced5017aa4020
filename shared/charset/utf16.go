package charset

import (
	"unicode/utf16"
	"unicode/utf8"

	"golang.org/x/text/transform"
)

// halfUnit stands for the odd byte at the end of a file of two-byte units: it is never in UTF-8.
const halfUnit = 0xff

// utf16Decoder writes each code unit pair as UTF-8, and half a pair as UTF-8 would be if it allowed that (WTF-8).
type utf16Decoder struct {
	transform.NopResetter
	low, high int // where in a unit the low and the high byte lie
}

func (d utf16Decoder) Transform(dst, src []byte, atEOF bool) (nDst, nSrc int, err error) {
	for nSrc < len(src) {
		if len(dst)-nDst < utf8.UTFMax {
			return nDst, nSrc, transform.ErrShortDst
		}
		rest := src[nSrc:]
		if len(rest) == 1 {
			if !atEOF {
				return nDst, nSrc, transform.ErrShortSrc
			}
			dst[nDst] = halfUnit
			return nDst + 1, nSrc + 1, nil
		}
		r, size := d.unit(rest), 2
		if utf16.IsSurrogate(r) {
			if len(rest) < 4 && !atEOF {
				return nDst, nSrc, transform.ErrShortSrc
			}
			r, size = d.pair(r, rest)
		}
		nDst += put(dst[nDst:], r)
		nSrc += size
	}
	return nDst, nSrc, nil
}

func (d utf16Decoder) unit(b []byte) rune { return rune(b[d.high])<<8 | rune(b[d.low]) }

// pair gives the character of the pair that begins with r at b[0], or r alone if there is none.
func (d utf16Decoder) pair(r rune, b []byte) (_ rune, size int) {
	if len(b) >= 4 {
		if whole := utf16.DecodeRune(r, d.unit(b[2:])); whole != utf8.RuneError {
			return whole, 4
		}
	}
	return r, 2
}

// put writes r as UTF-8 does, half a surrogate pair too.
func put(dst []byte, r rune) int {
	if !utf16.IsSurrogate(r) {
		return utf8.EncodeRune(dst, r)
	}
	dst[0], dst[1], dst[2] = 0xe0|byte(r>>12), 0x80|byte(r>>6)&0x3f, 0x80|byte(r)&0x3f
	return 3
}

// sizeUTF16 counts two bytes for each character, four for one that takes a pair.
func sizeUTF16(text []byte) (n int) {
	for _, b := range text {
		switch {
		case b < 0x80, 0xc0 <= b && b < 0xf0:
			n += 2
		case b == halfUnit:
			n++
		case b >= 0xf0:
			n += 4
		}
	}
	return n
}
