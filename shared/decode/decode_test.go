package decode_test

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"acequia/shared/decode"
	"acequia/shared/pipeline"
)

// records decodes a whole file and gives each record as "kind:text|…", or as its fault.
func records(t *testing.T, format pipeline.Format, file string, sources ...string) []string {
	t.Helper()
	var layout pipeline.Layout
	var ok bool
	if format == pipeline.CSV {
		layout, ok = csvLayout(t, file)
		layout.MaxFieldBytes = 1000
	} else {
		layout, ok = jsonLayout(t, file)
		layout.MaxRecordBytes = 1 << 20
	}
	if !ok {
		t.Fatalf("%q has no layout", file)
	}
	var all []string
	for _, r := range holds(t, file, layout, sources, 1) {
		if r.Fault != "" {
			all = append(all, fmt.Sprintf("line %d: %s", r.Place.Line, r.Fault))
		} else {
			all = append(all, strings.Join(r.Fields, "|"))
		}
	}
	return all
}

func TestCSVFields(t *testing.T) {
	t.Parallel()
	got := records(t, pipeline.CSV, "b,a\n1,\"x \"\"y\"\"\n\nz\"\n2\n3,4,5\n\xf1,1\n\"q\"x,1\n6,\n", "a", "nosuch", "b")
	want := []string{
		"2:x \"y\"\n\nz|0:|2:1",
		"line 5: columns: has 1 field where the header has 2",
		"line 6: columns: has 3 fields where the header has 2",
		"line 7: encoding: byte 27 (0xf1) is not UTF-8; save the file as UTF-8",
		`line 8: quote: the quoted field that starts at byte 31 is not closed by a quote before ',' or a line end, within 1000 bytes`,
		"2:|0:|2:6",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestAnotherEncodingIsLeftToClean(t *testing.T) {
	t.Parallel()
	const file = "a,b\n\xf1,1\n"
	layout, _ := csvLayout(t, file)
	layout.Encoding = "windows-1252"
	if got := holds(t, file, layout, []string{"a"}, 1); len(got) != 1 || got[0].Fault != "" || got[0].Fields[0] != "2:\xf1" {
		t.Errorf("records = %+v", got)
	}
}

func TestJSONPaths(t *testing.T) {
	t.Parallel()
	file := `[
	{"a": {"b": "x\ty", "c": [10, {"d": null}, [1]]}, "e": true},
	{"e": -1.50e3, "a": {"c": {}}, "é": "ü\u00fc\ud83d\ude00"},
	{}
]`
	got := records(t, pipeline.JSON, file, "$.a.b", "a.c[0]", "$.a.c[1].d", "$.a.c", "e", "$.é")
	want := []string{
		"2:x\ty|3:10|1:null|4:[10, {\"d\": null}, [1]]|3:true|0:",
		"0:|0:|0:|4:{}|3:-1.50e3|2:üü😀",
		"0:|0:|0:|0:|0:|0:",
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestMalformedElements(t *testing.T) {
	t.Parallel()
	got := records(t, pipeline.JSON, `[{"a": 1,}, 5, {"a": "\ud800"}, {"a": 1, "a": 2}, {"b": 1, "b": 2, "a": "\u0000"}, {"a": 01}, {"a": "\ufffd"}]`, "a")
	for i, says := range []string{
		"json: is not valid JSON", "json: is not a JSON object", "encoding: holds half of a surrogate pair",
		`json: holds the key "a" twice`, "encoding: holds NUL", "json: is not valid JSON", "2:\ufffd",
	} {
		if i >= len(got) || !strings.Contains(got[i], says) {
			t.Errorf("record %d of %q does not say %q", i, got, says)
		}
	}
}

func TestPathsThatMakeNoSense(t *testing.T) {
	t.Parallel()
	for _, path := range []string{"$.a[", "$.a[x]", "$.a[-1]", "$..a", "$.a..b"} {
		if _, err := decode.New(pipeline.Layout{Format: pipeline.JSON}, pipeline.Chunk{}, []string{path}); err == nil {
			t.Errorf("%q was taken for a path", path)
		}
	}
}

func TestAFormatThatNobodyKnows(t *testing.T) {
	t.Parallel()
	if _, err := decode.New(pipeline.Layout{Format: "avro"}, pipeline.Chunk{}, nil); err == nil {
		t.Error("no error")
	}
}

// What encoding/json reads from an element, we read too.
func FuzzElement(f *testing.F) {
	for _, seed := range []string{`{"a":"x"}`, `{"a":{"b":[1,2]},"c":null}`, `{"\u0061":"\n"}`, `{"a":1e5}`} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, element string) {
		var want map[string]json.RawMessage
		if json.Unmarshal([]byte(element), &want) != nil || len(want) == 0 {
			return
		}
		file := "[" + element + "]"
		d, err := decode.New(pipeline.Layout{Format: pipeline.JSON, BodyStart: 1, BodyLine: 1, MaxRecordBytes: 1 << 20},
			pipeline.Chunk{End: int64(len(file)), Line: 1}, []string{"a"})
		if err != nil {
			t.Fatal(err)
		}
		for r := range d.Records([]byte(file)) {
			if r.Malformed != nil {
				return
			}
			checkField(t, element, r.Fields[0], want["a"])
		}
	})
}

func checkField(t *testing.T, element string, got pipeline.Field, want json.RawMessage) {
	t.Helper()
	if got.Kind == pipeline.Absent {
		if want != nil {
			t.Errorf("%q: a is absent, encoding/json reads %s", element, want)
		}
		return
	}
	expected := string(want)
	if got.Kind == pipeline.Text {
		if err := json.Unmarshal(want, &expected); err != nil {
			t.Fatal(err)
		}
	}
	if string(got.Bytes) != expected {
		t.Errorf("%q: a = %q, encoding/json reads %q", element, got.Bytes, expected)
	}
}
