package grammar_test

import (
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"acequia/shared/grammar"
)

var plain = grammar.CSV{Delimiter: ',', Quote: '"', MaxField: 20}

// rows gives the records of a file as their fields, and "fault: bytes" for a malformed one.
func rows(g grammar.CSV, file string) [][]string {
	var all [][]string
	b := []byte(file)
	for at := 0; at < len(b); {
		var fields []grammar.Field
		e, enough := g.Record(b, at, true, &fields)
		if !enough {
			panic("a file that is all there was not enough")
		}
		at = e.Next
		switch {
		case e.Blank:
		case e.Fault != "":
			all = append(all, []string{fmt.Sprintf("%s: %s", e.Fault, b[e.Start:e.End])})
		default:
			var row []string
			for _, f := range fields {
				text, _ := g.Unquoted(b, f, nil)
				row = append(row, string(text))
			}
			all = append(all, row)
		}
	}
	return all
}

func TestCSV(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		file string
		want [][]string
	}{
		"fields":                         {"a,b\nc,d\n", [][]string{{"a", "b"}, {"c", "d"}}},
		"no line end at the end":         {"a,b", [][]string{{"a", "b"}}},
		"empty fields":                   {",\n", [][]string{{"", ""}}},
		"CR LF, CR and LF":               {"a\r\nb\rc\nd", [][]string{{"a"}, {"b"}, {"c"}, {"d"}}},
		"empty lines are no records":     {"\n\r\na\n\n\r\rb\n\n", [][]string{{"a"}, {"b"}}},
		"a line of spaces is a record":   {"  \na", [][]string{{"  "}, {"a"}}},
		"quoted":                         {`"a","b,c"` + "\n", [][]string{{"a", "b,c"}}},
		"a quoted line end":              {"\"a\nb\",c\n", [][]string{{"a\nb", "c"}}},
		"a quoted CR LF stays":           {"\"a\r\nb\"\r\nc", [][]string{{"a\r\nb"}, {"c"}}},
		"doubled quotes":                 {`"a""b",""""` + "\n", [][]string{{`a"b`, `"`}}},
		"an empty quoted field":          {`"",a`, [][]string{{"", "a"}}},
		"a quote within text is text":    {`a"b,c""` + "\nd", [][]string{{`a"b`, `c""`}, {"d"}}},
		"a space before a quote is text": {` "a",b`, [][]string{{` "a"`, "b"}}},

		"text behind a closing quote":        {"\"a\"b,c\nd,e\n", [][]string{{`quote: "a"b,c`}, {"d", "e"}}},
		"a space behind a closing quote":     {"\"a\" ,c\nd,e\n", [][]string{{`quote: "a" ,c`}, {"d", "e"}}},
		"a quote that is never closed":       {"a,\"b\nc,d\ne,f", [][]string{{`quote: a,"b`}, {"c", "d"}, {"e", "f"}}},
		"closed too far away":                {"a,\"b\nc,dddddddddddddddd,\"\ne", [][]string{{`quote: a,"b`}, {`quote: c,dddddddddddddddd,"`}, {"e"}}},
		"never closed, on the last line":     {"a\n\"b", [][]string{{"a"}, {`quote: "b`}}},
		"the fault is in a later line":       {"\"a\nb\",\"c\nd\"x\ne\n", [][]string{{"quote: \"a\nb\",\"c"}, {`d"x`}, {"e"}}},
		"a field of text that is too long":   {"a,bbbbbbbbbbbbbbbbbbbbb,c\nd", [][]string{{"length: a,bbbbbbbbbbbbbbbbbbbbb,c"}, {"d"}}},
		"a field as long as is allowed":      {"aaaaaaaaaaaaaaaaaaaa\n", [][]string{{"aaaaaaaaaaaaaaaaaaaa"}}},
		"legal misquoting joins lines":       {"a,\"b\nc,\"\nd\n", [][]string{{"a", "b\nc,"}, {"d"}}},
		"a malformed record ends with CR LF": {"\"a\"b\r\nc", [][]string{{`quote: "a"b`}, {"c"}}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if diff := cmp.Diff(test.want, rows(plain, test.file)); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

func TestOtherDialects(t *testing.T) {
	t.Parallel()
	g := grammar.CSV{Delimiter: ';', Quote: '\'', MaxField: 100}
	want := [][]string{{"a;b", `"c"`, "d,e"}}
	if diff := cmp.Diff(want, rows(g, `'a;b';"c";d,e`)); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// Where encoding/csv takes a file, we read the same from it, but for what it does on purpose to line ends: it makes CR LF
// within quotes LF, and takes a lone CR for text. So there is no CR in these files.
func TestCSVAgreesWithTheStandardLibrary(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		file := strings.Join(rapid.SliceOfN(rapid.SampledFrom([]string{",", `"`, `""`, "\n", "x", "ñ", `,"`, `",`, "\"\n"}), 0, 30).Draw(t, "file"), "")
		reader := csv.NewReader(strings.NewReader(file))
		reader.FieldsPerRecord = -1
		var want [][]string
		for {
			row, err := reader.Read()
			if errors.Is(err, io.EOF) {
				break
			}
			if err != nil {
				t.Skip("not what encoding/csv takes")
			}
			want = append(want, row)
		}
		if diff := cmp.Diff(want, rows(grammar.CSV{Delimiter: ',', Quote: '"', MaxField: 1000}, file)); diff != "" {
			t.Fatalf("(-encoding/csv +ours):\n%s\nof %q", diff, file)
		}
	})
}

// One fault in a file costs one record: a stray quote in front of one field of one record, in a file whose other quoted
// fields cannot be taken for its closing.
func TestOneFaultCostsOneRecord(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		n := rapid.IntRange(1, 30).Draw(t, "records")
		bad := rapid.IntRange(0, n-1).Draw(t, "bad")
		var file strings.Builder
		for i := range n {
			if i == bad {
				file.WriteString(`x,"y,z` + "\n")
				continue
			}
			fmt.Fprintf(&file, "\"a\nb\",%d,\"c\"\"d\"\n", i)
		}
		got := rows(grammar.CSV{Delimiter: ',', Quote: '"', MaxField: 1000}, file.String())
		if len(got) != n || len(got[bad]) != 1 {
			t.Fatalf("%d records of %d: %q", len(got), n, got)
		}
	})
}

func BenchmarkCSVBoundaries(b *testing.B) {
	file := []byte(strings.Repeat("T0001234,C02073,P04315,2026-09-02,3,21.96,0.00,tarjeta de débito,PEN,web,\"Lima,\nPerú\"\n", 10000))
	b.SetBytes(int64(len(file)))
	g := grammar.CSV{Delimiter: ',', Quote: '"', MaxField: 1 << 20}
	for b.Loop() {
		for at := 0; at < len(file); {
			e, _ := g.Record(file, at, true, nil)
			at = e.Next
		}
	}
}

func BenchmarkEncodingCSV(b *testing.B) {
	file := strings.Repeat("T0001234,C02073,P04315,2026-09-02,3,21.96,0.00,tarjeta de débito,PEN,web,\"Lima,\nPerú\"\n", 10000)
	b.SetBytes(int64(len(file)))
	for b.Loop() {
		reader := csv.NewReader(strings.NewReader(file))
		reader.ReuseRecord = true
		for {
			if _, err := reader.Read(); err != nil {
				break
			}
		}
	}
}
