package grammar_test

import (
	"errors"
	"io"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"acequia/shared/grammar"
	"acequia/shared/pipeline"
)

// told gives the records of the file, and what refuses it.
func told(s scanner, file string) []string {
	var records []string
	for rest := []byte(file); ; {
		r, err := s.Next(rest, true)
		if errors.Is(err, io.EOF) {
			return records
		}
		if err != nil {
			return append(records, err.Error())
		}
		records = append(records, show(r, string(rest[r.Start:r.End])))
		rest = rest[r.Next:]
	}
}

func TestJSON(t *testing.T) {
	t.Parallel()
	const empty = " empty, field 0, byte 0"
	for name, test := range map[string]struct {
		file string
		want []string
	}{
		"empty":                {"[]", nil},
		"empty with space":     {"[ \r\n\t]\n", nil},
		"one line":             {`[{"a":1},{"b":2}]`, []string{`1:1 "{\"a\":1}"`, `9:1 "{\"b\":2}"`}},
		"pretty":               {"[\n  {\n    \"a\": 1\n  },\r\n  {}\n]\n", []string{`4:2 "{\n    \"a\": 1\n  }"`, `25:5 "{}"`}},
		"space around":         {"[ {} ,\r{} ]", []string{`2:1 "{}"`, `7:2 "{}"`}},
		"nested":               {`[{"a":[{"b":[]}]},{}]`, []string{`1:1 "{\"a\":[{\"b\":[]}]}"`, `18:1 "{}"`}},
		"brackets in a string": {`[{"a":"]},["},{}]`, []string{`1:1 "{\"a\":\"]},[\"}"`, `14:1 "{}"`}},
		"escapes in a string":  {`[{"a":"\"]\\"},{}]`, []string{`1:1 "{\"a\":\"\\\"]\\\\\"}"`, `15:1 "{}"`}},
		"other elements":       {`[1, "x,", null ,[2,3],tru e]`, []string{`1:1 "1"`, `4:1 "\"x,\""`, `10:1 "null"`, `16:1 "[2,3]"`, `22:1 "tru e"`}},

		"two commas":             {"[{},,{}]", []string{`1:1 "{}"`, `4:1 ""` + empty, `5:1 "{}"`}},
		"a comma at the end":     {"[{},\n]", []string{`1:1 "{}"`, `5:2 ""` + empty}},
		"a comma at the start":   {"[,{}]", []string{`1:1 ""` + empty, `2:1 "{}"`}},
		"a comma alone":          {"[,]", []string{`1:1 ""` + empty, `2:1 ""` + empty}},
		"no comma":               {"[{} {}]", []string{`1:1 "{} {}"`}},
		"a brace too many":       {"[{}},{}]", []string{`1:1 "{}}"`, `5:1 "{}"`}},
		"brackets in no order":   {`[{"a":[1}],{}]`, []string{`1:1 "{\"a\":[1}]"`, `11:1 "{}"`}},
		"a line end in a string": {"[\"a\n],\",{}]", []string{`1:1 "\"a\n],\""`, `8:2 "{}"`}},
		"a quote not closed": {
			"[{},\n{\"a: 1},\n{}]",
			[]string{`1:1 "{}"`, `the JSON array ends inside the record that starts on line 2 (byte 5): the file is cut off, or a quote or bracket is missing there; upload it whole`},
		},
		"too large": {
			`[{"a":"` + strings.Repeat("x", 40) + `"},{}]`,
			[]string{`1:1 "{\"a\":\"` + strings.Repeat("x", 40) + `\"}" too large, field 0, byte 40`, `50:1 "{}"`},
		},

		"cut off at once":           {"[", []string{`the JSON array is not closed: the file ends on line 1 (byte 1) without a "]"; it is cut off: upload it whole`}},
		"cut off between":           {"[{}, \n", []string{`1:1 "{}"`, `the JSON array is not closed: the file ends on line 2 (byte 6) without a "]"; it is cut off: upload it whole`}},
		"cut off behind an element": {"[{}", []string{`the JSON array ends inside the record that starts on line 1 (byte 1): the file is cut off, or a quote or bracket is missing there; upload it whole`}},
		"cut off inside an element": {"[{},\n{\"a\": \"x", []string{`1:1 "{}"`, `the JSON array ends inside the record that starts on line 2 (byte 5): the file is cut off, or a quote or bracket is missing there; upload it whole`}},
		"cut off inside an escape":  {`["\`, []string{`the JSON array ends inside the record that starts on line 1 (byte 1): the file is cut off, or a quote or bracket is missing there; upload it whole`}},
		"more behind it":            {"[{}]\n[]", []string{`1:1 "{}"`, `the JSON array ends before line 2 (byte 5), but the file goes on; upload one array a file`}},
		"more behind nothing":       {"[]{}", []string{`the JSON array ends before line 1 (byte 2), but the file goes on; upload one array a file`}},
		"a bracket too many":        {"[{}]]", []string{`1:1 "{}"`, `the JSON array ends before line 1 (byte 4), but the file goes on; upload one array a file`}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s, err := grammar.NewJSON(pipeline.Layout{Format: pipeline.JSON, BodyStart: 1, MaxRecordBytes: 40}, 1, 1)
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(test.want, told(s, test.file[1:])); diff != "" {
				t.Errorf("%q (-want +got):\n%s", test.file, diff)
			}
		})
	}
}
