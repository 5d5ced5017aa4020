package clean

import (
	"fmt"
	"strings"
	"unicode/utf8"

	"acequia/shared/contract/currency"
	"acequia/shared/pipeline"
)

func readText(c *Cleaner, col *column, _ pipeline.Kind, text []byte) ([]byte, bool) {
	before := len(c.failures)
	if len(text) < col.MinLength*utf8.UTFMax || col.MaxLength > 0 && len(text) > col.MaxLength {
		c.holdLength(col, text)
	}
	if col.MaxBytes > 0 && len(text) > col.MaxBytes {
		c.fail(col, "maxLength", "may have at most %d bytes, as it is part of the key, and has %d", col.MaxBytes, len(text))
	}
	if col.pattern != nil && !col.pattern.matches(text) {
		c.fail(col, "pattern", "must match %s, and is %s", col.Pattern, quoted(text))
	}
	if col.values != nil && !col.values.has(text) {
		c.fail(col, "validValues", "must be one of %s, and is %s", cut([]byte(strings.Join(col.Values, ", ")), maxChoices), quoted(text))
	}
	if col.Currency && !currency.Known(text) {
		c.fail(col, "iso4217", "must be an active currency code of ISO 4217, such as PEN, and is %s", quoted(text))
	}
	return text, len(c.failures) == before
}

// holdLength counts characters, of which a text may have fewer than bytes.
func (c *Cleaner) holdLength(col *column, text []byte) {
	length := utf8.RuneCount(text)
	if length < col.MinLength {
		c.fail(col, "minLength", "must have at least %d characters, and has %d: %s", col.MinLength, length, quoted(text))
	}
	if col.MaxLength > 0 && length > col.MaxLength {
		c.fail(col, "maxLength", "may have at most %d characters, and has %d: %s", col.MaxLength, length, quoted(text))
	}
}

var trueText, falseText = []byte("true"), []byte("false")

func readBoolean(c *Cleaner, col *column, _ pipeline.Kind, text []byte) ([]byte, bool) {
	if isTruth(text) {
		return text, true
	}
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

// maxShown bounds how many bytes of a value a reason shows, maxChoices how many of all values that there may be.
const (
	maxShown   = 80
	maxChoices = 400
)

// shown gives a value for a reason, bounded. The value is one that holds nothing but numbers, points and the like.
func shown(text []byte) string { return cut(text, maxShown) }

// cut gives at most so many bytes of a text, and says if there are more.
func cut(text []byte, most int) string {
	if len(text) <= most {
		return string(text)
	}
	for most > 0 && !utf8.RuneStart(text[most]) {
		most--
	}
	return string(text[:most]) + "…"
}

// quoted gives any value for a reason, bounded, with what cannot be printed escaped.
func quoted(text []byte) string { return fmt.Sprintf("%q", shown(text)) }
