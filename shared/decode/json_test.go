package decode_test

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"acequia/shared/pipeline"
)

func TestJSON(t *testing.T) {
	t.Parallel()
	sources := []string{"a", "$.b.c", "$.d[1].e", "$['f.g']", "b"}
	for name, test := range map[string]struct {
		element   string
		fields    []string
		malformed string
	}{
		"nothing":          {`{}`, []string{"-", "-", "-", "-", "-"}, ""},
		"all":              {`{"f.g":4,"a":"x","b":{"c":2},"d":[0,{"e":3}]}`, []string{"'x", "=2", "=3", "=4", `~{"c":2}`}, ""},
		"null":             {`{"a":null,"b":null}`, []string{"null", "-", "-", "-", "null"}, ""},
		"words":            {`{"a":true,"b":{"c":false}}`, []string{"=true", "=false", "-", "-", `~{"c":false}`}, ""},
		"numbers":          {`{"a":-0.50e+07,"b":{"c":1E400}}`, []string{"=-0.50e+07", "=1E400", "-", "-", `~{"c":1E400}`}, ""},
		"nested":           {`{"a":{ "x" : [1, 2] },"b":[]}`, []string{`~{ "x" : [1, 2] }`, "-", "-", "-", "~[]"}, ""},
		"escapes":          {`{"a":"\"\\\/\b\f\n\r\t\u00f1\ud83d\ude00x"}`, []string{"'\"\\/\b\f\n\r\tñ😀x", "-", "-", "-", "-"}, ""},
		"escapes, twice":   {`{"a":"\u0041","b":{"c":"\u0042"}}`, []string{"'A", "'B", "-", "-", `~{"c":"\u0042"}`}, ""},
		"an escaped name":  {`{"\u0061":1}`, []string{"=1", "-", "-", "-", "-"}, ""},
		"an empty text":    {`{"a":""}`, []string{"'", "-", "-", "-", "-"}, ""},
		"spread out":       {"{\n\t\"a\" :\r\n 1 ,\n\"b\":\n{ } }", []string{"=1", "-", "-", "-", "~{ }"}, ""},
		"other kinds":      {`{"b":[{"c":1}],"d":{"1":{"e":2}}}`, []string{"-", "-", "-", "-", `~[{"c":1}]`}, ""},
		"a short array":    {`{"d":[{"e":1}]}`, []string{"-", "-", "-", "-", "-"}, ""},
		"unasked, twice":   {`{"x":1,"x":2,"a":{"y":1,"y":2}}`, []string{`~{"y":1,"y":2}`, "-", "-", "-", "-"}, ""},
		"the deepest":      {`{"a":` + strings.Repeat("[", 511) + strings.Repeat("]", 511) + "}", []string{"~" + strings.Repeat("[", 511) + strings.Repeat("]", 511), "-", "-", "-", "-"}, ""},
		"too deep":         {`{"a":` + strings.Repeat("[", 512) + strings.Repeat("]", 512) + "}", nil, "json: nests deeper than 512 at byte 517"},
		"a number":         {`1`, nil, "json: a record must be an object, { … }, and this is none"},
		"an array":         {`[{"a":1}]`, nil, "json: a record must be an object, { … }, and this is none"},
		"no comma":         {`{} {}`, nil, "json: is not valid JSON at byte 4: a comma must follow the record"},
		"no value":         {`{"a":}`, nil, "json: is not valid JSON at byte 6: a value must stand there"},
		"no colon":         {`{"a" 1}`, nil, "json: is not valid JSON at byte 6: a colon must stand there"},
		"no name":          {`{a:1}`, nil, "json: is not valid JSON at byte 2: the name of a member must stand there, in double quotes"},
		"a comma too many": {`{"a":1,}`, nil, "json: is not valid JSON at byte 8: the name of a member must stand there, in double quotes"},
		"an item too few":  {`{"a":[1,]}`, nil, "json: is not valid JSON at byte 9: a value must stand there"},
		"no comma inside":  {`{"a":1 "b":2}`, nil, "json: is not valid JSON at byte 8: a comma or '}' must stand there"},
		"a word":           {`{"a":nul}`, nil, "json: is not valid JSON at byte 6: a value must stand there"},
		"a leading zero":   {`{"a":01}`, nil, "json: is not valid JSON at byte 7: a comma or '}' must stand there"},
		"a leading plus":   {`{"a":+1}`, nil, "json: is not valid JSON at byte 6: a value must stand there"},
		"no fraction":      {`{"a":1.}`, nil, "json: is not valid JSON at byte 8: a digit must stand there"},
		"no exponent":      {`{"a":1e}`, nil, "json: is not valid JSON at byte 8: a digit must stand there"},
		"a line end":       {"{\"a\":\"x\ny\"}", nil, "json: is not valid JSON at byte 8: a line end or control character in a string must be escaped; or is a quote missing?"},
		"no such escape":   {`{"a":"\x"}`, nil, "json: is not valid JSON at byte 7: a backslash stands before what it cannot escape"},
		"no hexadecimal":   {`{"a":"\u00g1"}`, nil, "json: is not valid JSON at byte 7: a backslash stands before what it cannot escape"},
		"twice":            {`{"a":1,"a":2}`, nil, `json: holds the member "a" twice, the second time at byte 8`},
		"twice on the way": {`{"b":{"c":1},"x":0,"b":{}}`, nil, `json: holds the member "b" twice, the second time at byte 20`},
		"twice, escaped":   {`{"a":1,"\u0061":2}`, nil, `json: holds the member "a" twice, the second time at byte 8`},
		"half a pair":      {`{"x":"\ud83d"}`, nil, "encoding: byte 7 begins half of a surrogate pair, which is no character"},
		"the other half":   {`{"x":"\ude00"}`, nil, "encoding: byte 7 begins half of a surrogate pair, which is no character"},
		"two first halves": {`{"x":"\ud83d\ud83d"}`, nil, "encoding: byte 7 begins half of a surrogate pair, which is no character"},
		"escaped NUL":      {`{"x":{"y":"\u0000"}}`, nil, `encoding: byte 12 begins \u0000, which is NUL and which no text holds`},
		"NUL":              {"{\"a\":\"\x00\"}", nil, "encoding: byte 7 is NUL, which no text holds"},
		"not UTF-8":        {"{\"a\":\"\xff\"}", nil, "encoding: byte 7 (0xff) is not UTF-8; save the file as UTF-8, or name its encoding in the contract"},
		"too large":        {`{"a":"` + strings.Repeat("x", 2000) + `"}`, nil, "size: the record is larger than 2000 bytes"},
		"empty":            {``, nil, "json: a comma is one too many, or the record before or after it is missing"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			file := "[" + test.element + ",{}]"
			layout := jsonLayout(t, file)
			layout.MaxRecordBytes = 2000
			got := whole(t, file, layout, sources)
			if len(got) != 2 || got[0].Raw != test.element || got[1].Malformed != "" {
				t.Fatalf("%d records: %+v", len(got), got)
			}
			if diff := cmp.Diff(test.fields, got[0].Fields); diff != "" {
				t.Errorf("fields (-want +got):\n%s", diff)
			}
			if got[0].Malformed != test.malformed {
				t.Errorf("malformed = %s\nwant        %s", got[0].Malformed, test.malformed)
			}
		})
	}
}

// Who decodes an array that is cut off, without a walk to refuse it, is told.
func TestAnArrayThatIsCutOff(t *testing.T) {
	t.Parallel()
	got := whole(t, `[{},{"a"`, pipeline.Layout{Format: pipeline.JSON, BodyStart: 1, BodyLine: 1}, nil)
	want := "json: the JSON array ends inside the record that starts on line 1 (byte 4): the file is cut off, or a quote or bracket is missing there; upload it whole"
	if len(got) != 2 || got[1].Malformed != want || got[1].Raw != `{"a"` {
		t.Errorf("got %+v", got)
	}
}

// A record is sound if encoding/json takes it for a valid object, but for what Postgres cannot store and for members that
// stand there twice; and its values are the same.
func TestJSONAgreesWithTheStandardLibrary(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		element := rapid.OneOf(
			rapid.Custom(func(t *rapid.T) string {
				return "{" + draw(t, 20, `"a"`, `"a":`, `"b":`, "{", "}", "[", "]", ",", ":", `"`, "1", "-", ".5", "e1", "0", "true", "null", " ", `\`, "ñ", "\t") + "}"
			}),
			rapid.Custom(func(t *rapid.T) string {
				return `{"a":"` + draw(t, 20, `\n`, `\"`, `\u00`, "e9", `\ud83d`, `\ude00`, `\/`, `\`, "x", "ñ", "\x1f", "u", "0041") + `"}`
			}),
		).Draw(t, "element")
		checkSameJSON(t, element)
	})
}

func checkSameJSON(t tester, element string) {
	t.Helper()
	layout := pipeline.Layout{Format: pipeline.JSON, BodyStart: 1, BodyLine: 1}
	got := whole(t, "["+element+"]", layout, []string{"a"})
	if len(got) != 1 || got[0].Raw != element {
		return // What stands between brackets is not one element.
	}
	valid := json.Valid([]byte(element)) && element[0] == '{'
	switch rule, _, _ := strings.Cut(got[0].Malformed, ":"); {
	case rule == "encoding" || rule == "size" || strings.Contains(got[0].Malformed, "twice") || strings.Contains(got[0].Malformed, "deeper"):
		return
	case valid != (rule == ""):
		t.Fatalf("%q is valid: %t, but malformed: %s", element, valid, got[0].Malformed)
	case !valid:
		return
	}
	var want struct {
		A json.RawMessage `json:"a"`
	}
	members := map[string]json.RawMessage{}
	if err := json.Unmarshal([]byte(element), &members); err != nil {
		t.Fatal(err)
	}
	want.A = members["a"]
	field := got[0].Fields[0]
	switch {
	case want.A == nil && field == "-", string(want.A) == "null" && field == "null":
	case want.A == nil:
		t.Fatalf("%q has no member a, but decode gives %q", element, field)
	case want.A[0] == '"':
		var text string
		if err := json.Unmarshal(want.A, &text); err != nil || field != "'"+text {
			t.Fatalf("%q: a is %q, decode gives %q (%v)", element, text, field, err)
		}
	case field[1:] != string(want.A):
		t.Fatalf("%q: a is %s, decode gives %q", element, want.A, field)
	}
}
