package expression

import (
	"testing"

	"github.com/cockroachdb/apd/v3"
	"pgregory.net/rapid"
)

// What the short way gives is what apd gives, to the last decimal, at the edges of what is short too.
func TestShortNumbersAreExact(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		texts := [2]string{}
		for i := range texts {
			texts[i] = rapid.StringMatching(`-?(0|[1-9][0-9]{0,17})(\.[0-9]{1,9})?`).Draw(t, "number")
		}
		decimals := rapid.Int32Range(0, 20).Draw(t, "decimals")
		for name, do := range map[string]func(n, a, b *number) error{
			"+": (*number).add, "-": (*number).subtract, "*": (*number).multiply, "/": (*number).divide,
			"round":    func(n, a, _ *number) error { return n.round(a, decimals) },
			"negate":   func(n, a, _ *number) error { n.negate(a); return nil },
			"absolute": func(n, a, _ *number) error { n.absolute(a); return nil },
		} {
			got, want := result(t, do, texts, false), result(t, do, texts, true)
			if got != want {
				t.Fatalf("%s %s %s (%d decimals) = %s, want %s", texts[0], name, texts[1], decimals, got, want)
			}
		}
		if got, want := order(t, texts, false), order(t, texts, true); got != want {
			t.Fatalf("%s compared with %s: %d, want %d", texts[0], texts[1], got, want)
		}
	})
}

// numbers reads the two, and makes them long if that is asked for.
func numbers(t *rapid.T, texts [2]string, long bool) *[2]number {
	var both [2]number
	for i := range both {
		if err := both[i].read([]byte(texts[i])); err != nil {
			t.Fatal(err)
		}
		if long {
			both[i].decimal()
			both[i].long = true
		}
	}
	return &both
}

// result computes with numbers that are short where they can be, or all long, and gives the text, of which -0 is 0.
func result(t *rapid.T, do func(n, a, b *number) error, texts [2]string, long bool) string {
	both := numbers(t, texts, long)
	var n number
	if err := do(&n, &both[0], &both[1]); err != nil {
		return err.Error()
	}
	if n.isZero() {
		d := n.decimal()
		return new(apd.Decimal).Abs(d).Text('f')
	}
	return string(n.append(nil))
}

func order(t *rapid.T, texts [2]string, long bool) int {
	both := numbers(t, texts, long)
	return both[0].compare(&both[1])
}
