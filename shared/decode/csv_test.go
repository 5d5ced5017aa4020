package decode_test

import (
	"encoding/csv"
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"pgregory.net/rapid"

	"acequia/shared/decode"
	"acequia/shared/pipeline"
)

func TestCSV(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		body      string
		fields    []string
		malformed string
	}{
		"fields as asked":  {"1,2\n", []string{"'2", "-", "'1"}, ""},
		"empty":            {",\n", []string{"'", "-", "'"}, ""},
		"empty and quoted": {`"",""`, []string{"'", "-", "'"}, ""},
		"unquoted":         {`"a""b","1,""2"""`, []string{`'1,"2"`, "-", `'a"b`}, ""},
		"not ASCII":        {"año,日本", []string{"'日本", "-", "'año"}, ""},

		"too many fields": {"1,2,3", nil, "columns: has 3 fields where the header has 2"},
		"too few fields":  {"1", nil, "columns: has 1 field where the header has 2"},
		"joined lines": {
			"\"1\n2\",3,4", nil,
			"columns: has 3 fields where the header has 2, and its quotes make 2 lines one record: is one of them misplaced?",
		},
		"text after a quote": {
			"1,\"2\"x", nil,
			"quote: the quote at byte 8 closes field 2, but neither a delimiter nor a line end follows; " +
				"a quote inside a quoted field must be doubled",
		},
		"not closed": {
			"1,\"2\n", nil,
			"quote: the quote at byte 6 opens field 2, and no quote before a delimiter or a line end closes it within 12 bytes",
		},
		"too large":   {"1,1234567890123", nil, "size: field 2 is larger than 12 bytes, or makes the record larger than 40"},
		"a long line": {strings.Repeat(",", 41), nil, "size: the record is larger than 40 bytes"},
		"NUL":         {"1,\x00", nil, "encoding: byte 6 is NUL, which no text holds"},
		"not UTF-8": {
			"ñ,a\xf1o", nil,
			"encoding: byte 8 (0xf1) is not UTF-8; save the file as UTF-8, or name its encoding in the contract",
		},
		"half a character": {
			"1,\xc3", nil,
			"encoding: byte 6 (0xc3) is not UTF-8; save the file as UTF-8, or name its encoding in the contract",
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			file := "a,b\n" + test.body
			got, _ := checkChunks(t, file, csvLayout(t, file), []string{"b", "c", "a"})
			if len(got) != 1 {
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

func TestOtherEncodings(t *testing.T) {
	t.Parallel()
	layout := csvLayout(t, "a\n\xf1\n")
	layout.Encoding = "windows-1252"
	got := whole(t, "a\n\xf1\n\x00\n", layout, []string{"a"})
	want := []record{
		{Place: pipeline.Place{Offset: 2, Length: 1, Line: 2}, Raw: "ñ", Fields: []string{"'ñ"}},
		{
			Place: pipeline.Place{Offset: 4, Length: 1, Line: 3}, Raw: "\x00",
			Malformed: "encoding: byte 4 is NUL, which no text holds",
		},
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestNewRefuses(t *testing.T) {
	t.Parallel()
	json := pipeline.Layout{Format: pipeline.JSON}
	for name, test := range map[string]struct {
		layout pipeline.Layout
		source string
	}{
		"a format that is not known": {pipeline.Layout{Format: "parquet"}, "a"},
		"a dialect that cannot be":   {pipeline.Layout{Format: pipeline.CSV, Delimiter: '"'}, "a"},
		"an empty step":              {json, "$.a..b"},
		"an empty last step":         {json, "$.a."},
		"no index":                   {json, "$.a[x]"},
		"an index below 0":           {json, "$.a[-1]"},
		"an open index":              {json, "$.a[0"},
		"an open name":               {json, "$['a"},
		"a name behind an index":     {json, "$.a[0]b"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			_, err := decode.New(test.layout, pipeline.Chunk{}, []string{test.source})
			if !errors.As(err, new(*pipeline.RefusedError)) {
				t.Errorf("error = %v", err)
			}
		})
	}
}

// Where encoding/csv reads a file without an error, it reads the same; it alone takes CR LF within quotes for LF, and it
// does not know CR alone.
func TestCSVAgreesWithTheStandardLibrary(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		body := draw(t, 40, ",", ",", `"`, `""`, `",`, `,"`, "\n", "\r\n", "\n#", "x", "ñ", " ", `"a,b"`, "\"a\nb\",")
		reader := csv.NewReader(strings.NewReader(body))
		reader.FieldsPerRecord, reader.Comment = -1, rapid.SampledFrom([]rune{0, '#'}).Draw(t, "comment")
		want, err := reader.ReadAll()
		if err != nil {
			return
		}
		checkSameCSV(t, body, pipeline.Layout{Comment: byte(reader.Comment)}, want)
	})
}

// checkSameCSV decodes with as many columns as there may be, and compares the records that have so many fields.
func checkSameCSV(t tester, body string, layout pipeline.Layout, want [][]string) {
	t.Helper()
	layout.Format, layout.BodyLine = pipeline.CSV, 1
	for columns := 1; columns < 20; columns++ {
		layout.Header = nil
		for i := range columns {
			layout.Header = append(layout.Header, string(rune('a'+i)))
		}
		var got, of [][]string
		for _, record := range want {
			if len(record) == columns {
				of = append(of, record)
			}
		}
		for _, r := range whole(t, body, layout, layout.Header) {
			if r.Malformed != "" {
				continue
			}
			var fields []string
			for _, f := range r.Fields {
				fields = append(fields, strings.ReplaceAll(f[1:], "\r\n", "\n"))
			}
			got = append(got, fields)
		}
		if diff := cmp.Diff(of, got, cmpopts.EquateEmpty()); diff != "" {
			t.Fatalf("%q (-encoding/csv +decode):\n%s", body, diff)
		}
	}
}
