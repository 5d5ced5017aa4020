package charset

import (
	"unicode/utf8"

	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/transform"
)

// singleByte has the UTF-8 of each byte's character. A byte without one stands for itself, behind whole characters, where it is
// none of UTF-8's.
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
			d.texts[b] = string([]byte{byte(b)})
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
