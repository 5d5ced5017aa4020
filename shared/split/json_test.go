package split_test

import (
	"strings"
	"testing"

	"acequia/shared/contract"
	"acequia/shared/pipeline"
	"acequia/shared/split"
)

func TestProbeFindsTheKindOfJSON(t *testing.T) {
	t.Parallel()
	const array, lines, concatenated = pipeline.JSON, pipeline.NDJSON, pipeline.ConcatenatedJSON
	long := `{"a":"` + strings.Repeat("x", 1000)
	for name, test := range map[string]struct {
		head    string
		partial bool
		want    pipeline.Format
	}{
		"an array":                      {`[{"a":1}]`, false, array},
		"an array of lines":             {"[\n{\"a\":1},\n{\"a\":2}\n]", false, array},
		"a line":                        {"{\"a\":1}\n", false, lines},
		"a line without line end":       {`{"a":1}`, false, lines},
		"lines":                         {"{\"a\":\"}\"}\n{\"a\":2}\n", false, lines},
		"lines, and a part of one":      {"{\"a\":1}\n{\"a\":2}\n{\"a", true, lines},
		"lines, the last cut off":       {"{\"a\":1}\n{\"a\":2}\n{\"a", false, lines},
		"lines with space and CR":       {" {}\r\r {} \r{}", false, lines},
		"a faulty line":                 {"{\"a\":1}\n{\"a:2}\n{\"a\":3}\n{\"a\":4}\n", false, lines},
		"a faulty line at first":        {"{\"a:1}\n{\"a\":2}\n{\"a\":3}\n", false, lines},
		"a line that is no object":      {"{\"a\":1}\nnull\n{\"a\":3}\n", false, lines},
		"a first line past the head":    {long, true, concatenated},
		"one that fits, one that don't": {"{}\n" + long, true, lines},

		"an object":                     {"{\n  \"a\": 1\n}\n", false, concatenated},
		"an object past the head":       {"{\n  \"a\": [\n    {},\n    {\"b\": 1}\n", true, concatenated},
		"objects":                       {"{\n  \"a\": 1\n}\n{\n  \"a\": 2\n}\n", false, concatenated},
		"objects, the last cut off":     {"{\n  \"a\": 1\n}\n{\n  \"a\": 2\n", false, concatenated},
		"on one line":                   {`{"a":1}{"a":2}`, false, concatenated},
		"on one line, and a part":       {`{"a":1}{"a":2}{"a`, true, concatenated},
		"two on a line":                 {"{\"a\":1} {\"a\":2}\n{\"a\":3} {\"a\":4}\n", false, concatenated},
		"lines first, then over more":   {"{\"a\":1}\n{\n\"a\":2\n}\n{\n\"a\":3\n}\n", false, concatenated},
		"with a line that is an object": {"{\"a\": [\n{\"b\": 1}\n]}\n", false, concatenated},
		"nothing that is whole":         {"{a:1}\n{b:1}\n", false, concatenated},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			layout, err := split.Probe([]byte(test.head), !test.partial, contract.Source{Format: pipeline.JSON}, nil)
			if err != nil || layout.Format != test.want || strings.Join(layout.Detected, " ") != "format" {
				t.Errorf("%q is %s (%v, detected %q), want %s", test.head, layout.Format, err, layout.Detected, test.want)
			}
			// A contract that says lines is taken at its word.
			layout, err = split.Probe([]byte(test.head), !test.partial, contract.Source{Format: pipeline.NDJSON}, nil)
			if refused := test.want == array; refused != (err != nil) || !refused && (layout.Format != lines || layout.Detected != nil) {
				t.Errorf("%q as NDJSON: %v, %+v", test.head, err, layout)
			}
		})
	}
}
