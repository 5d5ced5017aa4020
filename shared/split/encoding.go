package split

import (
	"bytes"
	"unicode/utf8"

	"acequia/shared/charset"
	"acequia/shared/contract"
	"acequia/shared/pipeline"
)

// marks are the byte order marks. The first that fits counts; those of UTF-32 are refused before.
var marks = []struct{ bytes, encoding string }{
	{"\xef\xbb\xbf", charset.UTF8},
	{"\xff\xfe", charset.UTF16LE},
	{"\xfe\xff", charset.UTF16BE},
}

// encodingFound is the encoding of a file.
type encodingFound struct {
	encoding string
	charset  charset.Charset
	// mark is the length of the byte order mark.
	mark int
	// detected says that the contract does not say so.
	detected bool
}

// findEncoding finds the encoding of a file. A byte order mark is unmistakable, and holds whatever the contract says: no text begins
// with one by chance. Otherwise the contract's word counts, and where it leaves the encoding to the file, the bytes of the head do.
func findEncoding(head []byte, complete bool, source contract.Source) (found encodingFound, err error) {
	found.encoding = source.Encoding
	if found.encoding == "" {
		found.encoding = charset.UTF8
	}
	declared := found.encoding
	for _, mark := range marks {
		if bytes.HasPrefix(head, []byte(mark.bytes)) {
			found.encoding, found.mark = mark.encoding, len(mark.bytes)
			break
		}
	}
	if source.Detect.Encoding && found.mark == 0 {
		if found.encoding, err = guessEncoding(head, complete); err != nil {
			return found, err
		}
	}
	found.detected = source.Detect.Encoding || found.encoding != declared
	set, known := charset.Find(found.encoding)
	if !known {
		return found, pipeline.Refuse("the encoding %q cannot be read; correct the contract", found.encoding)
	}
	found.charset = set
	return found, nil
}

// text is the head's text.
func (e encodingFound) text(head []byte) []byte {
	body := head[e.mark:]
	if e.charset.IsUTF8() {
		return body
	}
	return e.charset.Text(body)
}

// guessEncoding finds the encoding of a file without a mark.
func guessEncoding(head []byte, complete bool) (string, error) {
	switch even, odd := nulls(head); {
	case odd > 0 && even*10 < odd:
		return charset.UTF16LE, nil
	case even > 0 && odd*10 < even:
		return charset.UTF16BE, nil
	case utf8.Valid(head), !complete && utf8.Valid(wholeCharacters(head)):
		return charset.UTF8, nil
	}
	for i, b := range head {
		if bytes.IndexByte(undefined1252, b) >= 0 {
			return "", pipeline.Refuse("byte %d (0x%02x) is neither UTF-8 nor a character of Windows-1252; say in the contract which encoding "+
				"the file has, or save it as UTF-8", i, b)
		}
	}
	// ISO-8859-1 differs from it only in 0x80 to 0x9f, where it has control codes that no table holds.
	return charset.Windows1252, nil
}

// undefined1252 are the bytes that Windows-1252 has no character for.
var undefined1252 = []byte{0x81, 0x8d, 0x8f, 0x90, 0x9d}

// nulls counts the NUL bytes at even and at odd places. In UTF-16 every other byte of what is in Latin letters is one.
func nulls(head []byte) (even, odd int) {
	for i, b := range head {
		switch {
		case b != 0:
		case i%2 == 0:
			even++
		default:
			odd++
		}
	}
	if (even+odd)*5 < len(head) { // A stray NUL is none of UTF-16's.
		return 0, 0
	}
	return even, odd
}

// wholeCharacters leaves out the character that the end of b cuts off.
func wholeCharacters(b []byte) []byte {
	for i := len(b) - 1; i >= max(0, len(b)-utf8.UTFMax); i-- {
		if utf8.RuneStart(b[i]) {
			if !utf8.FullRune(b[i:]) {
				return b[:i]
			}
			break
		}
	}
	return b
}
