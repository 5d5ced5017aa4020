package nearest_test

import (
	"testing"

	"acequia/shared/contract/nearest"
)

func TestTo(t *testing.T) {
	t.Parallel()
	known := []string{"prefix", "format", "delimiter", "nullSpellings", "unknownColumns"}
	for name, want := range map[string]string{
		"prefx": "prefix", "nullSpeling": "nullSpellings", "unknownColumn": "unknownColumns", "Format": "format",
		"colour": "", "": "", "x": "",
	} {
		if got, _ := nearest.To(name, known); got != want {
			t.Errorf("%q: %q, want %q", name, got, want)
		}
	}
}
