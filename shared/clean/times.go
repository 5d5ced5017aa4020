package clean

import (
	"bytes"
	"time"

	"acequia/shared/contract"
	"acequia/shared/contract/dateformat"
)

// moment tries the column's formats in their order. If a text is written in one of them, but says what does not exist, and
// fits no other, it says so.
func (c *Cleaner) moment(col *column, text []byte) (dateformat.Moment, bool) {
	impossible := false
	for i := range col.DateFormats {
		moment, outcome := col.DateFormats[i].Read(text)
		switch outcome {
		case dateformat.Read:
			if i > 0 {
				c.tally[Normalisation{col.Name, DateFormat}]++
			}
			return moment, true
		case dateformat.Impossible:
			impossible = true
		}
	}
	switch {
	case impossible:
		c.fail(col, "type", "must be a %s, and %s is not a %[1]s that exists", col.Logical, shown(text))
	default:
		c.fail(col, "format", "must be a %s written as %s, and is %s", col.Logical, col.formats, quoted(text))
	}
	return dateformat.Moment{}, false
}

func readDate(c *Cleaner, col *column, text []byte) ([]byte, bool) {
	m, ok := c.moment(col, text)
	if !ok {
		return nil, false
	}
	date := c.keep(func(arena []byte) []byte {
		return append(arena,
			digit(m.Year/1000), digit(m.Year/100), digit(m.Year/10), digit(m.Year), '-',
			digit(m.Month/10), digit(m.Month), '-', digit(m.Day/10), digit(m.Day))
	})
	return date, c.within(col, date, func(b *bound) int { return bytes.Compare(date, b.text) })
}

func digit(n int) byte { return byte('0' + n%10) }

// localForm is the canonical text of timestamp, which has no zone.
const localForm = "2006-01-02T15:04:05.999999"

func readTimestamp(c *Cleaner, col *column, text []byte) ([]byte, bool) {
	m, ok := c.moment(col, text)
	if !ok {
		return nil, false
	}
	form, zone := time.RFC3339Nano, col.Zone
	if col.Type.Kind == contract.Timestamp {
		form, zone = localForm, time.UTC
		if m.HasOffset {
			c.fail(col, "type", "must be a time without an offset, which the column does not keep, and is %s", shown(text))
			return nil, false
		}
	}
	at, ok := m.In(zone)
	if !ok {
		c.fail(col, "type", "must be a time, and the clocks of %s never showed %s", zone, shown(text))
		return nil, false
	}
	if at.Nanosecond()%1000 != 0 {
		c.tally[Normalisation{col.Name, Fraction}]++
		at = at.Truncate(time.Microsecond)
	}
	if _, offset := at.Zone(); offset%60 != 0 { // Before about 1900 clocks showed the sun's time; RFC 3339 has no seconds.
		at = at.UTC()
	}
	stamp := c.keep(func(arena []byte) []byte { return at.AppendFormat(arena, form) })
	return stamp, c.within(col, stamp, func(b *bound) int { return at.Compare(b.at) })
}
