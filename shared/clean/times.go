package clean

import (
	"bytes"
	"strings"
	"time"

	"acequia/shared/contract"
	"acequia/shared/contract/dateformat"
	"acequia/shared/pipeline"
)

// Typed formats write dates and times in one way, whatever the column's formats are.
var isoDate, isoTime = []dateformat.Format{dateformat.ISODate}, []dateformat.Format{dateformat.ISO}

// moment tries the column's formats in their order. If a text is written in one of them, but says what does not exist, and
// fits no other, it says so.
func (c *Cleaner) moment(col *column, kind pipeline.Kind, text []byte) (dateformat.Moment, bool) {
	formats := col.DateFormats
	if kind == pipeline.Moment {
		formats = isoTime
		if col.Type.Kind == contract.Date {
			formats = isoDate
		}
	}
	impossible := -1
	for i := range formats {
		moment, outcome := formats[i].Read(text)
		switch outcome {
		case dateformat.Read:
			if i > 0 {
				col.odd[DateFormat]++
			}
			return moment, true
		case dateformat.Impossible:
			impossible = max(impossible, i)
		}
	}
	switch {
	case impossible >= 0:
		c.fail(col, "type", "must be a %s, and %s%s is not a %[1]s that exists", col.Logical, shown(text), readAs(&formats[impossible]))
	case kind == pipeline.Moment:
		c.fail(col, "type", "must be a %s, and is %s", col.Logical, shown(text))
	default:
		c.fail(col, "format", "must be a %s written as %s, and is %s", col.Logical, col.formats, quoted(text))
	}
	return dateformat.Moment{}, false
}

// readAs says by which format a date does not exist, where the day may be the month: the year does not stand first.
func readAs(f *dateformat.Format) string {
	if pattern := f.String(); strings.HasPrefix(pattern, "dd") || strings.HasPrefix(pattern, "MM") {
		return ", read as " + pattern + ","
	}
	return ""
}

func readDate(c *Cleaner, col *column, kind pipeline.Kind, text []byte) ([]byte, bool) {
	if kind != pipeline.Moment {
		if day, ok := col.DateFormats[0].Day(text); ok && col.short.holds(int64(day)) {
			return c.date(day/10_000, day/100%100, day%100), true
		}
	}
	m, ok := c.moment(col, kind, text)
	if !ok {
		return nil, false
	}
	date := c.date(m.Year, m.Month, m.Day)
	return date, c.within(col, date, func(b *bound) int { return bytes.Compare(date, b.text) })
}

// date gives the canonical text of a date.
func (c *Cleaner) date(year, month, day int) []byte {
	start := len(c.arena)
	c.arena = append(c.arena, digit(year/1000), digit(year/100), digit(year/10), digit(year), '-', digit(month/10), digit(month), '-',
		digit(day/10), digit(day))
	return c.arena[start:len(c.arena):len(c.arena)]
}

func digit(n int) byte { return byte('0' + n%10) }

// localForm is the canonical text of timestamp, which has no zone.
const localForm = "2006-01-02T15:04:05.999999"

func readTimestamp(c *Cleaner, col *column, kind pipeline.Kind, text []byte) ([]byte, bool) {
	m, ok := c.moment(col, kind, text)
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
		col.odd[Fraction]++
		at = at.Truncate(time.Microsecond)
	}
	if _, offset := at.Zone(); offset%60 != 0 { // Before about 1900 clocks showed the sun's time; RFC 3339 has no seconds.
		at = at.UTC()
	}
	start := len(c.arena)
	c.arena = at.AppendFormat(c.arena, form)
	stamp := c.arena[start:len(c.arena):len(c.arena)]
	return stamp, c.within(col, stamp, func(b *bound) int { return at.Compare(b.at) })
}
