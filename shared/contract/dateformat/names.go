package dateformat

import "bytes"

// monthNames holds the names of each month, English and Spanish.
var monthNames = [12][]string{
	{"january", "enero"},
	{"february", "febrero"},
	{"march", "marzo"},
	{"april", "abril"},
	{"may", "mayo"},
	{"june", "junio"},
	{"july", "julio"},
	{"august", "agosto"},
	{"september", "septiembre", "setiembre"},
	{"october", "octubre"},
	{"november", "noviembre"},
	{"december", "diciembre"},
}

// shortMonthNames are the same, cut.
var shortMonthNames = [12][]string{
	{"jan", "ene"},
	{"feb"},
	{"mar"},
	{"apr", "abr"},
	{"may"},
	{"jun"},
	{"jul"},
	{"aug", "ago"},
	{"sep", "sept", "set"},
	{"oct"},
	{"nov"},
	{"dec", "dic"},
}

// monthName reads the longest name that text begins with.
func monthName(text []byte, e *element) (month int, rest []byte, ok bool) {
	names := &monthNames
	if e.width == 3 {
		names = &shortMonthNames
	}
	size := 0
	for i, all := range names {
		for _, name := range all {
			if len(name) > size && hasPrefixFold(text, name) {
				month, size = i+1, len(name)
			}
		}
	}
	if size > 0 && e.dotted && size < len(text) && text[size] == '.' {
		size++
	}
	return month, text[size:], size > 0
}

// hasPrefixFold tells whether text begins with name, which is in small letters of ASCII, in letters of either size.
func hasPrefixFold(text []byte, name string) bool {
	if len(text) < len(name) {
		return false
	}
	for i := range len(name) {
		if c := text[i]; c != name[i] && (c|0x20 != name[i] || c < 'A' || c > 'Z') {
			return false
		}
	}
	return true
}

// half is a half of the day.
type half uint8

const (
	whole half = iota // hours go from 0 to 23
	morning
	afternoon
)

// halfOfDay reads AM or PM: with dots or without, and as Spanish has it with a space within.
func halfOfDay(text []byte) (h half, rest []byte, ok bool) {
	if len(text) == 0 {
		return whole, text, false
	}
	switch text[0] | 0x20 {
	case 'a':
		h = morning
	case 'p':
		h = afternoon
	default:
		return whole, text, false
	}
	rest = text[1:]
	dotted := bytes.HasPrefix(rest, []byte("."))
	if dotted {
		if rest, ok = literal(" ", rest[1:]); !ok {
			rest = text[2:]
		}
	}
	if len(rest) == 0 || rest[0]|0x20 != 'm' {
		return whole, text, false
	}
	rest = rest[1:]
	if dotted {
		rest, ok = bytes.CutPrefix(rest, []byte("."))
		return h, rest, ok
	}
	return h, rest, true
}

// settle makes an hour from 1 to 12 one from 0 to 23. It gives false if it was none of them.
func (m *Moment) settle() bool {
	if m.half == whole {
		return true
	}
	ok := 1 <= m.Hour && m.Hour <= 12
	m.Hour %= 12
	if m.half == afternoon {
		m.Hour += 12
	}
	m.half = whole
	return ok
}
