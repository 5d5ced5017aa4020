package decimal_test

import (
	"fmt"
	"regexp"
	"strings"
	"testing"

	"github.com/cockroachdb/apd/v3"
	"pgregory.net/rapid"

	"acequia/shared/contract/decimal"
)

func TestPlain(t *testing.T) {
	t.Parallel()
	point := decimal.Notation{}
	english := decimal.Notation{Thousands: ',', Currencies: []string{"$", "US$"}, Percent: decimal.Share}
	spanish := decimal.Notation{Comma: true, Thousands: '.', Currencies: []string{"€"}, Percent: decimal.Points, Scientific: true}
	french := decimal.Notation{Comma: true, Thousands: ' '}
	swiss := decimal.Notation{Thousands: '\''}
	peruvian := decimal.Notation{Currencies: []string{"S/.", "PEN", "S/"}}
	for _, tt := range []struct {
		notation decimal.Notation
		text     string
		want     string
		habits   decimal.Habit
		fault    decimal.Fault
	}{
		{point, "1250.50", "1250.50", 0, decimal.None},
		{point, "1.250", "1.250", 0, decimal.None},
		{point, "+7.", "7", 0, decimal.None},
		{point, "\u22127.5", "-7.5", decimal.OddMinus, decimal.None},
		{point, "(7.5)", "-7.5", decimal.OddMinus, decimal.None},
		{point, "( 7.5 )", "-7.5", decimal.OddMinus, decimal.None},
		{point, "7.5-", "-7.5", decimal.OddMinus, decimal.None},
		{point, "7.5 \u2212", "-7.5", decimal.OddMinus, decimal.None},
		{point, "- 7.5", "-7.5", 0, decimal.None},
		{point, "-7.5-", "", 0, decimal.NotANumber},
		{point, "(-7.5)", "", 0, decimal.NotANumber},
		{point, "-(7.5)", "", 0, decimal.NotANumber},
		{point, "((7.5))", "", 0, decimal.NotANumber},
		{point, "(7.5", "", 0, decimal.NotANumber},
		{point, "+-7.5", "", 0, decimal.NotANumber},
		{point, "7.5+", "", 0, decimal.NotANumber},
		{point, "\u20137.5", "", 0, decimal.NotANumber},
		{point, "1,250", "", 0, decimal.NotANumber},
		{point, "1 250", "", 0, decimal.NotANumber},
		{point, "$7.5", "", 0, decimal.NotANumber},
		{point, "7.5 %", "", 0, decimal.HasPercent},
		{point, "x %", "", 0, decimal.NotANumber},
		{point, "1.5E+3", "", 0, decimal.HasExponent},
		{point, "enero", "", 0, decimal.NotANumber},
		{point, "NaN", "", 0, decimal.NotANumber},
		{point, "Infinity", "", 0, decimal.NotANumber},
		{point, "0x1F", "", 0, decimal.NotANumber},
		{point, "1_000", "", 0, decimal.NotANumber},
		{point, "١٢", "", 0, decimal.NotANumber},
		{point, "", "", 0, decimal.NotANumber},
		{point, "()", "", 0, decimal.NotANumber},

		{english, "1,250.50", "1250.50", decimal.ThousandsMark, decimal.None},
		{english, "1250.50", "1250.50", 0, decimal.None},
		{english, "12,345,678", "12345678", decimal.ThousandsMark, decimal.None},
		{english, "0,123", "", 0, decimal.BadGroups},
		{english, "1,23,456", "", 0, decimal.BadGroups},
		{english, "1234,567", "", 0, decimal.BadGroups},
		{english, "1,234567", "", 0, decimal.BadGroups},
		{english, "1,,234", "", 0, decimal.BadGroups},
		{english, ",234", "", 0, decimal.BadGroups},
		{english, "1,", "", 0, decimal.BadGroups},
		{english, "12,50", "", 0, decimal.BadGroups},
		{english, "1.250,50", "", 0, decimal.NotANumber},
		{english, "1.234,567", "", 0, decimal.NotANumber},
		{english, "$7.5", "7.5", decimal.CurrencySign, decimal.None},
		{english, "US$ 7.5", "7.5", decimal.CurrencySign, decimal.None},
		{english, "$ (1,250.50)", "-1250.50", decimal.CurrencySign | decimal.OddMinus | decimal.ThousandsMark, decimal.None},
		{english, "($7)", "-7", decimal.CurrencySign | decimal.OddMinus, decimal.None},
		{english, "-$7", "-7", decimal.CurrencySign, decimal.None},
		{english, "$-7", "-7", decimal.CurrencySign, decimal.None},
		{english, "$$7", "", 0, decimal.NotANumber},
		{english, "$7$", "", 0, decimal.NotANumber},
		{english, "$7 %", "", 0, decimal.NotANumber},
		{english, "€7", "", 0, decimal.NotANumber},
		{english, "12.5%", "0.125", decimal.PercentSign, decimal.None},
		{english, "-150 %", "-1.50", decimal.PercentSign, decimal.None},
		{english, "(0.5%)", "-0.005", decimal.PercentSign | decimal.OddMinus, decimal.None},
		{english, "12.5", "12.5", 0, decimal.None},
		{english, "7%%", "", 0, decimal.NotANumber},

		{spanish, "1.250,50", "1250.50", decimal.ThousandsMark, decimal.None},
		{spanish, "1.250", "1250", decimal.ThousandsMark, decimal.None},
		{spanish, "12.50", "", 0, decimal.BadGroups},
		{spanish, "1.23.456", "", 0, decimal.BadGroups},
		{spanish, "-1.250,50 €", "-1250.50", decimal.ThousandsMark | decimal.CurrencySign, decimal.None},
		{spanish, "12,5\u00a0%", "12.5", decimal.PercentSign, decimal.None},
		{spanish, "1,23E+05", "123000", decimal.Exponent, decimal.None},
		{spanish, "1,5e-3", "0.0015", decimal.Exponent, decimal.None},
		{spanish, "1E", "", 0, decimal.NotANumber},
		{spanish, "1E5.", "", 0, decimal.NotANumber},
		{spanish, "E5", "", 0, decimal.NotANumber},
		{spanish, "1E1000", "1" + strings.Repeat("0", 1000), decimal.Exponent, decimal.None},
		{spanish, "1E1001", "", 0, decimal.OutOfBounds},
		{spanish, "1E-99999999999999999999", "", 0, decimal.OutOfBounds},

		{french, "1\u202f250,50", "1250.50", decimal.ThousandsMark, decimal.None},
		{french, "1 250\u00a0000", "1250000", decimal.ThousandsMark, decimal.None},
		{french, "1\u2009250", "1250", decimal.ThousandsMark, decimal.None},
		{french, "1  250", "", 0, decimal.BadGroups},
		{french, "1,250 000", "", 0, decimal.NotANumber},
		{swiss, "1'250.50", "1250.50", decimal.ThousandsMark, decimal.None},
		{swiss, "1\u2019250.50", "1250.50", decimal.ThousandsMark, decimal.None},

		{peruvian, "S/ 7.50", "7.50", decimal.CurrencySign, decimal.None},
		{peruvian, "S/.7.50", "7.50", decimal.CurrencySign, decimal.None},
		{peruvian, "S/..50", "", 0, decimal.NotANumber},
		{peruvian, "7.50 PEN", "7.50", decimal.CurrencySign, decimal.None},
		{decimal.Notation{Currencies: []string{"S/"}}, "S/.50", "", 0, decimal.NotANumber},
	} {
		got, habits, fault := tt.notation.Plain(nil, []byte(tt.text))
		if string(got) != tt.want || habits != tt.habits || fault != tt.fault {
			t.Errorf("%q as %s: %q, habits %b, fault %d; want %q, habits %b, fault %d",
				tt.text, tt.notation.Example(true), got, habits, fault, tt.want, tt.habits, tt.fault)
		}
	}
}

func TestExpand(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"12.5": "12.5", "-0": "-0", "1.50e1": "15.0", "2E+2": "200", "2e-2": "0.02", "1e400000": "", "NaN": "", "0x1p4": "",
	} {
		if got, fault := decimal.Expand(nil, []byte(text)); string(got) != want || (fault == decimal.None) != (want != "") {
			t.Errorf("%q: %q, fault %d", text, got, fault)
		}
	}
}

func drawNotation(t *rapid.T) decimal.Notation {
	n := decimal.Notation{
		Comma:      rapid.Bool().Draw(t, "comma"),
		Thousands:  rapid.SampledFrom([]byte{0, ',', '.', '\'', ' '}).Draw(t, "thousands"),
		Currencies: rapid.SampledFrom([][]string{nil, {"$"}, {"S/.", "S/", "€"}}).Draw(t, "currencies"),
		Percent:    rapid.SampledFrom([]decimal.Percent{decimal.NoPercent, decimal.Share, decimal.Points}).Draw(t, "percent"),
		Scientific: rapid.Bool().Draw(t, "scientific"),
	}
	if n.Comma && n.Thousands == ',' || !n.Comma && n.Thousands == '.' {
		n.Thousands = 0
	}
	return n
}

// write writes a number, given as sign and digits, as somebody might who keeps to the notation.
func write(t *rapid.T, n decimal.Notation, negative bool, whole, decimals string) string {
	mark, thousands := ".", []string{""}
	if n.Comma {
		mark = ","
	}
	switch n.Thousands {
	case 0:
	case ' ':
		thousands = append(thousands, " ", "\u00a0", "\u202f", "\u2009")
	case '\'':
		thousands = append(thousands, "'", "\u2019")
	default:
		thousands = append(thousands, string([]byte{n.Thousands}))
	}
	between := rapid.SampledFrom(thousands).Draw(t, "between")
	text := ""
	for len(whole) > 3 {
		text = between + whole[len(whole)-3:] + text
		whole = whole[:len(whole)-3]
	}
	text = whole + text
	if decimals != "" {
		text += mark + decimals
	}
	space := rapid.SampledFrom([]string{"", " ", "\u00a0"})
	beside := func(text string) string {
		if len(n.Currencies) == 0 {
			return text
		}
		sign := rapid.SampledFrom(append(n.Currencies, "")).Draw(t, "currency")
		if rapid.Bool().Draw(t, "before") {
			return sign + space.Draw(t, "space") + text
		}
		return text + space.Draw(t, "space") + sign
	}
	inside := rapid.Bool().Draw(t, "inside")
	if !inside {
		text = beside(text)
	}
	if negative {
		form := rapid.SampledFrom([]string{"-%s", "- %s", "\u2212%s", "(%s)", "( %s )", "%s-", "%s \u2212"}).Draw(t, "minus")
		text = fmt.Sprintf(form, text)
	}
	if inside {
		text = beside(text)
	}
	return text
}

// What is written in a notation is read in it as the number that was written.
func TestNumbersComeBackAsTheyWereWritten(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		n := drawNotation(t)
		negative := rapid.Bool().Draw(t, "negative")
		whole := rapid.StringMatching(`0|[1-9]\d{0,11}`).Draw(t, "whole")
		decimals := rapid.StringMatching(`\d{0,4}`).Draw(t, "decimals")
		want := whole
		if decimals != "" {
			want += "." + decimals
		}
		if negative {
			want = "-" + want
		}
		text := write(t, n, negative, whole, decimals)
		got, _, fault := n.Plain([]byte("before "), []byte(text))
		if fault != decimal.None || string(got) != "before "+want {
			t.Fatalf("%q as %s: %q, fault %d; want %q", text, n.Example(true), got, fault, want)
		}
	})
}

// reference gives the value of a number by a regular expression that says what the notation is, or nil.
func reference(n decimal.Notation, text string) *apd.Decimal {
	const space = `[ \x{a0}\x{202f}\x{2009}]*`
	mark, groups := `\.`, `\d*`
	if n.Comma {
		mark = `,`
	}
	switch n.Thousands {
	case 0:
	case ' ':
		groups += `|[1-9]\d{0,2}(?:[ \x{a0}\x{202f}\x{2009}]\d{3})+`
	case '\'':
		groups += `|[1-9]\d{0,2}(?:['\x{2019}]\d{3})+`
	default:
		groups += `|[1-9]\d{0,2}(?:\` + string([]byte{n.Thousands}) + `\d{3})+`
	}
	number := `(?:` + groups + `)(?:` + mark + `\d*)?`
	if n.Scientific {
		number += `(?:[eE][-+]?\d+)?`
	}
	signed := func(number string) string {
		return `(?:[-+\x{2212}]` + space + number + `|` + number + space + `[-\x{2212}]|\(` + space + number + space + `\))`
	}
	either := []string{number, signed(number)}
	var currencies []string
	for _, sign := range n.Currencies {
		currencies = append(currencies, regexp.QuoteMeta(sign))
	}
	for _, inner := range []string{number, signed(number)} {
		var beside []string
		if len(currencies) > 0 {
			currency := `(?:` + strings.Join(currencies, "|") + `)`
			beside = append(beside, currency+space+inner, inner+space+currency)
		}
		if n.Percent != decimal.NoPercent {
			beside = append(beside, inner+space+`%`)
		}
		for _, b := range beside {
			either = append(either, b)
			if inner == number {
				either = append(either, signed(b))
			}
		}
	}
	if !regexp.MustCompile(`^`+space+`(?:`+strings.Join(either, "|")+`)`+space+`$`).MatchString(text) ||
		besideMark(n, text, space+`[-+\x{2212}(]?`+space+mark) {
		return nil
	}
	return value(n, text)
}

// besideMark tells whether a decimal mark follows a currency sign, of which the longest counts.
func besideMark(n decimal.Notation, text, mark string) bool {
	for _, sign := range n.Currencies {
		text = strings.ReplaceAll(text, sign, "\x00")
	}
	return regexp.MustCompile(`\x00` + mark).MatchString(text)
}

// value gives the value of a text that is a number in the notation.
func value(n decimal.Notation, text string) *apd.Decimal {
	remove := []string{" ", "", "\u00a0", "", "\u202f", "", "\u2009", "", "'", "", "\u2019", "", "(", "-", ")", "", "\u2212", "-", "%", ""}
	for _, sign := range n.Currencies {
		remove = append(remove, sign, "")
	}
	if n.Comma {
		remove = append(remove, ".", "", ",", ".")
	} else {
		remove = append(remove, ",", "")
	}
	plain := strings.NewReplacer(remove...).Replace(text)
	if rest, ok := strings.CutSuffix(plain, "-"); ok {
		plain = "-" + rest
	}
	number, _, err := apd.NewFromString(plain)
	if err != nil {
		return nil
	}
	if strings.Contains(text, "%") && n.Percent == decimal.Share {
		number.Exponent -= 2
	}
	return number
}

// Whatever is not a number in the notation is not read as one, and what is has one value.
func TestANotationReadsNothingElse(t *testing.T) {
	t.Parallel()
	piece := rapid.OneOf(
		rapid.StringMatching(`\d{1,3}`), rapid.StringMatching(`\d{3}`),
		rapid.SampledFrom([]string{".", ",", " ", "'", "\u00a0", "\u2019", "-", "\u2212", "+", "(", ")", "$", "S/", "S/.", "€", "%", "E", "e-1", "x", "."}),
	)
	rapid.Check(t, func(t *rapid.T) {
		n := drawNotation(t)
		text := strings.Join(rapid.SliceOfN(piece, 1, 7).Draw(t, "pieces"), "")
		if rapid.Bool().Draw(t, "written") { // in another notation, or in the same
			text = write(t, drawNotation(t), rapid.Bool().Draw(t, "negative"), rapid.StringMatching(`\d{1,7}`).Draw(t, "whole"), rapid.StringMatching(`\d{0,3}`).Draw(t, "decimals"))
		}
		same(t, n, text)
	})
}

func same(t rapid.TB, n decimal.Notation, text string) {
	t.Helper()
	want := reference(n, text)
	got, _, fault := n.Plain(nil, []byte(text))
	switch {
	case fault == decimal.OutOfBounds:
	case (fault == decimal.None) != (want != nil):
		t.Fatalf("%q as %+v: %q, fault %d; the reference says %v", text, n, got, fault, want)
	case want != nil:
		if number, _, err := apd.NewFromString(string(got)); err != nil || number.Cmp(want) != 0 {
			t.Fatalf("%q as %+v: %q, the reference says %v", text, n, got, want)
		}
	}
}

// The short way says what the long one does.
func TestScaledIsWhatAppendSays(t *testing.T) {
	t.Parallel()
	text := rapid.OneOf(rapid.StringMatching(`-?(0|[1-9]\d{0,18})(\.\d{1,4})?`), rapid.StringMatching(`[-+0]?\d{0,3}[.,]?\d{0,3}-?`))
	rapid.Check(t, func(t *rapid.T) {
		number, scale := []byte(text.Draw(t, "text")), rapid.IntRange(0, 4).Draw(t, "scale")
		n, ok := decimal.Scaled(number, scale)
		canonical, fault := decimal.Append(nil, number, 100, scale)
		digits := strings.NewReplacer("-", "", ".", "").Replace(string(number))
		if want := fault == decimal.None && string(canonical) == string(number) && len(digits) <= 18; ok != want {
			t.Fatalf("%q with %d decimals: %v, want %v", number, scale, ok, want)
		}
		if want, _ := decimal.Canonical(strings.Replace(string(number), ".", "", 1)); ok && fmt.Sprint(n) != want {
			t.Fatalf("%q with %d decimals: %d, want %s", number, scale, n, want)
		}
	})
}

func FuzzPlain(f *testing.F) {
	for _, seed := range []string{"1250.50", "1.250,50", "(S/. 1 250)", "12,5 %", "-1,23E+05", "1\u202f250\u2212", "NaN", "0,123", "S/.50", "\xa0", "\xe2\x80"} {
		for kind := range uint8(4) {
			f.Add(seed, kind)
		}
	}
	notations := []decimal.Notation{
		{},
		{Comma: true, Thousands: '.', Currencies: []string{"€"}, Percent: decimal.Points, Scientific: true},
		{Thousands: ',', Currencies: []string{"S/.", "S/"}, Percent: decimal.Share},
		{Comma: true, Thousands: ' '},
	}
	f.Fuzz(func(t *testing.T, text string, kind uint8) {
		same(t, notations[kind%uint8(len(notations))], text)
	})
}

func BenchmarkPlain(b *testing.B) {
	for _, text := range []string{"1.250,50", "(1.250,50 €)", "303,26"} {
		b.Run(text, func(b *testing.B) {
			n, written, room := decimal.Notation{Comma: true, Thousands: '.', Currencies: []string{"€"}}, []byte(text), make([]byte, 0, 64)
			b.ReportAllocs()
			for b.Loop() {
				if _, _, fault := n.Plain(room, written); fault != decimal.None {
					b.Fatal(fault)
				}
			}
		})
	}
}
