package grammar_test

import (
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"acequia/shared/grammar"
	"acequia/shared/pipeline"
)

// Small bounds, so that short texts meet them.
var dialect = pipeline.Layout{Format: pipeline.CSV, MaxFieldBytes: 8, MaxRecordBytes: 40}

var faults = map[grammar.Fault]string{
	grammar.BadQuote: "bad quote", grammar.Unclosed: "unclosed", grammar.TooLarge: "too large", grammar.Empty: "empty",
}

// show writes a record as "offset:line raw" and, if it is malformed, the fault, the field and the byte that shows it.
func show(r grammar.Record, raw string) string {
	text := fmt.Sprintf("%d:%d %q", r.Offset, r.Line, raw)
	if r.Fault != grammar.Sound {
		text += fmt.Sprintf(" %s, field %d, byte %d", faults[r.Fault], r.Field, r.FaultAt)
	}
	return text
}

// scanCSV gives the file's records with their fields.
func scanCSV(t testing.TB, file string, layout pipeline.Layout) []string {
	t.Helper()
	s, err := grammar.NewCSV(layout, 0, 1, 100)
	if err != nil {
		t.Fatal(err)
	}
	var records []string
	for rest := []byte(file); ; {
		r, err := s.Next(rest, true)
		if errors.Is(err, io.EOF) {
			return records
		}
		if err != nil {
			t.Fatal(err)
		}
		raw := rest[r.Start:r.End]
		text := show(r, string(raw))
		if r.Fault == grammar.Sound {
			text += " " + strings.Join(unquoted(raw, s), "|")
		}
		records = append(records, text)
		rest = rest[r.Next:]
	}
}

func unquoted(raw []byte, s *grammar.CSV) []string {
	var texts []string
	fields, _ := s.Fields()
	for i := range fields.Len() {
		text, _ := s.Unquote(fields.In(raw, i), nil)
		texts = append(texts, string(text))
	}
	return texts
}

func TestCSV(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		file string
		want []string
	}{
		"nothing":            {"", nil},
		"LF":                 {"a,b\nc,d\n", []string{`0:1 "a,b" a|b`, `4:2 "c,d" c|d`}},
		"CR LF":              {"a,b\r\nc,d\r\n", []string{`0:1 "a,b" a|b`, `5:2 "c,d" c|d`}},
		"CR alone":           {"a,b\rc,d\r", []string{`0:1 "a,b" a|b`, `4:2 "c,d" c|d`}},
		"no last line end":   {"a\nb", []string{`0:1 "a" a`, `2:2 "b" b`}},
		"blank lines":        {"\n\r\n\ra\n\r\r\n\nb\n\n", []string{`4:4 "a" a`, `10:8 "b" b`}},
		"space is a record":  {" \n", []string{`0:1 " "  `}},
		"empty fields":       {",\n,,", []string{`0:1 "," |`, `2:2 ",," ||`}},
		"quoted":             {`"a","b"` + "\n", []string{`0:1 "\"a\",\"b\"" a|b`}},
		"quoted and empty":   {`"",""` + "\n" + `""`, []string{`0:1 "\"\",\"\"" |`, `6:2 "\"\"" `}},
		"quoted delimiter":   {`"a,b",c`, []string{`0:1 "\"a,b\",c" a,b|c`}},
		"quoted line ends":   {"\"\n\r\n\r\",b\nc", []string{`0:1 "\"\n\r\n\r\",b" ` + "\n\r\n\r|b", `9:5 "c" c`}},
		"doubled quotes":     {`"a""b","""",c`, []string{`0:1 "\"a\"\"b\",\"\"\"\",c" a"b|"|c`}},
		"quote in a text":    {`a"b,c"",d"`, []string{`0:1 "a\"b,c\"\",d\"" a"b|c""|d"`}},
		"space, then quote":  {` "a",b`, []string{`0:1 " \"a\",b"  "a"|b`}},
		"quote, text, quote": {`a"b` + "\n" + `"c"`, []string{`0:1 "a\"b" a"b`, `4:2 "\"c\"" c`}},

		"text after a closing quote": {
			"1,\"a\"b\",2\n3,4\n",
			[]string{`0:1 "1,\"a\"b\",2" bad quote, field 2, byte 4`, `10:2 "3,4" 3|4`},
		},
		"space after a closing quote": {
			"\"a\" ,b\nc\n",
			[]string{`0:1 "\"a\" ,b" bad quote, field 1, byte 2`, `7:2 "c" c`},
		},
		"never closed": {
			"1,\"a\n2,b\n3,c\n",
			[]string{`0:1 "1,\"a" unclosed, field 2, byte 2`, `5:2 "2,b" 2|b`, `9:3 "3,c" 3|c`},
		},
		"never closed on the last line":        {"1,\"a", []string{`0:1 "1,\"a" unclosed, field 2, byte 2`}},
		"the file ends with an opening quote":  {"1\n\"", []string{`0:1 "1" 1`, `2:2 "\"" unclosed, field 1, byte 0`}},
		"the file ends behind a doubled quote": {`"a""`, []string{`0:1 "\"a\"\"" unclosed, field 1, byte 0`}},
		"closed badly, lines later":            {"\"a\n\"b\nc", []string{`0:1 "\"a" unclosed, field 1, byte 0`, `3:2 "\"b" unclosed, field 1, byte 0`, `6:3 "c" c`}},
		"a legal field, then a malformed one":  {"\"a\nb\",\"c\nd", []string{`0:1 "\"a\nb\",\"c" unclosed, field 2, byte 6`, `9:3 "d" d`}},
		"malformed records one after another":  {"\"a\"x\n\"b\"y\n", []string{`0:1 "\"a\"x" bad quote, field 1, byte 2`, `5:2 "\"b\"y" bad quote, field 1, byte 2`}},
		"misquoting that is legal joins lines": {"1,\"a\n2,b\",c\n3,d", []string{`0:1 "1,\"a\n2,b\",c" 1|` + "a\n2,b|c", `12:3 "3,d" 3|d`}},
		"a malformed record before CR LF":      {"\"a\r\nb\r\n", []string{`0:1 "\"a" unclosed, field 1, byte 0`, `4:2 "b" b`}},
		"a quoted field that just fits":        {`"12345678"`, []string{`0:1 "\"12345678\"" 12345678`}},
		"a quoted field that is too large":     {"\"123456789\"\nb", []string{`0:1 "\"123456789\"" too large, field 1, byte 10`, `12:2 "b" b`}},
		"too large only lines later":           {"\"1\n345678\n0\"\nb", []string{`0:1 "\"1" unclosed, field 1, byte 0`, `3:2 "345678" 345678`, `10:3 "0\"" 0"`, `13:4 "b" b`}},
		"a text that just fits":                {"12345678", []string{`0:1 "12345678" 12345678`}},
		"a text that is too large":             {"1,123456789,2\nb", []string{`0:1 "1,123456789,2" too large, field 2, byte 10`, `14:2 "b" b`}},
		"a record that is too large": {
			strings.Repeat("1,", 20) + "1\nb",
			[]string{`0:1 "1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1,1" too large, field 0, byte 40`, `42:2 "b" b`},
		},
		"a quoted field in too large a record": {
			strings.Repeat("1234567,", 4) + "\"1234567\"\nb",
			[]string{`0:1 "1234567,1234567,1234567,1234567,\"1234567\"" too large, field 5, byte 40`, `42:2 "b" b`},
		},
		"a quote that opens in too large a record": {
			strings.Repeat("1234567,", 5) + "\"1\"\nb",
			[]string{`0:1 "1234567,1234567,1234567,1234567,1234567,\"1\"" too large, field 6, byte 41`, `44:2 "b" b`},
		},
		"quoted line ends in too large a record": {
			strings.Repeat("\"12\n56\",", 6) + "\nb",
			[]string{
				`0:1 "\"12\n56\",\"12\n56\",\"12\n56\",\"12\n56\",\"12\n56\",\"12" too large, field 6, byte 41`,
				`44:7 "56\"," 56"|`, `49:8 "b" b`,
			},
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			if diff := cmp.Diff(test.want, scanCSV(t, test.file, dialect)); diff != "" {
				t.Errorf("%q (-want +got):\n%s", test.file, diff)
			}
		})
	}
}
