package split

import (
	"bytes"
	"slices"
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
// with one by chance, and a program that writes one knows what it writes. Otherwise the contract's word counts, unless the bytes
// plainly contradict it; and where it leaves the encoding to the file, they decide.
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
	switch {
	case found.mark > 0:
	case source.Detect.Encoding:
		found.encoding, err = guessEncoding(head, complete)
	default:
		err = contradicted(head, declared)
	}
	if err != nil {
		return found, err
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
func (e encodingFound) text(head []byte) []byte { return e.charset.Text(head[e.mark:]) }

// far is how many times as many of two signs there must be of one to count for more than chance.
const far = 10

// guessEncoding finds the encoding of a file without a mark. ISO-8859-1 is not told from Windows-1252, which differs from it only in
// 0x80 to 0x9f, where it has control codes that no table holds.
func guessEncoding(head []byte, complete bool) (string, error) {
	if utf16 := utf16By(head); utf16 != "" {
		return utf16, nil
	}
	if !complete {
		head = wholeCharacters(head)
	}
	switch long, stray, first := characters(head); {
	case long >= far*stray:
		return charset.UTF8, nil // what strays costs its records
	case stray < far*long:
		return "", pipeline.Refuse("the file can be read in two ways that fit equally well: %d of its characters are UTF-8, and %d bytes, the "+
			"first of them byte %d (0x%02x), are not; say in the contract which encoding it has, or save it as UTF-8",
			long, stray, first, head[first])
	}
	if nulls := bytes.Count(head, []byte{0}); 20*nulls > len(head) {
		return "", pipeline.Refuse("%d of the first %d bytes are NUL, and the others are no UTF-8: the file is binary, or UTF-16 in a script "+
			"of its own; say in the contract which encoding it has, or save it as UTF-8", nulls, len(head))
	}
	if i := slices.IndexFunc(head, isUndefined1252); i >= 0 {
		return "", pipeline.Refuse("byte %d (0x%02x) is neither UTF-8 nor a character of Windows-1252; say in the contract which encoding "+
			"the file has, or save it as UTF-8", i, head[i])
	}
	return charset.Windows1252, nil
}

// isUndefined1252 tells a byte that Windows-1252 has no character for.
func isUndefined1252(b byte) bool {
	return bytes.IndexByte([]byte{0x81, 0x8d, 0x8f, 0x90, 0x9d}, b) >= 0
}

// contradicted refuses a file without a mark that cannot be in the encoding that the contract says, though single records may hold
// what is no text in it.
func contradicted(head []byte, declared string) error {
	utf16 := declared == charset.UTF16LE || declared == charset.UTF16BE
	switch looks := utf16By(head); {
	case looks != "" && looks != declared:
		return pipeline.Refuse("by its contract the file is in %s, and every other byte is NUL, as in %s; say encoding: %s in the contract, or "+
			"encoding: auto", declared, looks, looks)
	case utf16 && len(head) > 0 && bytes.IndexByte(head, 0) < 0:
		return pipeline.Refuse("by its contract the file is in %s, and it has no NUL byte, which is half of every comma, bracket and line end "+
			"there; say in the contract which encoding it is in, or encoding: auto", declared)
	case utf16 || declared == charset.UTF8:
		return nil
	}
	if long, stray, _ := characters(wholeCharacters(head)); long >= far && stray == 0 {
		return pipeline.Refuse("by its contract the file is in %s, and all of its %d characters beyond ASCII are UTF-8; say encoding: utf-8 in the "+
			"contract, or encoding: auto", declared, long)
	}
	return nil
}

// utf16By tells UTF-16 in Latin letters: it begins with one, and of most characters one byte is NUL.
func utf16By(head []byte) string {
	var nulls [2]int // at even and at odd places
	for i, b := range head {
		if b == 0 {
			nulls[i%2]++
		}
	}
	switch even, odd := nulls[0], nulls[1]; {
	case len(head) < 2 || 5*(even+odd) < len(head):
		return ""
	case head[1] == 0 && odd > far*even:
		return charset.UTF16LE
	case head[0] == 0 && even > far*odd:
		return charset.UTF16BE
	default:
		return ""
	}
}

// characters counts the characters of several bytes that are UTF-8, and the bytes that belong to none; first is where the first of
// these is.
func characters(b []byte) (long, stray, first int) {
	for i := 0; i < len(b); {
		r, size := utf8.DecodeRune(b[i:])
		switch {
		case r == utf8.RuneError && size == 1:
			if stray == 0 {
				first = i
			}
			stray++
		case size > 1:
			long++
		}
		i += size
	}
	return long, stray, first
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
