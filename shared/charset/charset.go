// Package charset takes the bytes of a file and gives its text as UTF-8, whatever encoding the file is in; and, for a text that
// it gave, how many of the file's bytes it stands for, so that every place in a text leads back to a byte of the file.
//
// What is no character in the encoding (a byte without a meaning, half of a surrogate pair, half a code unit at the end) becomes
// bytes that are not UTF-8, never a replacement character: whoever checks the text finds it, and nothing is lost on the way.
package charset

import (
	"io"

	"golang.org/x/text/encoding/charmap"
	"golang.org/x/text/transform"
)

// The encodings, by their IANA names in small letters.
const (
	UTF8        = "utf-8"
	UTF16LE     = "utf-16le"
	UTF16BE     = "utf-16be"
	Windows1252 = "windows-1252"
	Latin1      = "iso-8859-1"
)

// Names are the encodings that Find knows.
func Names() []string { return []string{UTF8, UTF16LE, UTF16BE, Windows1252, Latin1} }

// Charset is an encoding of text. The zero Charset is UTF-8, whose bytes are the text.
type Charset struct {
	name    string
	decoder transform.Transformer // keeps no state, so that all may share it; nil: UTF-8
	size    func(text []byte) int
}

// Find gives the encoding of that name; an empty one is UTF-8.
func Find(name string) (Charset, bool) {
	switch name {
	case "", UTF8:
		return Charset{}, true
	case UTF16LE:
		return Charset{name, utf16Decoder{low: 0, high: 1}, sizeUTF16}, true
	case UTF16BE:
		return Charset{name, utf16Decoder{low: 1, high: 0}, sizeUTF16}, true
	case Windows1252:
		return Charset{name, newSingleByte(charmap.Windows1252), sizeSingleByte}, true
	case Latin1:
		return Charset{name, newSingleByte(charmap.ISO8859_1), sizeSingleByte}, true
	default:
		return Charset{}, false
	}
}

// Name is the encoding's name.
func (c Charset) Name() string {
	if c.name == "" {
		return UTF8
	}
	return c.name
}

// IsUTF8 tells whether a file's bytes are its text.
func (c Charset) IsUTF8() bool { return c.decoder == nil }

// Reader gives the text of the bytes that r gives.
func (c Charset) Reader(r io.Reader) io.Reader {
	if c.IsUTF8() {
		return r
	}
	return transform.NewReader(r, c.decoder)
}

// Text gives the text of b: b itself if it is UTF-8.
func (c Charset) Text(b []byte) []byte {
	if c.IsUTF8() {
		return b
	}
	text, _, _ := transform.Bytes(c.decoder, b) // has no error: every byte is text, or stands for what is none
	return text
}

// Size is how many bytes of the file a text stands for. The sizes of its parts add up, wherever it is cut.
func (c Charset) Size(text []byte) int {
	if c.IsUTF8() {
		return len(text)
	}
	return c.size(text)
}
