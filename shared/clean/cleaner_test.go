package clean_test

import (
	"fmt"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"acequia/shared/clean"
	"acequia/shared/contract"
	"acequia/shared/pipeline"
)

// head begins a contract; format and then properties follow.
const head = `
apiVersion: v3.1.0
kind: DataContract
id: things
version: 1.0.0
status: active
schema:
  - name: things
    quality:
      - name: not_given_away
        type: custom
        engine: acequia
        description: A discount is not more than the price
        implementation: discount <= price
    customProperties:
      - {property: nullSpellings, value: ["", "NULL", "-"]}
`

const properties = `
    properties:
      - {name: code, physicalType: text, required: true, logicalTypeOptions: {minLength: 2, maxLength: 5, pattern: "^[A-Z]"}}
      - {name: tiny, physicalType: smallint, logicalTypeOptions: {minimum: -5, maximum: 300}}
      - {name: pieces, physicalType: bigint, logicalTypeOptions: {exclusiveMinimum: 0, exclusiveMaximum: 1000}}
      - {name: price, physicalType: "numeric(6,2)", logicalTypeOptions: {exclusiveMinimum: 0}}
      - {name: discount, physicalType: "numeric(6,2)", customProperties: [{property: default, value: 0}]}
      - {name: ratio, physicalType: numeric}
      - {name: day, physicalType: date, logicalTypeOptions: {minimum: 2020-01-01}, customProperties: [{property: formats, value: [yyyy-MM-dd, dd/MM/yyyy]}]}
      - {name: at, physicalType: timestamptz, logicalTypeOptions: {defaultTimezone: America/Lima, maximum: "2030-01-01T00:00:00Z"}}
      - {name: clock, physicalType: timestamp}
      - {name: paid, physicalType: boolean, customProperties: [{property: trueSpellings, value: [Sí]}, {property: falseSpellings, value: ["0"]}]}
      - {name: money, physicalType: text, logicalTypeOptions: {format: iso4217-currency}}
      - {name: size, physicalType: text, quality: [{metric: invalidValues, mustBe: 0, arguments: {validValues: [S, M]}}]}
      - {name: tags, physicalType: jsonb}
`

var (
	csv  = head + "      - {property: format, value: csv}" + properties
	json = head + "      - {property: format, value: json}" + properties
)

func cleaner(t testing.TB, doc string) (*clean.Cleaner, *contract.Contract) {
	t.Helper()
	c, err := contract.Parse([]byte(doc))
	if err != nil {
		t.Fatal(err)
	}
	made, err := clean.New(c)
	if err != nil {
		t.Fatal(err)
	}
	return made, c
}

// record gives a record whose column named in "name=value" has the value, in the kind; the required code is there as well.
func record(c *contract.Contract, kind pipeline.Kind, cells ...string) *pipeline.Record {
	r := &pipeline.Record{Fields: make([]pipeline.Field, len(c.Columns))}
	r.Fields[0] = pipeline.Field{Kind: pipeline.Text, Bytes: []byte("AB")}
	for _, cell := range cells {
		name, value, _ := strings.Cut(cell, "=")
		r.Fields[c.Index(name)] = pipeline.Field{Kind: kind, Bytes: []byte(value)}
	}
	return r
}

// outcome gives a column's canonical text or NULL; or the failures, one a line.
func outcome(made *clean.Cleaner, c *contract.Contract, r *pipeline.Record, column string) string {
	var out pipeline.CleanRecord
	failures := made.Clean(r, &out)
	var lines []string
	for _, f := range failures {
		lines = append(lines, f.Rule+": "+f.Reason)
	}
	if len(lines) > 0 {
		return strings.Join(lines, "\n")
	}
	if value := out.Values[c.Index(column)]; !value.Null {
		return string(value.Text)
	}
	return "NULL"
}

func TestCSVFields(t *testing.T) {
	t.Parallel()
	made, c := cleaner(t, csv)
	for _, tt := range []struct{ cell, want string }{
		{"code=AB-1", "AB-1"},
		{"code=\u00a0AB \t", "AB"},
		{"code= AB", "AB"},
		{"code=\u00a0AB", "AB"},
		{"code=AB\u2003", "AB"},
		{"code=AB\u3000", "AB"},
		{"code=Año", "Año"},
		{"code=Café", "Café"},
		{"code=", "required: code must be given, and is empty"},
		{"code=NULL", "required: code must be given, and is empty"},
		{"code=A", `minLength: code must have at least 2 characters, and has 1: "A"`},
		{"code=ÁÁÁÁÁ1", `maxLength: code may have at most 5 characters, and has 6: "ÁÁÁÁÁ1"` + "\n" + `pattern: code must match ^[A-Z], and is "ÁÁÁÁÁ1"`},
		{"tiny=+007", "7"},
		{"tiny=-0", "0"},
		{"tiny=12.0", "12"},
		{"tiny=-", "NULL"},
		{"tiny=-6", "minimum: tiny must be at least -5, and is -6"},
		{"tiny=301", "maximum: tiny must be at most 300, and is 301"},
		{"tiny=32768", "type: tiny must lie between -32768 and 32767, and is 32768"},
		{"tiny=1.5", "type: tiny must be a whole number, and is 1.5"},
		{"tiny=dos", `type: tiny must be a whole number such as 1250, and is "dos"`},
		{"pieces=0", "exclusiveMinimum: pieces must be greater than 0, and is 0"},
		{"pieces=1000", "exclusiveMaximum: pieces must be less than 1000, and is 1000"},
		{"pieces=9223372036854775808", "type: pieces must lie between -9223372036854775808 and 9223372036854775807, and is 9223372036854775808"},
		{"price=12.5", "12.50"},
		{"price=12.500", "12.50"},
		{"price=9999.99", "9999.99"},
		{"price=10000", "precision: price may have 4 digits before the point, and is 10000"},
		{"price=12.345", "scale: price may have 2 decimals, and is 12.345"},
		{"price=-12.50", "exclusiveMinimum: price must be greater than 0, and is -12.50"},
		{"price=12,50", `type: price must be a number such as 1250.50, and is "12,50"`},
		{"price=1e3", `type: price must be a number written in full, as digits are often lost before an exponent, and is "1e3"`},
		{"discount=", "0.00"},
		{"discount=0", "0.00"},
		{"ratio=00.1230", "0.1230"},
		{"day=2026-11-24", "2026-11-24"},
		{"day=24/11/2026", "2026-11-24"},
		{"day=2026-02-30", "type: day must be a date, and 2026-02-30 is not a date that exists"},
		{"day=11/24/2026", "type: day must be a date, and 11/24/2026, read as dd/MM/yyyy, is not a date that exists"},
		{"day=today", `format: day must be a date written as yyyy-MM-dd or dd/MM/yyyy, and is "today"`},
		{"day=2019-12-31", "minimum: day must be at least 2020-01-01, and is 2019-12-31"},
		{"at=2026-11-24 10:00:00", "2026-11-24T10:00:00-05:00"},
		{"at=2026-11-24T10:00:00.5Z", "2026-11-24T10:00:00.5Z"},
		{"at=2026-11-24T10:00:00.123456789Z", "2026-11-24T10:00:00.123456Z"},
		{"at=1900-01-01T00:00:00", "1900-01-01T05:08:36Z"},
		{"at=2030-01-01T00:00:01Z", "maximum: at must be at most 2030-01-01T00:00:00Z, and is 2030-01-01T00:00:01Z"},
		{"at=2026-03-04T25:10:00Z", "type: at must be a timestamp, and 2026-03-04T25:10:00Z is not a timestamp that exists"},
		{"clock=2026-11-24T10:00", "2026-11-24T10:00:00"},
		{"clock=2026-11-24T10:00Z", "type: clock must be a time without an offset, which the column does not keep, and is 2026-11-24T10:00Z"},
		{"paid=sí", "true"},
		{"paid=TRUE", "true"},
		{"paid=0", "false"},
		{"paid=maybe", `type: paid must be sí or true or 0 or false, and is "maybe"`},
		{"money=PEN", "PEN"},
		{"money=SOLES", `iso4217: money must be an active currency code of ISO 4217, such as PEN, and is "SOLES"`},
		{"size=M", "M"},
		{"size=XL", `validValues: size must be one of S, M, and is "XL"`},
		{`tags={"a": [1]}`, `{"a": [1]}`},
		{`tags=[1`, `type: tags must be a JSON document that can be stored: it is not valid JSON: "[1"`},
	} {
		name, _, _ := strings.Cut(tt.cell, "=")
		if got := outcome(made, c, record(c, pipeline.Text, tt.cell), name); got != tt.want {
			t.Errorf("%s\n got %s\nwant %s", tt.cell, got, tt.want)
		}
	}
	want := clean.Tally{
		{Column: "code", Kind: clean.NullSpelling}: 1, {Column: "tiny", Kind: clean.NullSpelling}: 1,
		{Column: "day", Kind: clean.DateFormat}: 1, {Column: "at", Kind: clean.Fraction}: 1,
	}
	if diff := cmp.Diff(want, made.Tally()); diff != "" {
		t.Errorf("the tally (-want +got):\n%s", diff)
	}
}

func TestJSONFields(t *testing.T) {
	t.Parallel()
	made, c := cleaner(t, json)
	for _, tt := range []struct {
		kind       pipeline.Kind
		cell, want string
	}{
		{pipeline.Null, "price=null", "NULL"},
		{pipeline.Absent, "price=", "NULL"},
		{pipeline.Absent, "code=", "required: code must be given, and is empty"},
		{pipeline.Literal, "price=12.5", "12.50"},
		{pipeline.Text, "price=12.5", "12.50"},
		{pipeline.Literal, "price=1.25e2", "125.00"},
		{pipeline.Literal, "price=1e999999999", `precision: price may have 1000 digits, and is "1e999999999"`},
		{pipeline.Literal, "pieces=2E+2", "200"},
		{pipeline.Literal, "pieces=2e-2", "type: pieces must be a whole number, and is 0.02"},
		{pipeline.Literal, "pieces=true", `type: pieces must be a whole number such as 1250, and is "true"`},
		{pipeline.Literal, "paid=true", "true"},
		{pipeline.Literal, "paid=0", "false"},
		{pipeline.Literal, "money=604", `iso4217: money must be an active currency code of ISO 4217, such as PEN, and is "604"`},
		{pipeline.Literal, "money=true", "type: money must be text, and is true"},
		{pipeline.Nested, "price=[1]", `type: price must be a number, and is the JSON "[1]"`},
		{pipeline.Nested, `tags=["a"]`, `["a"]`},
		{pipeline.Literal, "tags=1e5", "1e5"},
		{pipeline.Text, `tags=say "hi"`, `"say \"hi\""`},
		{pipeline.Null, "tags=null", "NULL"},
	} {
		name, _, _ := strings.Cut(tt.cell, "=")
		if got := outcome(made, c, record(c, tt.kind, tt.cell), name); got != tt.want {
			t.Errorf("%s\n got %s\nwant %s", tt.cell, got, tt.want)
		}
	}
}

// What is JSON, but nothing that Postgres stores, must not reach it.
func TestDocumentsThatJSONBRefuses(t *testing.T) {
	t.Parallel()
	made, c := cleaner(t, json)
	for document, ok := range map[string]bool{
		`"\u0041\\u0000"`: true, `["\ud83d\ude42", "\"", 1.5e-7, -0]`: true, strings.Repeat("[", 500) + strings.Repeat("]", 500): true,
		`{"a\u0000": 1}`: false, `["\ud83d"]`: false, `["\ude42"]`: false, `["\ud83d\n"]`: false, `["\ud83d\ud83d\ude42"]`: false,
		`[1e400000]`: false, strings.Repeat("[", 501) + strings.Repeat("]", 501): false, `{`: false, ``: false,
	} {
		if got := outcome(made, c, record(c, pipeline.Nested, "tags="+document), "tags"); (got == document) != ok {
			t.Errorf("%.40s: %.100s", document, got)
		}
	}
}

func TestFailuresAreGatheredInTheContractsOrder(t *testing.T) {
	t.Parallel()
	made, c := cleaner(t, csv)
	r := record(c, pipeline.Text, "day=x", "code=", "price=10", "discount=12.5", "size=XL")
	want := strings.Join([]string{
		"required: code must be given, and is empty",
		`format: day must be a date written as yyyy-MM-dd or dd/MM/yyyy, and is "x"`,
		`validValues: size must be one of S, M, and is "XL"`,
		"not_given_away: A discount is not more than the price: discount <= price does not hold, where price is 10.00, discount is 12.50",
	}, "\n")
	if got := outcome(made, c, r, "code"); got != want {
		t.Errorf("\n got %s\nwant %s", got, want)
	}
	// A rule about a column that failed says nothing; one about a NULL is met.
	for _, cell := range []string{"price=x", "price="} {
		if got := outcome(made, c, record(c, pipeline.Text, cell, "discount=12.5"), "discount"); strings.Contains(got, "not_given_away") {
			t.Errorf("%s: %s", cell, got)
		}
	}
}

func TestARecordWithoutAnyColumnIsNone(t *testing.T) {
	t.Parallel()
	made, err := clean.New(&contract.Contract{Columns: []contract.Column{
		{Name: "a", Source: "a", Type: contract.Type{Kind: contract.Text}}, {Name: "b", Source: "b", Type: contract.Type{Kind: contract.Text}},
	}})
	if err != nil {
		t.Fatal(err)
	}
	var out pipeline.CleanRecord
	if got := made.Clean(&pipeline.Record{Fields: make([]pipeline.Field, 2)}, &out); len(got) != 1 || got[0].Rule != "columns" {
		t.Errorf("failures %v", got)
	}
	fields := []pipeline.Field{{}, {Kind: pipeline.Null}}
	if got := made.Clean(&pipeline.Record{Fields: fields}, &out); len(got) != 0 {
		t.Errorf("failures %v of a record with a NULL", got)
	}
}

func TestMalformedRecordsPassThrough(t *testing.T) {
	t.Parallel()
	made, _ := cleaner(t, csv)
	malformed := pipeline.Failure{Rule: "quote", Reason: "a quote is not closed"}
	r := &pipeline.Record{Place: pipeline.Place{Offset: 7}, Malformed: &malformed}
	var out pipeline.CleanRecord
	if got := made.Clean(r, &out); len(got) != 1 || got[0] != malformed {
		t.Errorf("failures %v", got)
	}
}

// Whatever the text, what comes out is canonical, can be stored, and is bounded where it is shown.
func TestAnyText(t *testing.T) {
	t.Parallel()
	made, c := cleaner(t, json)
	rapid.Check(t, func(t *rapid.T) {
		r := record(c, pipeline.Text)
		for i := range r.Fields {
			kind := rapid.SampledFrom([]pipeline.Kind{pipeline.Absent, pipeline.Null, pipeline.Text, pipeline.Literal, pipeline.Nested, pipeline.Moment}).Draw(t, "kind")
			text := rapid.OneOf(rapid.StringN(0, 200, 400), rapid.StringMatching(`-?[0-9]{0,3}\.?[0-9]{0,3}`)).Draw(t, "text")
			r.Fields[i] = pipeline.Field{Kind: kind, Bytes: []byte(strings.ReplaceAll(text, "\x00", ""))}
		}
		var out pipeline.CleanRecord
		failures := made.Clean(r, &out)
		for _, f := range failures {
			if !utf8.ValidString(f.Reason) || strings.ContainsRune(f.Reason, 0) || len(f.Reason) > 1000 {
				t.Fatalf("reason %q", f.Reason)
			}
		}
		for i, v := range out.Values {
			if !v.Null && (!utf8.Valid(v.Text) || strings.ContainsRune(string(v.Text), 0)) {
				t.Fatalf("%s is %q", c.Columns[i].Name, v.Text)
			}
		}
		if len(failures) > 0 {
			return
		}
		// Clean values are clean again, and the same.
		before := spell(out.Values)
		again := record(c, pipeline.Text)
		for i, v := range out.Values {
			again.Fields[i] = pipeline.Field{Kind: pipeline.Null}
			if !v.Null && c.Columns[i].Name != "tags" {
				again.Fields[i] = pipeline.Field{Kind: pipeline.Text, Bytes: append([]byte(nil), v.Text...)}
			} else if !v.Null {
				again.Fields[i] = pipeline.Field{Kind: pipeline.Nested, Bytes: append([]byte(nil), v.Text...)}
			}
		}
		if failures := made.Clean(again, &out); len(failures) > 0 || spell(out.Values) != before {
			t.Fatalf("%s becomes %s, %v", before, spell(out.Values), failures)
		}
	})
}

func spell(values []pipeline.Value) string {
	var b strings.Builder
	for _, v := range values {
		fmt.Fprintf(&b, "%t %q, ", v.Null, v.Text)
	}
	return b.String()
}
