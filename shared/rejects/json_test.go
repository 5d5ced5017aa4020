package rejects_test

import (
	"testing"

	"acequia/shared/charset"
	"acequia/shared/pipeline"
	"acequia/shared/rejects"
)

func TestJSON(t *testing.T) {
	t.Parallel()
	records := [][]string{
		{`{"a":1}`, "a is <odd>", "and \"more\"\n"},
		{"{\n  \"a\": [1,\n2] }", "x"},
		{"{ }", "empty"},
		{`{"a":1,"b":}`, "not valid"},
		{`[1]`, "no object"},
		{"", "a comma is one too many"},
		{`{"_reject_reason": "old \"} one" , "a":1}`, "new"},
		{`{"_reject_reason":"old"}`, "new"},
		{`{"_reject_reason":"old" "a":1}`, "new"},
	}
	const first = `{"_reject_reason":"a is <odd>; and \"more\"","a":1}`
	for name, test := range map[string]struct {
		head   string
		layout pipeline.Layout
		want   string
	}{
		"array": {
			" [\r\n",
			pipeline.Layout{Format: pipeline.JSON, BodyStart: 2},
			" [\r\n" + first + ",\r\n" + "{\"_reject_reason\":\"x\",\n  \"a\": [1,\n2] }" + ",\r\n" +
				`{"_reject_reason":"empty" }` + ",\r\n" + `{"_reject_reason":"not valid","a":1,"b":}` + ",\r\n" + `[1]` + ",\r\n" +
				`{"_reject_reason":"new", "a":1}` + ",\r\n" + `{"_reject_reason":"new"}` + ",\r\n" +
				`{"_reject_reason":"new","_reject_reason":"old" "a":1}` + "\r\n]\r\n",
		},
		"one after another": {
			"\xef\xbb\xbf",
			pipeline.Layout{Format: pipeline.ConcatenatedJSON, BodyStart: 3},
			"\xef\xbb\xbf" + first + "\n" + "{\"_reject_reason\":\"x\",\n  \"a\": [1,\n2] }" + "\n" + `{"_reject_reason":"empty" }` + "\n" +
				`{"_reject_reason":"new", "a":1}` + "\n" + `{"_reject_reason":"new"}` + "\n" +
				`{"_reject_reason":"not valid","a":1,"b":}` + "\n" + `[1]` + "\n" + `{"_reject_reason":"new","_reject_reason":"old" "a":1}` + "\n",
		},
	} {
		if got, _ := file(t, test.layout, test.head, records...); got != test.want {
			t.Errorf("%s:\ngot  %q\nwant %q", name, got, test.want)
		}
	}
}

func TestJSONThatHasNoPlaceForAReason(t *testing.T) {
	t.Parallel()
	for format, want := range map[pipeline.Format]rejects.Written{
		pipeline.JSON: {}, pipeline.NDJSON: {Apart: true}, pipeline.ConcatenatedJSON: {Apart: true}, pipeline.Parquet: {Apart: true},
	} {
		if _, got := file(t, pipeline.Layout{Format: format}, "", []string{"12", "x"}); got != want {
			t.Errorf("%s: %+v, want %+v", format, got, want)
		}
		if _, got := file(t, pipeline.Layout{Format: format}, "", []string{"", "x"}); got != (rejects.Written{Empty: true}) {
			t.Errorf("%s, empty: %+v", format, got)
		}
	}
}

func TestAnEmptyArray(t *testing.T) {
	t.Parallel()
	if got, _ := file(t, pipeline.Layout{Format: pipeline.JSON, BodyStart: 1}, "[", []string{"", "x"}); got != "[\n]\n" {
		t.Errorf("got %q", got)
	}
}

func TestJSONInUTF16(t *testing.T) {
	t.Parallel()
	set, _ := charset.Find(charset.UTF16BE)
	head := string(set.Bytes("\ufeff["))
	layout := pipeline.Layout{Format: pipeline.JSON, Encoding: charset.UTF16BE, BodyStart: 4}
	got, _ := file(t, layout, head, []string{string(set.Bytes(`{"ñ":"😀"}`)), "☹"})
	if text := string(set.Text([]byte(got))); text != "\ufeff[\n{\"_reject_reason\":\"☹\",\"ñ\":\"😀\"}\n]\n" {
		t.Errorf("got %q", text)
	}
}

// Parquet has no bytes: a line is the ledger's text, whatever the layout says.
func TestParquet(t *testing.T) {
	t.Parallel()
	got, _ := file(t, pipeline.Layout{Format: pipeline.Parquet}, "", []string{`{"a":1,"b":"lon… (cut)`, "x"}, []string{`{"a":1}`, "y"})
	if want := `{"_reject_reason":"y","a":1}` + "\n" + `{"_reject_reason":"x","a":1,"b":"lon… (cut)` + "\n"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}
