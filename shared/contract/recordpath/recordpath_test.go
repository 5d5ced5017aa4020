package recordpath_test

import (
	"fmt"
	"testing"

	"acequia/shared/contract/recordpath"
)

func TestParse(t *testing.T) {
	t.Parallel()
	for _, test := range []struct{ source, want string }{
		{"city", "[.city]"},
		{"$", "[.$]"},
		{"$price", "[.$price]"},
		{"$.city", "[.city]"},
		{"$.address.city", "[.address .city]"},
		{"$.tags[0]", "[.tags [0]]"},
		{"$[2][10].x", "[[2] [10] .x]"},
		{"$['odd.name[0]'].x", "[.odd.name[0] .x]"},
		{"$.año", "[.año]"},
	} {
		if got, err := recordpath.Parse(test.source); err != nil || fmt.Sprint(got) != test.want {
			t.Errorf("Parse(%q) = %v, %v; want %s", test.source, got, err, test.want)
		}
	}
}

func TestWhatIsNoPath(t *testing.T) {
	t.Parallel()
	for source, want := range map[string]string{
		"$.":           `a name is missing at "."`,
		"$..city":      `a name is missing at "..city"`,
		"$.a.[0]":      `a name is missing at ".[0]"`,
		"$.items.*":    `the name "*" is written ['*']`,
		"$.unit price": `the name "unit price" is written ['unit price']`,
		"$.tags[]":     `"[]" is no index, such as [0]`,
		"$.tags[-1]":   `"[-1]" is no index, such as [0]`,
		"$.tags[0":     `"[0" is no index, such as [0]`,
		"$.tags[0]x":   `"x" follows neither a dot nor a bracket`,
		"$['odd.name":  `"['odd.name" lacks a name or its "']"`,
		"$['']":        `"['']" lacks a name or its "']"`,
		"$['a']['b'].": `a name is missing at "."`,
	} {
		if got, err := recordpath.Parse(source); err == nil || err.Error() != want {
			t.Errorf("Parse(%q) = %v, %v; want %s", source, got, err, want)
		}
	}
}
