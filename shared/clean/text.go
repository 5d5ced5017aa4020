package clean

import (
	"bytes"
	"fmt"
	"strings"
	"unicode/utf8"

	"golang.org/x/text/encoding/charmap"

	"acequia/shared/contract"
	"acequia/shared/contract/currency"
)

// charset is an encoding of one byte a character.
type charset = charmap.Charmap

var charsets = map[string]*charset{
	contract.Windows1252: charmap.Windows1252,
	contract.Latin1:      charmap.ISO8859_1,
}

// decode gives a text as UTF-8. Postgres stores neither other bytes nor NUL.
func (c *Cleaner) decode(col *column, text []byte) ([]byte, bool) {
	if bytes.IndexByte(text, 0) >= 0 {
		c.fail(col, "encoding", "holds a NUL character, which cannot be stored: %s", quoted(text))
		return nil, false
	}
	if c.charset != nil {
		return c.decodeBytes(col, text)
	}
	if !utf8.Valid(text) {
		c.fail(col, "encoding", "must be UTF-8, and is %s; if the file has another encoding, say so in the contract", quoted(text))
		return nil, false
	}
	return text, true
}

func (c *Cleaner) decodeBytes(col *column, text []byte) ([]byte, bool) {
	unknown := false
	decoded := c.keep(func(arena []byte) []byte {
		for _, b := range text {
			r := c.charset.DecodeByte(b)
			unknown = unknown || r == utf8.RuneError
			arena = utf8.AppendRune(arena, r)
		}
		return arena
	})
	if unknown {
		c.fail(col, "encoding", "holds bytes that %s does not know: %s", c.charset, quoted(text))
	}
	return decoded, !unknown
}

func readText(c *Cleaner, col *column, text []byte) ([]byte, bool) {
	before := len(c.failures)
	if col.MinLength > 0 || col.MaxLength > 0 {
		length := utf8.RuneCount(text)
		if length < col.MinLength {
			c.fail(col, "minLength", "must have at least %d characters, and has %d: %s", col.MinLength, length, quoted(text))
		}
		if col.MaxLength > 0 && length > col.MaxLength {
			c.fail(col, "maxLength", "may have at most %d characters, and has %d: %s", col.MaxLength, length, quoted(text))
		}
	}
	if col.MaxBytes > 0 && len(text) > col.MaxBytes {
		c.fail(col, "maxLength", "may have at most %d bytes, as it is part of the key, and has %d", col.MaxBytes, len(text))
	}
	if col.Pattern != nil && !col.Pattern.Match(text) {
		c.fail(col, "pattern", "must match %s, and is %s", col.Pattern, quoted(text))
	}
	if col.values != nil && !col.values[string(text)] {
		c.fail(col, "validValues", "must be one of %s, and is %s", strings.Join(col.Values, ", "), quoted(text))
	}
	if col.Currency && !currency.Known(text) {
		c.fail(col, "iso4217", "must be an active currency code of ISO 4217, such as PEN, and is %s", quoted(text))
	}
	return text, len(c.failures) == before
}

var trueText, falseText = []byte("true"), []byte("false")

func readBoolean(c *Cleaner, col *column, text []byte) ([]byte, bool) {
	for _, spelling := range col.True {
		if strings.EqualFold(spelling, string(text)) {
			return trueText, true
		}
	}
	for _, spelling := range col.False {
		if strings.EqualFold(spelling, string(text)) {
			return falseText, true
		}
	}
	c.fail(col, "type", "must be %s, and is %s", strings.Join(append(col.True[:len(col.True):len(col.True)], col.False...), " or "), quoted(text))
	return nil, false
}

// maxShown bounds how many bytes of a value a reason shows.
const maxShown = 80

// shown gives a value for a reason, bounded. The value is one that holds nothing but numbers, points and the like.
func shown(text []byte) string {
	if len(text) <= maxShown {
		return string(text)
	}
	end := maxShown
	for end > 0 && !utf8.RuneStart(text[end]) {
		end--
	}
	return string(text[:end]) + "…"
}

// quoted gives any value for a reason, bounded, with what cannot be printed escaped.
func quoted(text []byte) string { return fmt.Sprintf("%q", shown(text)) }
