package decimal

import "bytes"

// spaces are those that people and spreadsheets put into numbers: the plain, the no-break, the narrow and the thin one.
const spaces = " \u00a0\u202f\u2009"

// minuses are the two that nobody uses for anything else before a digit.
var minuses = []string{"-", "\u2212"}

func trimSpaces(text []byte) []byte {
	if n := len(text); n == 0 || isGraphic(text[0]) && isGraphic(text[n-1]) {
		return text
	}
	return bytes.Trim(text, spaces)
}

func isGraphic(c byte) bool { return ' ' < c && c <= '~' }

// written is a number that is taken apart from its ends.
type written struct {
	notation *Notation
	rest     []byte
	signed   bool
	negative bool
	beside   bool // a currency sign stood before it
	habits   Habit
}

// peel takes off what stands around the digits, and gives the exponent.
func (w *written) peel() (exponent int, ok bool) {
	w.rest = trimSpaces(w.rest)
	w.takeSign()
	w.takeCurrency()
	w.takePercent()
	if !w.signed {
		w.takeSign()
	}
	return w.takeExponent()
}

// takeSign takes the sign off, which is one of several forms.
func (w *written) takeSign() {
	inner, ok := bytes.CutPrefix(w.rest, []byte("("))
	if ok {
		inner, ok = bytes.CutSuffix(inner, []byte(")"))
	}
	plus := len(w.rest) > 0 && w.rest[0] == '+'
	switch {
	case ok:
		w.habits |= OddMinus
	case plus:
		inner, ok = w.rest[1:], true
	default:
		inner, ok = w.minus()
	}
	if ok {
		w.rest, w.signed, w.negative = trimSpaces(inner), true, !plus
	}
}

func (w *written) minus() (rest []byte, ok bool) {
	for i, minus := range minuses {
		if rest, ok := bytes.CutPrefix(w.rest, []byte(minus)); ok {
			if i > 0 {
				w.habits |= OddMinus
			}
			return rest, true
		}
		if rest, ok := bytes.CutSuffix(w.rest, []byte(minus)); ok {
			w.habits |= OddMinus
			return rest, true
		}
	}
	return w.rest, false
}

func (w *written) takeCurrency() {
	for _, sign := range w.notation.Currencies {
		rest, before := bytes.CutPrefix(w.rest, []byte(sign))
		behind := false
		if !before {
			rest, behind = bytes.CutSuffix(w.rest, []byte(sign))
		}
		if before || behind {
			w.rest, w.beside = trimSpaces(rest), before
			w.habits |= CurrencySign
			return
		}
	}
}

func (w *written) takePercent() {
	if rest, ok := bytes.CutSuffix(w.rest, []byte("%")); ok && w.habits&CurrencySign == 0 {
		w.rest = trimSpaces(rest)
		w.habits |= PercentSign
	}
}

// takeExponent takes the exponent off, and gives false where there is something else behind an E.
func (w *written) takeExponent() (exponent int, ok bool) {
	at := bytes.IndexAny(w.rest, "eE")
	if at < 0 {
		return 0, true
	}
	w.habits |= Exponent
	text := w.rest[at+1:]
	w.rest = w.rest[:at]
	negative := bytes.HasPrefix(text, []byte("-"))
	if negative || bytes.HasPrefix(text, []byte("+")) {
		text = text[1:]
	}
	for _, c := range text {
		exponent = min(10*exponent+int(c-'0'), farBeyond)
	}
	if negative {
		exponent = -exponent
	}
	return exponent, len(text) > 0 && areDigits(text)
}

// farBeyond is an exponent that no number has, which more digits of it do not change.
const farBeyond = 1 << 20
