package charset

import (
	"encoding/binary"
	"unicode/utf16"

	"golang.org/x/text/encoding/charmap"
)

// unknown stands in a file for a character that its encoding does not have.
const unknown = '?'

// Bytes gives the bytes that a text is in a file of the encoding. A character that the encoding does not have becomes a question
// mark: it is for texts of our own, never for what was in a file.
func (c Charset) Bytes(text string) []byte {
	switch c.Name() {
	case UTF16LE:
		return encodeUTF16(text, binary.LittleEndian)
	case UTF16BE:
		return encodeUTF16(text, binary.BigEndian)
	case Windows1252:
		return encodeSingleByte(text, charmap.Windows1252)
	case Latin1:
		return encodeSingleByte(text, charmap.ISO8859_1)
	default:
		return []byte(text)
	}
}

func encodeUTF16(text string, order binary.AppendByteOrder) []byte {
	units := utf16.Encode([]rune(text))
	b := make([]byte, 0, 2*len(units))
	for _, unit := range units {
		b = order.AppendUint16(b, unit)
	}
	return b
}

func encodeSingleByte(text string, charset *charmap.Charmap) []byte {
	b := make([]byte, 0, len(text))
	for _, r := range text {
		c, known := charset.EncodeRune(r)
		if !known {
			c = unknown
		}
		b = append(b, c)
	}
	return b
}
