package dateformat

import (
	"fmt"
	"strconv"
	"time"
)

// Ambiguous finds a text that both formats read, as two different dates or times. None can tell which of them was meant.
//
// It tries what either format makes of a few moments in which each pair of digits differs from every other, and can stand for
// anything: for a month, a day, an hour, half of a year. If two formats read such a text in two ways, it comes to different dates.
func Ambiguous(f, g Format) (text string, ambiguous bool) {
	for _, m := range telling {
		for _, format := range []Format{f, g} {
			for _, text := range format.spellings(m) {
				a, outcomeA := f.Read([]byte(text))
				b, outcomeB := g.Read([]byte(text))
				if outcomeA == Read && outcomeB == Read && a != b {
					return text, true
				}
			}
		}
	}
	return "", false
}

// telling are the moments: days and months of one digit and of two; the year 910, whose halves can stand for anything; and years
// that tell yy from yyyy, and that a person knows.
var telling = func() (all []Moment) {
	for _, year := range []int{2026, 910, 1975, 1} {
		for _, month := range []int{12, 2} {
			for _, day := range []int{11, 1} {
				all = append(all, Moment{Year: year, Month: month, Day: day, Hour: 8, Minute: 7, Second: 6, Nanosecond: 50_000_000})
			}
		}
	}
	return all
}()

// spellings gives the ways to write a moment.
func (f Format) spellings(m Moment) []string { return spell([]string{""}, f.elements, m) }

// spell writes the elements behind every one of the texts.
func spell(before []string, elements []element, m Moment) []string {
	for _, e := range elements {
		var after []string
		if e.optional != nil {
			after = append(spell(before, e.optional, m), before...)
		} else {
			for _, text := range before {
				for _, way := range e.ways(m) {
					after = append(after, text+way)
				}
			}
		}
		before = after
	}
	return before
}

// ways gives the ways to write an element that is not optional.
func (e *element) ways(m Moment) []string {
	pad := func(n int) []string { return []string{fmt.Sprintf("%0*d", e.width, n)} }
	switch e.letter {
	case 0:
		return []string{e.literal}
	case 'y':
		if e.width == 2 {
			return pad(m.Year % 100)
		}
		return pad(m.Year)
	case 'M':
		switch e.width {
		case 3:
			return shortMonthNames[m.Month-1]
		case 4:
			return monthNames[m.Month-1]
		}
		return pad(m.Month)
	case 'd':
		return pad(m.Day)
	case 'H', 'h':
		return pad(m.Hour)
	case 'a':
		return []string{"am", "p. m."}
	case 'm':
		return pad(m.Minute)
	case 's':
		return pad(m.Second)
	case 'S':
		return []string{fmt.Sprintf("%09d", m.Nanosecond)[:e.width]}
	case fractionOfAnyWidth:
		return []string{"05"}
	case 'X':
		return []string{"Z", []string{"+03", "+0304", "+03:04"}[e.width-1], []string{"-03", "-0304", "-03:04"}[e.width-1]}
	default:
		return e.counts(m)
	}
}

// counts gives a moment as the number of seconds, milliseconds or days that it is.
func (e *element) counts(m Moment) []string {
	at, _ := m.In(time.UTC)
	switch e.letter {
	case epochSeconds:
		return []string{strconv.FormatInt(at.Unix(), 10)}
	case epochMilliseconds:
		return []string{strconv.FormatInt(at.UnixMilli(), 10)}
	default:
		day := time.Date(m.Year, time.Month(m.Month), m.Day, 0, 0, 0, 0, time.UTC).Unix() / (24 * 60 * 60)
		return []string{strconv.FormatInt(day+excelDayOfEpoch, 10)}
	}
}

// excelDayOfEpoch is the number of 1970-01-01.
const excelDayOfEpoch = 25569
