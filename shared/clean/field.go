package clean

import (
	"bytes"
	"unicode"
	"unicode/utf8"

	"acequia/shared/contract"
	"acequia/shared/pipeline"
)

// isBare tells whether a text surely has no space to take off, and is no null spelling.
func (c *Cleaner) isBare(text []byte) bool {
	n := len(text)
	return n > 0 && !c.special[text[0]] && !lastOfSpace[text[n-1]]
}

// value gives a field's value; what is wrong with it is added to the failures.
func (c *Cleaner) value(col *column, field *pipeline.Field) (text []byte, null bool) {
	text = field.Bytes
	switch field.Kind {
	case pipeline.Text:
		text = bytes.TrimSpace(text)
		if c.nulls.has(text) {
			if len(text) > 0 {
				col.odd[NullSpelling]++
			}
			return c.missing(col)
		}
	case pipeline.Literal, pipeline.Nested, pipeline.Moment:
		if !c.suits(col, field) {
			return nil, true
		}
	default:
		return c.missing(col)
	}
	if col.short.takes(text) {
		return text, false
	}
	text, ok := col.read(c, col, field.Kind, text)
	return text, !ok
}

// missing gives what stands in for a value that a record does not have.
func (c *Cleaner) missing(col *column) (text []byte, null bool) {
	if col.Default != nil {
		return col.standIn, false
	}
	if col.Required {
		c.fail(col, "required", "must be given, and is empty")
	}
	return nil, true
}

// suits holds a field that its file gives a type to the column's type. Numbers become text where a column holds text, as
// documents and postal codes are often sent so, and so do dates.
func (c *Cleaner) suits(col *column, field *pipeline.Field) bool {
	isText := col.Type.Kind == contract.Text
	switch field.Kind {
	case pipeline.Nested:
		if col.Type.Kind != contract.JSONB {
			c.fail(col, "type", "must be %s, and is the JSON %s", col.wanted(), quoted(field.Bytes))
			return false
		}
	case pipeline.Moment:
		if !isText && len(col.DateFormats) == 0 {
			c.fail(col, "type", "must be %s, and is the time %s", col.wanted(), shown(field.Bytes))
			return false
		}
	default:
		if isText && isTruth(field.Bytes) {
			c.fail(col, "type", "must be text, and is %s", field.Bytes)
			return false
		}
		if isText {
			col.odd[NumberAsText]++
		}
	}
	return true
}

func isTruth(literal []byte) bool { return string(literal) == "true" || string(literal) == "false" }

// wanted says what a column holds, for a person.
func (col *column) wanted() string {
	switch {
	case col.Type.Kind == contract.Text:
		return "text"
	case col.Type.Whole():
		return "a whole number"
	case col.Type.Kind == contract.JSONB:
		return "a JSON document"
	default:
		return "a " + col.Logical
	}
}

// The bytes that a space in UTF-8 begins with, and those that it ends with: U+0009 to U+000D, U+0020, U+0085, U+00A0, U+1680,
// U+2000 to U+200A, U+2028, U+2029, U+202F, U+205F and U+3000.
var firstOfSpace, lastOfSpace = spaceBytes()

func spaceBytes() (first, last [256]bool) {
	for r := range rune(0x3001) {
		if unicode.IsSpace(r) {
			b := utf8.AppendRune(nil, r)
			first[b[0]], last[b[len(b)-1]] = true, true
		}
	}
	return first, last
}
