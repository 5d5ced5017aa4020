package charset

import (
	"unicode/utf8"

	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/transform"
)

// meaningless stands for a byte that is no character in the encoding: it is never in UTF-8.
const meaningless = "\xff"

// singleByte has the UTF-8 of each byte's character.
type singleByte struct {
	transform.NopResetter
	texts [256]string
}

func newSingleByte(charset *charmap.Charmap) *singleByte {
	d := &singleByte{}
	for b := range d.texts {
		if r := charset.DecodeByte(byte(b)); r != utf8.RuneError {
			d.texts[b] = string(r)
		} else {
			d.texts[b] = meaningless
		}
	}
	return d
}

func (d *singleByte) Transform(dst, src []byte, _ bool) (nDst, nSrc int, err error) {
	for _, b := range src {
		text := d.texts[b]
		if len(dst)-nDst < len(text) {
			return nDst, nSrc, transform.ErrShortDst
		}
		nDst += copy(dst[nDst:], text)
		nSrc++
	}
	return nDst, nSrc, nil
}

// sizeSingleByte counts the bytes that begin a character, so that a text may be cut within one.
func sizeSingleByte(text []byte) (n int) {
	for _, b := range text {
		if b < 0x80 || b >= 0xc0 {
			n++
		}
	}
	return n
}
