package decimal

import (
	"bytes"
	"strings"
	"unicode/utf8"
)

// Notation is how the numbers of a column are written. The zero Notation is a point before the decimals, and no more than that.
//
// In every notation a minus sign is one of
//
//	-12.50   −12.50 (U+2212)   (12.50)   12.50-   12.50−
//
// and never two of them; a plus sign may stand before a number. A currency sign stands before the number or behind it, inside or
// outside of its minus sign. There may be spaces between these, and around them.
type Notation struct {
	// Comma says that the decimal mark is a comma instead of a point.
	Comma bool
	// Thousands is the mark between groups of three digits before the decimal mark, which may be missing altogether: a comma, a
	// point, an apostrophe or a space. 0 is none. The last two have typographic forms, which are read as well.
	Thousands byte
	// Currencies are the signs that may stand beside a number, a longer one before its own beginning: S/. before S/.
	Currencies []string
	Percent    Percent
	// Scientific says that an exponent may follow, as in 1.5E+3.
	Scientific bool
}

// Percent says what a number with a percent sign is.
type Percent uint8

// What 12.5 % may be.
const (
	NoPercent Percent = iota // a fault
	Share                    // 0.125
	Points                   // 12.5
)

// Habit is a set of ways of writing that a plain number does without.
type Habit uint8

// The habits.
const (
	ThousandsMark Habit = 1 << iota
	CurrencySign
	PercentSign
	OddMinus // a minus sign other than - before the number
	Exponent
)

// Example gives a number in the notation, for a person: 1.250,50, or 1.250.
func (n *Notation) Example(decimals bool) string {
	mark, thousands := ".", ""
	if n.Comma {
		mark = ","
	}
	if n.Thousands != 0 {
		thousands = string([]byte{n.Thousands})
	}
	example := "1" + thousands + "250"
	if decimals {
		example += mark + "50"
	}
	return example
}

// Plain appends to dst the number in text as a minus sign, if it has one, digits, and a point if decimals follow: what Append
// reads. It tells which habits it found. On a fault dst is unchanged.
func (n *Notation) Plain(dst, text []byte) ([]byte, Habit, Fault) {
	w := written{notation: n, rest: text}
	exponent := 0
	if !isBare(text) {
		var ok bool
		if exponent, ok = w.peel(); !ok {
			return dst, 0, NotANumber
		}
	}
	var room [64]byte // Most numbers fit, so that this costs no allocation.
	digits, point, fault := w.digits(room[:0])
	switch {
	case fault != None:
		return dst, 0, fault
	case w.habits&PercentSign != 0 && n.Percent == NoPercent:
		return dst, 0, HasPercent
	case w.habits&Exponent != 0 && !n.Scientific:
		return dst, 0, HasExponent
	case w.habits&PercentSign != 0 && n.Percent == Share:
		exponent -= 2
	}
	if len(digits) > MaxDigits || exponent < -MaxDigits || exponent > MaxDigits {
		return dst, 0, OutOfBounds
	}
	if w.negative {
		dst = append(dst, '-')
	}
	return appendShifted(dst, digits, point+exponent), w.habits, None
}

// isBare tells whether a text has nothing around its digits and marks.
func isBare(text []byte) bool {
	for _, c := range text {
		if !isDigit(c) && c != '.' && c != ',' {
			return false
		}
	}
	return true
}

// appendShifted appends digits with a point behind the first so many of them, and zeros where there are not as many.
func appendShifted(dst, digits []byte, point int) []byte {
	if point <= 0 {
		dst = append(dst, "0."...)
		dst = appendZeros(dst, -point)
		return append(dst, digits...)
	}
	if point >= len(digits) {
		return appendZeros(append(dst, digits...), point-len(digits))
	}
	dst = append(append(dst, digits[:point]...), '.')
	return append(dst, digits[point:]...)
}

func appendZeros(dst []byte, count int) []byte {
	for range count {
		dst = append(dst, '0')
	}
	return dst
}

// scientific is how JSON and most programs write numbers.
var scientific = Notation{Scientific: true}

// Expand appends to dst the plain form of a number as JSON and most programs write it, with or without an exponent.
func Expand(dst, text []byte) ([]byte, Fault) {
	dst, _, fault := scientific.Plain(dst, text)
	return dst, fault
}

// digits appends the digits that are left, without their marks, to dst, and tells how many stand before the decimal mark.
func (w *written) digits(dst []byte) (digits []byte, point int, fault Fault) {
	mark := byte('.')
	if w.notation.Comma {
		mark = ','
	}
	whole, decimals := w.rest, []byte(nil)
	if i := bytes.IndexByte(w.rest, mark); i >= 0 {
		whole, decimals = w.rest[:i], w.rest[i+1:]
	}
	if dst, fault = w.whole(dst, whole); fault != None {
		return nil, 0, fault
	}
	point = len(dst)
	dst = append(dst, decimals...)
	// Without a digit in between, nobody can tell whose the point behind a currency sign is: that of S/. or that of .50.
	if len(dst) == 0 || point == 0 && w.beside || !areDigits(decimals) {
		return nil, 0, NotANumber
	}
	return dst, point, None
}

// whole appends the digits before the decimal mark.
func (w *written) whole(dst, text []byte) ([]byte, Fault) {
	run := 0 // how many digits stand behind the last mark
	grouped := false
	for i := 0; i < len(text); {
		if isDigit(text[i]) {
			dst = append(dst, text[i])
			run++
			i++
			continue
		}
		size := w.notation.thousandsMark(text[i:])
		switch {
		case size == 0:
			return dst, NotANumber
		case grouped && run != 3, !grouped && (run < 1 || run > 3 || text[0] == '0'):
			return dst, BadGroups
		}
		grouped, run = true, 0
		i += size
	}
	if grouped {
		w.habits |= ThousandsMark
		if run != 3 {
			return dst, BadGroups
		}
	}
	return dst, None
}

// thousandsMark gives the size of the mark that text begins with; 0 if there is none.
func (n *Notation) thousandsMark(text []byte) int {
	forms := ""
	switch {
	case n.Thousands == 0:
		return 0
	case text[0] == n.Thousands:
		return 1
	case n.Thousands == ' ':
		forms = spaces
	case n.Thousands == '\'':
		forms = "\u2019"
	}
	if r, size := utf8.DecodeRune(text); strings.ContainsRune(forms, r) {
		return size
	}
	return 0
}
