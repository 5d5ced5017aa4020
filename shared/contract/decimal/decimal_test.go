package decimal_test

import (
	"strings"
	"testing"

	"github.com/cockroachdb/apd/v3"
	"pgregory.net/rapid"

	"acequia/shared/contract/decimal"
)

func TestAppend(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		text             string
		precision, scale int
		want             string
		fault            decimal.Fault
	}{
		{"12.5", 12, 2, "12.50", decimal.None},
		{"+0012", 12, 2, "12.00", decimal.None},
		{"-.5", 12, 2, "-0.50", decimal.None},
		{"7.", 12, 0, "7", decimal.None},
		{"-0.00", 12, 2, "0.00", decimal.None},
		{"12.5000", 12, 2, "12.50", decimal.None},
		{"5.0", 19, 0, "5", decimal.None},
		{"0.001", 3, 3, "0.001", decimal.None},
		{"1.001", 3, 3, "", decimal.TooLarge},
		{"12345678901.00", 12, 2, "", decimal.TooLarge},
		{"12.505", 12, 2, "", decimal.TooPrecise},
		{"007.50", 0, 0, "7.50", decimal.None},
		{"-0.0", 0, 0, "0.0", decimal.None},
		{strings.Repeat("9", decimal.MaxDigits), 0, 0, strings.Repeat("9", decimal.MaxDigits), decimal.None},
		{strings.Repeat("9", decimal.MaxDigits+1), 0, 0, "", decimal.OutOfBounds},
		{"", 12, 2, "", decimal.NotANumber},
		{".", 12, 2, "", decimal.NotANumber},
		{"-", 12, 2, "", decimal.NotANumber},
		{"1.2.3", 12, 2, "", decimal.NotANumber},
		{"1,234.00", 12, 2, "", decimal.NotANumber},
		{"1e3", 12, 2, "", decimal.NotANumber},
		{"--1", 12, 2, "", decimal.NotANumber},
		{"NaN", 12, 2, "", decimal.NotANumber},
		{"١٢", 12, 2, "", decimal.NotANumber},
	} {
		got, fault := decimal.Append(nil, []byte(tt.text), tt.precision, tt.scale)
		if string(got) != tt.want || fault != tt.fault {
			t.Errorf("%q as numeric(%d,%d) = %q, fault %d; want %q, fault %d",
				tt.text, tt.precision, tt.scale, got, fault, tt.want, tt.fault)
		}
	}
}

// Canonical texts compare as their values do, and canonical text of canonical text is itself.
func TestCompareOrdersByValue(t *testing.T) {
	t.Parallel()
	number := rapid.StringMatching(`[+-]?0{0,2}\d{1,12}(\.\d{0,6})?`)
	rapid.Check(t, func(t *rapid.T) {
		var texts [2][]byte
		var values [2]apd.Decimal
		for i := range texts {
			text, fault := decimal.Append(nil, []byte(number.Draw(t, "number")), 0, 0)
			if fault != decimal.None {
				t.Fatalf("fault %d", fault)
			}
			again, _ := decimal.Append(nil, text, 0, 0)
			if string(again) != string(text) {
				t.Fatalf("%q becomes %q", text, again)
			}
			texts[i] = text
			if _, _, err := values[i].SetString(string(text)); err != nil {
				t.Fatal(err)
			}
		}
		if got, want := decimal.Compare(texts[0], texts[1]), values[0].Cmp(&values[1]); got != want {
			t.Fatalf("%s against %s: %d, want %d", texts[0], texts[1], got, want)
		}
	})
}
