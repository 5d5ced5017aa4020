package dateformat

import "encoding/binary"

// places says where the parts of a date stand, in a format in which each has its place, such as dd/MM/yyyy.
type places struct {
	size             int // 0: it is no such format
	year, month, day int
	literals         []char
}

// char is a character that stands at its place.
type char struct {
	at   int
	char byte
}

func placesOf(elements []element) places {
	var p places
	size := 0
	for i, e := range elements {
		switch {
		case e.letter == 'y' && e.width == 4:
			p.year = size
		case e.letter == 'M' && e.width == 2:
			p.month = size
		case e.letter == 'd' && e.width == 2:
			p.day = size
		case len(e.literal) == 1:
			p.literals = append(p.literals, char{at: size, char: e.literal[0]})
		default:
			return places{}
		}
		for _, other := range elements[:i] {
			if e.letter != 0 && other.letter == e.letter {
				return places{}
			}
		}
		size += max(e.width, len(e.literal))
	}
	p.size = size
	return p
}

// Day reads a date in a format in which every part has its place, as a number: 2026-11-24 is 20261124. It gives false for all
// other formats and texts, some of which Read may know.
func (f *Format) Day(text []byte) (day int, ok bool) {
	p := &f.places
	if p.size == 0 || len(text) != p.size {
		return 0, false
	}
	for _, l := range p.literals {
		if text[l.at] != l.char {
			return 0, false
		}
	}
	year := 100*twoDigits(text, p.year) + twoDigits(text, p.year+2)
	return dayOf(year, twoDigits(text, p.month), twoDigits(text, p.day))
}

// ISODay is Day for ISODate. It looks at all digits at once: the exclusive or leaves of each its number, and of a hyphen nothing.
func ISODay(text []byte) (day int, ok bool) {
	if len(text) != len("2026-11-24") {
		return 0, false
	}
	const zeros, hyphens, beyondNine = 0x2d30302d30303030, 0xff0000ff00000000, 0x7676767676767676
	word := binary.LittleEndian.Uint64(text) ^ zeros
	tens, ones := text[8]-'0', text[9]-'0'
	if word&hyphens != 0 || (word|(word+beyondNine))&^0x7f7f7f7f7f7f7f7f != 0 || tens > 9 || ones > 9 {
		return 0, false
	}
	pairs := 10*word + word>>8
	return dayOf(100*int(byte(pairs))+int(byte(pairs>>16)), int(byte(pairs>>40)), 10*int(tens)+int(ones))
}

// dayOf makes a day's number, if there is such a day.
func dayOf(year, month, day int) (n int, ok bool) {
	ok = year >= 1 && year <= 9999 && month >= 1 && month <= 12 && day >= 1 && (day <= 28 || day <= daysIn(year, month))
	return 10_000*year + 100*month + day, ok
}

// IsCanonical tells whether a text that Day has read is canonical as it is.
func (f *Format) IsCanonical() bool { return f.pattern == ISODate.pattern || f.pattern == "uuuu-MM-dd" }

// noDigits is more than two digits can say.
const noDigits = 10_000

// twoDigits reads the two digits at a place.
func twoDigits(text []byte, at int) int {
	tens, ones := text[at]-'0', text[at+1]-'0'
	if tens > 9 || ones > 9 {
		return noDigits
	}
	return 10*int(tens) + int(ones)
}

// IsCanonicalUTC tells whether a text is a time in UTC in canonical form: 2026-11-24T10:00:00Z, or with a fraction of at most six
// digits, the last of which is not 0.
func IsCanonicalUTC(text []byte) bool {
	const size = len("2026-11-24T10:00:00Z")
	n := len(text)
	if n < size || n > size+len(".123456") || text[10] != 'T' || text[13] != ':' || text[16] != ':' || text[n-1] != 'Z' {
		return false
	}
	if _, ok := ISODay(text[:10]); !ok || twoDigits(text, 11) > 23 || twoDigits(text, 14) > 59 || twoDigits(text, 17) > 59 {
		return false
	}
	if n == size {
		return true
	}
	fraction := text[size-1 : n-1]
	_, rest, ok := number(fraction[1:], 1, 6)
	return ok && fraction[0] == '.' && len(rest) == 0 && fraction[len(fraction)-1] != '0'
}
