package grammar_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"acequia/shared/grammar"
	"acequia/shared/pipeline"
)

func TestConcatenatedJSON(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		file string
		want []string
	}{
		"nothing":              {"", nil},
		"space":                {" \r\n\t\r", nil},
		"nothing between":      {`{"a":1}{"b":2}{}`, []string{`0:1 "{\"a\":1}"`, `7:1 "{\"b\":2}"`, `14:1 "{}"`}},
		"lines":                {"{}\n{}\r\n{}\r{}\n", []string{`0:1 "{}"`, `3:2 "{}"`, `7:3 "{}"`, `10:4 "{}"`}},
		"pretty":               {"{\n  \"a\": 1\r\n}\r\n\n{\n}", []string{`0:1 "{\n  \"a\": 1\r\n}"`, `16:5 "{\n}"`}},
		"space around":         {" \t{} {}\t", []string{`2:1 "{}"`, `5:1 "{}"`}},
		"nested":               {`{"a":[{"b":[]}]}{}`, []string{`0:1 "{\"a\":[{\"b\":[]}]}"`, `16:1 "{}"`}},
		"brackets in a string": {`{"a":"}{"}{}`, []string{`0:1 "{\"a\":\"}{\"}"`, `10:1 "{}"`}},
		"escapes in a string":  {`{"a":"\"}\\"}{}`, []string{`0:1 "{\"a\":\"\\\"}\\\\\"}"`, `13:1 "{}"`}},

		"a comma between":        {"{},\n{}, {},{}", []string{`0:1 "{}"`, `2:1 ","`, `4:2 "{}"`, `6:2 ","`, `8:2 "{}"`, `10:2 ","`, `11:2 "{}"`}},
		"a brace too many":       {"{}}{}\n}\n", []string{`0:1 "{}"`, `2:1 "}"`, `3:1 "{}"`, `6:2 "}"`}},
		"several too many":       {"{}]},,} ]\n{}", []string{`0:1 "{}"`, `2:1 "]},,}"`, `8:1 "]"`, `10:2 "{}"`}},
		"an opening brace less":  {"\"a\": {\"b\": 1}}\n{}\n", []string{`0:1 "\"a\": {\"b\": 1}}"`, `15:2 "{}"`}},
		"one bracket of another": {`{"a":{"b":1]]{}`, []string{`0:1 "{\"a\":{\"b\":1]]"`, `13:1 "{}"`}},
		"garbage":                {"{} and so on {}\r\n{}\nnull \n{}\nx", []string{`0:1 "{}"`, `3:1 "and so on {}"`, `17:2 "{}"`, `20:3 "null"`, `26:4 "{}"`, `29:5 "x"`}},
		"an array":               {"{}[{\"a\":1},\n{}]{}", []string{`0:1 "{}"`, `2:1 "[{\"a\":1},\n{}]"`, `15:2 "{}"`}},
		"a text":                 {"\"{\"\n{}", []string{`0:1 "\"{\""`, `4:2 "{}"`}},
		"a line end in a string": {"{\"a\n}\"}{}", []string{`0:1 "{\"a\n}\"}"`, `7:2 "{}"`}},
		"too large": {
			`{"a":"` + strings.Repeat("x", 40) + `"}{}`,
			[]string{`0:1 "{\"a\":\"` + strings.Repeat("x", 40) + `\"}" too large, field 0, byte 40`, `48:1 "{}"`},
		},
		"too much garbage": {strings.Repeat("x", 41), []string{`0:1 "` + strings.Repeat("x", 41) + `" too large, field 0, byte 40`}},

		"cut off":                  {"{}\n{\"a\": \"x", []string{`0:1 "{}"`, `the file ends inside the JSON object that starts on line 2 (byte 3): it is cut off, or a quote or bracket is missing there; upload it whole`}},
		"cut off inside an escape": {`{"\`, []string{`the file ends inside the JSON object that starts on line 1 (byte 0): it is cut off, or a quote or bracket is missing there; upload it whole`}},
		"a brace less":             {"{\"a\":{}\n{}", []string{`the file ends inside the JSON object that starts on line 1 (byte 0): it is cut off, or a quote or bracket is missing there; upload it whole`}},
		"a quote less":             {"{\"a\":\"x}\n{}", []string{`the file ends inside the JSON object that starts on line 1 (byte 0): it is cut off, or a quote or bracket is missing there; upload it whole`}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s, err := grammar.NewConcatenatedJSON(pipeline.Layout{Format: pipeline.ConcatenatedJSON, MaxRecordBytes: 40}, 0, 1)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(test.want, told(s, test.file)); diff != "" {
				t.Errorf("%q (-want +got):\n%s", test.file, diff)
			}
		})
	}
}
