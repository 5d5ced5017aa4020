package dateformat

import "time"

// maxCountDigits is how many digits the last millisecond of the year 9999 has.
const maxCountDigits = 15

// count reads a number of seconds, milliseconds or days. One that is out of bounds gives the year 0, which does not exist.
func (m *Moment) count(unit byte, text []byte) ([]byte, bool) {
	digits := text
	negative := unit != excelDays && len(text) > 0 && text[0] == '-'
	if negative {
		digits = text[1:]
	}
	n, rest, ok := number(digits, 1, maxCountDigits)
	if negative {
		n = -n
	}
	switch unit {
	case excelDays:
		m.setExcelDay(n)
	case epochSeconds:
		if ok && !negative && len(rest) > 0 && rest[0] == '.' {
			rest, ok = m.fraction(rest[1:], 1, 9)
		}
		m.setTime(time.Unix(int64(n), int64(m.Nanosecond)).UTC())
	case epochMilliseconds:
		m.setTime(time.UnixMilli(int64(n)).UTC())
	}
	return rest, ok
}

func (m *Moment) setTime(t time.Time) {
	m.HasOffset = true
	m.setDay(t)
	m.Hour, m.Minute, m.Second = t.Clock()
	m.Nanosecond = t.Nanosecond()
}

func (m *Moment) setDay(t time.Time) {
	if year := t.Year(); year < 1 || year > 9999 {
		return
	}
	year, month, day := t.Date()
	m.Year, m.Month, m.Day = year, int(month), day
}

// leapDay is the number of 1900-02-29, a day that Excel alone has, to be like Lotus 1-2-3.
const leapDay = 60

func (m *Moment) setExcelDay(n int) {
	if n < 1 || n == leapDay {
		return
	}
	if n < leapDay {
		n++
	}
	m.setDay(time.Date(1899, time.December, 30+n, 0, 0, 0, 0, time.UTC))
}
