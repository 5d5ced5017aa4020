package contract

import (
	"regexp"
	"strings"
	"time"

	"acequia/shared/contract/dateformat"
	"acequia/shared/contract/decimal"
)

// CurrencyFormat is the format of a string that holds a currency code, for logicalTypeOptions.
const CurrencyFormat = "iso4217-currency"

// optionsOf gives the logicalTypeOptions that are held to, by logicalType.
var optionsOf = map[string][]string{
	"string":    {"minLength", "maxLength", "pattern", "format"},
	"integer":   {"minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum"},
	"number":    {"minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum"},
	"date":      {"format", "minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum"},
	"timestamp": {"format", "minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "timezone", "defaultTimezone"},
}

// parseOptions reads logicalTypeOptions. An option of the standard that would not be held to is refused, not ignored.
func (column *Column) parseOptions(p place) {
	column.Zone = time.UTC
	if p.missing() {
		column.defaultFormats()
		return
	}
	known := optionsOf[column.Logical]
	for _, option := range []string{"multipleOf", "format"} {
		if number := p.at(option); !number.missing() && (column.Logical == "integer" || column.Logical == "number") {
			number.fail("%s is not checked for numbers; the physicalType bounds them, and a row rule under quality can say the rest", option)
			known = append([]string{option}, known...)
		}
	}
	if !p.members(known...) {
		return
	}
	if column.Logical == "string" {
		column.parseTextOptions(p)
	} else {
		column.Minimum = column.parseBound(p.at("minimum"), p.at("exclusiveMinimum"))
		column.Maximum = column.parseBound(p.at("maximum"), p.at("exclusiveMaximum"))
	}
	if format := p.at("format"); column.Logical != "string" && !format.missing() {
		if len(column.DateFormats) > 0 {
			format.fail("give either format or the custom property formats, not both")
		}
		column.parseFormat(format)
	}
	if timezone := p.at("defaultTimezone"); !timezone.missing() {
		column.Zone = zone(timezone)
	}
	if timezone := p.at("timezone"); !timezone.missing() && timezone.flag() != (column.Type.Kind == TimestampTZ) {
		timezone.fail("timezone: true goes with timestamptz, timezone: false with timestamp")
	}
	column.defaultFormats()
}

func (column *Column) defaultFormats() {
	if len(column.DateFormats) > 0 {
		return
	}
	switch column.Type.Kind {
	case Date:
		column.DateFormats = []dateformat.Format{dateformat.ISODate}
	case Timestamp, TimestampTZ:
		column.DateFormats = []dateformat.Format{dateformat.ISO}
	}
}

func (column *Column) parseTextOptions(p place) {
	column.MinLength, column.MaxLength = p.at("minLength").count(), p.at("maxLength").count()
	if longest := p.at("maxLength"); !longest.missing() && (column.MaxLength == 0 || column.MaxLength < column.MinLength) {
		longest.fail("no text is that short; leave maxLength out for no limit")
	}
	if pattern := p.at("pattern"); !pattern.missing() {
		column.Pattern = compilePattern(pattern)
	}
	switch format := p.at("format"); format.text() {
	case "":
	case CurrencyFormat:
		column.Currency = true
	default:
		format.fail("the format %s is not checked; write a pattern, or %s for currency codes", format.text(), CurrencyFormat)
	}
}

// compilePattern reads a regular expression. The standard speaks of ECMA-262's, of which RE2, which needs no more time
// than the text is long, knows all but look-around and back-references.
func compilePattern(p place) *regexp.Regexp {
	re, err := regexp.Compile(p.text())
	if err != nil {
		reason := strings.TrimPrefix(err.Error(), "error parsing regexp: ")
		p.fail("the pattern does not compile as RE2 (%s); RE2 has no look-around (?=…) and no back-references \\1: write several rules instead", reason)
	}
	return re
}

// parseBound reads a bound that is given as inclusive or as exclusive.
func (column *Column) parseBound(inclusive, exclusive place) *Bound {
	switch {
	case !inclusive.missing() && !exclusive.missing():
		exclusive.fail("give the bound once, inclusive or exclusive")
		return nil
	case !inclusive.missing():
		return &Bound{Value: column.bound(inclusive)}
	case !exclusive.missing():
		return &Bound{Value: column.bound(exclusive), Exclusive: true}
	}
	return nil
}

// bound gives a bound's canonical text; a number's keeps the decimals that it has in the document, for people.
func (column *Column) bound(p place) string {
	if column.Type.Kind == Numeric || column.Type.Whole() {
		return p.number()
	}
	return column.canonical(p)
}

// canonical gives a value of the column that stands in the document, in canonical text.
func (column *Column) canonical(p place) string {
	text := p.text()
	var err error
	switch column.Type.Kind {
	case Text:
		if strings.ContainsRune(text, 0) {
			p.fail("a text with a NUL character cannot be stored")
		}
	case BigInt, Integer, SmallInt:
		b, fault := decimal.Append(nil, []byte(text), 19, 0)
		if fault != decimal.None {
			p.fail("%q is not a whole number", text)
		}
		return string(b)
	case Numeric:
		b, fault := decimal.Append(nil, []byte(text), column.Type.Precision, column.Type.Scale)
		if fault != decimal.None {
			p.fail("%q is not a number that fits into %s", text, column.Physical)
		}
		return string(b)
	case Date:
		_, err = time.Parse(time.DateOnly, text)
	case TimestampTZ:
		_, err = time.Parse(time.RFC3339Nano, text)
	case Timestamp:
		_, err = time.Parse("2006-01-02T15:04:05.999999", text)
	case Boolean:
		p.oneOf("true", "false")
	case JSONB:
		p.fail("a jsonb column takes neither bounds nor a default")
	}
	if err != nil {
		p.fail("%q is not a %s as ISO 8601 writes it, such as 2026-11-24 or 2026-11-24T10:00:00Z", text, column.Logical)
	}
	return text
}
