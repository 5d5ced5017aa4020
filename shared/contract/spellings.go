package contract

import (
	"strings"

	"acequia/shared/contract/dateformat"
)

// parseSpellings reads how dates and booleans are written.
func (column *Column) parseSpellings(custom map[string]place) {
	if formats := custom["formats"]; !formats.missing() {
		column.only(formats, Date, Timestamp, TimestampTZ)
		for item := range formats.items() {
			column.parseFormat(item)
		}
	}
	for name, spellings := range map[string]*[]string{"trueSpellings": &column.True, "falseSpellings": &column.False} {
		if p := custom[name]; !p.missing() {
			column.only(p, Boolean)
			for _, text := range p.texts() {
				*spellings = append(*spellings, strings.ToLower(text))
			}
		}
	}
	if column.Type.Kind == Boolean {
		column.True, column.False = append(column.True, "true"), append(column.False, "false")
	}
}

func (column *Column) parseFormat(p place) {
	format, err := dateformat.Parse(p.text())
	switch {
	case err != nil:
		p.fail("%v", err)
	case column.Type.Kind == Date && format.HasTime():
		p.fail("a date holds no time of day; store the column as timestamptz")
	case column.Type.Kind == Timestamp && format.CountsFromUTC():
		p.fail("%s counts from a moment in UTC, which a timestamp without time zone does not keep; store the column as timestamptz", format)
	default:
		column.DateFormats = append(column.DateFormats, format)
	}
}

// checkFormats refuses formats that can read one text as two dates.
func (column *Column) checkFormats(p place) {
	for i, f := range column.DateFormats {
		for _, g := range column.DateFormats[:i] {
			if text, ambiguous := dateformat.Ambiguous(f, g); ambiguous {
				p.fail("%s and %s both read %q, but not as the same date; declare the one that is meant, and give files in the other a data set of their own",
					g, f, text)
			}
		}
	}
}

// parseTwoDigitYears reads which years yy stands for.
func (column *Column) parseTwoDigitYears(p place) {
	if p.missing() {
		return
	}
	column.only(p, Date, Timestamp, TimestampTZ)
	first := p.count()
	if first < 1 || first > 9900 {
		p.fail("%d does not begin a hundred years that exist; write one such as 1950, for 1950 to 2049", first)
	}
	used := false
	for i, format := range column.DateFormats {
		used = used || format.HasTwoDigitYear()
		column.DateFormats[i] = format.TwoDigitYearsFrom(first)
	}
	if !used {
		p.fail("no format of %s has a year of two digits (yy); leave twoDigitYearsFrom out", column.Name)
	}
}
