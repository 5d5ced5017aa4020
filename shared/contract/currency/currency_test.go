package currency_test

import (
	"testing"

	"acequia/shared/contract/currency"
)

func TestKnown(t *testing.T) {
	t.Parallel()
	for code, want := range map[string]bool{
		"PEN": true, "USD": true, "EUR": true, "ZWG": true, "AED": true,
		"pen": false, "XXX": false, "XTS": false, "HRK": false, "": false, "PE": false, "PEN USD": false, "PENUSD": false, "ZZZ": false, "P\xffN": false, " ": false,
	} {
		if got := currency.Known([]byte(code)); got != want {
			t.Errorf("%q: %v", code, got)
		}
	}
}
