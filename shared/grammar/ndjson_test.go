package grammar_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"acequia/shared/grammar"
	"acequia/shared/pipeline"
)

func TestNDJSON(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		file string
		want []string
	}{
		"nothing":               {"", nil},
		"LF":                    {"{\"a\":1}\n{\"b\":2}\n", []string{`0:1 "{\"a\":1}"`, `8:2 "{\"b\":2}"`}},
		"CR LF":                 {"{}\r\n{}\r\n", []string{`0:1 "{}"`, `4:2 "{}"`}},
		"CR alone":              {"{}\r{}\r", []string{`0:1 "{}"`, `3:2 "{}"`}},
		"mixed":                 {"{}\r{}\n{}\r\n{}", []string{`0:1 "{}"`, `3:2 "{}"`, `6:3 "{}"`, `10:4 "{}"`}},
		"no last line end":      {"{}\n1", []string{`0:1 "{}"`, `3:2 "1"`}},
		"blank lines":           {"\n \t\r\n{}\n\n\r\r{}\n \n", []string{`5:3 "{}"`, `11:7 "{}"`}},
		"space around":          {" \t{} \n\t{}\t\r\n{}  ", []string{`2:1 "{}"`, `7:2 "{}"`, `12:3 "{}"`}},
		"space inside":          {"{ \"a\" :\t1 }\n", []string{`0:1 "{ \"a\" :\t1 }"`}},
		"two on a line":         {"{} {}\n{}\n", []string{`0:1 "{} {}"`, `6:2 "{}"`}},
		"an object over lines":  {"{\n\"a\": 1\n}\n{}\n", []string{`0:1 "{"`, `2:2 "\"a\": 1"`, `9:3 "}"`, `11:4 "{}"`}},
		"a quote not closed":    {"{\"a\n{}\n", []string{`0:1 "{\"a"`, `4:2 "{}"`}},
		"a bracket not closed":  {"{[\n{}\n", []string{`0:1 "{["`, `3:2 "{}"`}},
		"no JSON at all":        {"{}\nhello, world\n{}\n", []string{`0:1 "{}"`, `3:2 "hello, world"`, `16:3 "{}"`}},
		"other space is a line": {"\v\n\u00a0\n", []string{`0:1 "\v"`, `2:2 "\u00a0"`}},
		"cut off":               {"{}\n{\"a\": \"x", []string{`0:1 "{}"`, `3:2 "{\"a\": \"x"`}},
		"just fits":             {strings.Repeat("x", 40) + "  \n1", []string{`0:1 "` + strings.Repeat("x", 40) + `"`, `43:2 "1"`}},
		"too large": {
			strings.Repeat("x", 41) + "\n1",
			[]string{`0:1 "` + strings.Repeat("x", 41) + `" too large, field 0, byte 40`, `42:2 "1"`},
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s, err := grammar.NewNDJSON(pipeline.Layout{Format: pipeline.NDJSON, MaxRecordBytes: 40}, 0, 1)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(test.want, told(s, test.file)); diff != "" {
				t.Errorf("%q (-want +got):\n%s", test.file, diff)
			}
		})
	}
}
