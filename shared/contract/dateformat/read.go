package dateformat

import (
	"bytes"
	"time"
)

// Outcome says how reading a text ended.
type Outcome uint8

// The outcomes of Read.
const (
	Other      Outcome = iota // not written in this format
	Impossible                // written so, but no such day or time exists
	Read                      // read
)

// Moment is a date and time as it was written.
type Moment struct {
	Year, Month, Day     int
	Hour, Minute, Second int
	Nanosecond           int
	// HasOffset tells whether an offset from UTC, in seconds, was written.
	HasOffset bool
	Offset    int
	// half is the half of the day that an hour from 1 to 12 lies in.
	half half
}

// Read reads a whole text. Its Moment is meaningful for the outcome Read alone.
func (f Format) Read(text []byte) (Moment, Outcome) {
	m := Moment{Month: 1, Day: 1}
	rest, ok := m.read(f.elements, text)
	if !ok || len(rest) > 0 {
		return m, Other
	}
	if !m.settle() || !m.exists() {
		return m, Impossible
	}
	return m, Read
}

// In gives the moment as a time; zone counts where no offset was written. It gives false for a time that the zone's clocks
// never showed, because they were put forward.
func (m Moment) In(zone *time.Location) (time.Time, bool) {
	if m.HasOffset {
		zone = time.UTC
		if m.Offset != 0 {
			zone = time.FixedZone("", m.Offset)
		}
	}
	t := later(time.Date(m.Year, time.Month(m.Month), m.Day, m.Hour, m.Minute, m.Second, m.Nanosecond, zone))
	return t, t.Hour() == m.Hour && t.Minute() == m.Minute
}

// later gives, of a time that the clocks showed twice when they were set back, the second, in standard time: so Postgres reads it
// (https://www.postgresql.org/docs/15/datetime-invalid-input.html), while package time promises neither.
func later(t time.Time) time.Time {
	_, end := t.ZoneBounds()
	if end.IsZero() {
		return t
	}
	_, offset := t.Zone()
	_, next := end.Zone()
	if back := time.Duration(offset-next) * time.Second; end.Sub(t) <= back {
		return t.Add(back)
	}
	return t
}

// exists tells whether there is such a day and time. Leap seconds are not known here, as Postgres knows none.
func (m *Moment) exists() bool {
	return m.Year >= 1 && m.Month >= 1 && m.Month <= 12 && m.Day >= 1 && m.Day <= daysIn(m.Year, m.Month) &&
		m.Hour < 24 && m.Minute < 60 && m.Second < 60 && -16*3600 < m.Offset && m.Offset < 16*3600
}

func daysIn(year, month int) int {
	switch month {
	case 4, 6, 9, 11:
		return 30
	case 2:
		if year%4 == 0 && (year%100 != 0 || year%400 == 0) {
			return 29
		}
		return 28
	default:
		return 31
	}
}

// read reads the elements one after another, and gives what is left of text.
func (m *Moment) read(elements []element, text []byte) ([]byte, bool) {
	for i := range elements {
		e := &elements[i]
		switch {
		case e.optional != nil:
			before := *m
			if rest, ok := m.read(e.optional, text); ok {
				text = rest
			} else {
				*m = before
			}
		case e.letter == 0:
			rest, ok := literal(e.literal, text)
			if !ok {
				return text, false
			}
			text = rest
		default:
			rest, ok := m.letter(e, text)
			if !ok {
				return text, false
			}
			text = rest
		}
	}
	return text, true
}

// literal reads a text of the format. A space may also be one of those that keep a line together.
func literal(want string, text []byte) ([]byte, bool) {
	if len(text) >= len(want) && string(text[:len(want)]) == want {
		return text[len(want):], true
	}
	if want == " " {
		for _, space := range []string{"\u00a0", "\u202f"} {
			if rest, ok := bytes.CutPrefix(text, []byte(space)); ok {
				return rest, true
			}
		}
	}
	return text, false
}

func (m *Moment) letter(e *element, text []byte) (rest []byte, ok bool) {
	switch e.letter {
	case 'y':
		m.Year, rest, ok = number(text, e.width, e.width)
		if e.width == 2 {
			m.Year += e.first - e.first%100
			if m.Year < e.first {
				m.Year += 100
			}
		}
	case 'M':
		if e.isName() {
			m.Month, rest, ok = monthName(text, e)
			return rest, ok
		}
		m.Month, rest, ok = number(text, e.width, 2)
	case 'd':
		m.Day, rest, ok = number(text, e.width, 2)
	case 'H', 'h':
		m.Hour, rest, ok = number(text, e.width, 2)
	case 'a':
		m.half, rest, ok = halfOfDay(text)
	case 'm':
		m.Minute, rest, ok = number(text, 2, 2)
	case 's':
		m.Second, rest, ok = number(text, 2, 2)
	case 'S':
		return m.fraction(text, e.width, e.width)
	case fractionOfAnyWidth:
		return m.fraction(text, 1, 9)
	case 'X':
		return m.offset(text, e.width)
	default:
		return m.count(e.letter, text)
	}
	return rest, ok
}

// number reads at least least and at most most digits.
func number(text []byte, least, most int) (n int, rest []byte, ok bool) {
	i := 0
	for i < most && i < len(text) && '0' <= text[i] && text[i] <= '9' {
		n = 10*n + int(text[i]-'0')
		i++
	}
	return n, text[i:], i >= least
}

func (m *Moment) fraction(text []byte, least, most int) ([]byte, bool) {
	n, rest, ok := number(text, least, most)
	for range 9 - (len(text) - len(rest)) {
		n *= 10
	}
	m.Nanosecond = n
	return rest, ok
}

// offset reads Z, or a sign and hours, with minutes behind (XX) or behind a colon (XXX); with X the minutes may be missing.
func (m *Moment) offset(text []byte, width int) ([]byte, bool) {
	if len(text) == 0 {
		return text, false
	}
	m.HasOffset = true
	if text[0] == 'Z' || text[0] == 'z' {
		return text[1:], true
	}
	if text[0] != '+' && text[0] != '-' {
		return text, false
	}
	hours, rest, ok := number(text[1:], 2, 2)
	if !ok {
		return text, false
	}
	after := rest
	if width == 3 && len(rest) > 0 && rest[0] == ':' {
		after = rest[1:]
	}
	minutes, after, ok := number(after, 2, 2)
	if !ok || minutes > 59 {
		if width != 1 {
			return text, false
		}
		minutes, after = 0, rest
	}
	m.Offset = hours*3600 + minutes*60
	if text[0] == '-' {
		m.Offset = -m.Offset
	}
	return after, true
}
