package clean_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"acequia/shared/clean"
	"acequia/shared/pipeline"
)

// written is a contract whose numbers and dates are written as they are in Spain.
const written = head + `      - {property: format, value: json}
      - {property: numbers, value: {decimalMark: ",", thousandsMark: ".", currencySigns: [€, EUR]}}
    properties:
      - {name: code, physicalType: text}
      - {name: price, physicalType: "numeric(8,2)", logicalTypeOptions: {exclusiveMinimum: 0, maximum: 99999.5}}
      - {name: discount, physicalType: numeric, customProperties: [{property: numbers, value: {percent: share, scientific: true}}]}
      - {name: pieces, physicalType: integer}
      - {name: plain, physicalType: "numeric(8,2)", customProperties: [{property: numbers, value: {decimalMark: ".", thousandsMark: none, currencySigns: []}}]}
      - {name: day, physicalType: date, logicalTypeOptions: {minimum: 1950-02-01, exclusiveMaximum: 2030-01-01}, customProperties: [
          {property: formats, value: [dd/MM/yyyy, d/M/yy, d 'de' MMMM 'de' yyyy, excelDays]}, {property: twoDigitYearsFrom, value: 1950}]}
      - {name: at, physicalType: timestamptz, logicalTypeOptions: {defaultTimezone: Europe/Madrid}, customProperties: [
          {property: formats, value: [dd/MM/yyyy HH:mm, "dd/MM/yyyy h:mm a", epochSeconds]}]}
      - {name: odd, physicalType: date, logicalTypeOptions: {format: yyyy-dd-MM}}
      - {name: clock, physicalType: timestamp}
      - {name: tags, physicalType: jsonb}
`

func TestFieldsAsPeopleWriteThem(t *testing.T) {
	t.Parallel()
	made, c := cleaner(t, written)
	for _, tt := range []struct {
		kind       pipeline.Kind
		cell, want string
	}{
		{pipeline.Text, "price=12,5", "12.50"},
		{pipeline.Text, "price=1.250,50", "1250.50"},
		{pipeline.Text, "price=1.250", "1250.00"},
		{pipeline.Text, "price=1.250,50 €", "1250.50"},
		{pipeline.Text, "price=EUR 7", "7.00"},
		{pipeline.Text, "price=12.50", `type: price must be a number with three digits behind each thousands mark, such as 1.250,50, and is "12.50"`},
		{pipeline.Text, "price=$7", `type: price must be a number such as 1.250,50, and is "$7"`},
		{pipeline.Text, "price=12,505", "scale: price may have 2 decimals, and is 12.505"},
		{pipeline.Text, "price=(7)", "exclusiveMinimum: price must be greater than 0, and is -7.00"},
		{pipeline.Text, "price=100.000", "maximum: price must be at most 99999.5, and is 100000.00"},
		{pipeline.Text, "price=5 %", `type: price must be a number without a percent sign, as the contract does not say what it means, and is "5 %"`},
		{pipeline.Text, "price=1E+2", `type: price must be a number written in full, as digits are often lost before an exponent, and is "1E+2"`},
		{pipeline.Text, "price=NaN", `type: price must be a number such as 1.250,50, and is "NaN"`},
		{pipeline.Text, "price=Infinity", `type: price must be a number such as 1.250,50, and is "Infinity"`},
		{pipeline.Text, "price=0x1F", `type: price must be a number such as 1.250,50, and is "0x1F"`},
		{pipeline.Literal, "price=12.5", "12.50"},
		{pipeline.Literal, "price=12.50", "12.50"},
		{pipeline.Literal, "price=NaN", `type: price must be a number such as 1.250,50, and is "NaN"`},
		{pipeline.Text, "discount=12,5 %", "0.125"},
		{pipeline.Text, "discount=-1,5E+3", "-1500"},
		{pipeline.Text, "discount=1E9999", `precision: discount may have 1000 digits, and is "1E9999"`},
		{pipeline.Literal, "discount=1.5e-2", "0.015"},
		{pipeline.Text, "pieces=1.250", "1250"},
		{pipeline.Text, "pieces=1.23.456", `type: pieces must be a whole number with three digits behind each thousands mark, such as 1.250, and is "1.23.456"`},
		{pipeline.Text, "pieces=3.000.000.000", "type: pieces must lie between -2147483648 and 2147483647, and is 3000000000"},
		{pipeline.Text, "pieces=12,0", "12"},
		{pipeline.Literal, "pieces=1250", "1250"},
		{pipeline.Text, "plain=1.25", "1.25"},
		{pipeline.Text, "plain=1,25", `type: plain must be a number such as 1250.50, and is "1,25"`},
		{pipeline.Text, "plain=1.25 €", `type: plain must be a number such as 1250.50, and is "1.25 €"`},
		{pipeline.Text, "day=24/11/2026", "2026-11-24"},
		{pipeline.Text, "day=4/1/50", "minimum: day must be at least 1950-02-01, and is 1950-01-04"},
		{pipeline.Text, "day=4/1/29", "2029-01-04"},
		{pipeline.Text, "day=01/01/2030", "exclusiveMaximum: day must be less than 2030-01-01, and is 2030-01-01"},
		{pipeline.Text, "day=4 de Setiembre de 2026", "2026-09-04"},
		{pipeline.Text, "day=45985", "2025-11-24"},
		{pipeline.Literal, "day=45985", "2025-11-24"},
		{pipeline.Text, "day=2026-11-24", `format: day must be a date written as dd/MM/yyyy or d/M/yy or d 'de' MMMM 'de' yyyy or excelDays, and is "2026-11-24"`},
		{pipeline.Text, "at=24/11/2026 10:00", "2026-11-24T10:00:00+01:00"},
		{pipeline.Text, "at=24/11/2026 1:05 p. m.", "2026-11-24T13:05:00+01:00"},
		{pipeline.Text, "at=1764000000", "2025-11-24T16:00:00Z"},
		{pipeline.Text, "at=2026-11-24T10:00:00Z", `format: at must be a timestamp written as dd/MM/yyyy HH:mm or dd/MM/yyyy h:mm a or epochSeconds, and is "2026-11-24T10:00:00Z"`},

		// Whatever the column's formats are, Parquet's moments are ISO 8601.
		{pipeline.Moment, "day=2026-11-24", "2026-11-24"},
		{pipeline.Moment, "odd=2026-11-12", "2026-11-12"},
		{pipeline.Text, "odd=2026-11-12", "2026-12-11"},
		{pipeline.Moment, "day=2030-11-24", "exclusiveMaximum: day must be less than 2030-01-01, and is 2030-11-24"},
		{pipeline.Moment, "day=2026-11-24T10:00:00", "type: day must be a date, and is 2026-11-24T10:00:00"},
		{pipeline.Moment, "at=2026-11-24T10:00:00.123Z", "2026-11-24T10:00:00.123Z"},
		{pipeline.Moment, "at=2026-11-24T10:00:00", "2026-11-24T10:00:00+01:00"},
		{pipeline.Moment, "at=2026-11-24", "type: at must be a timestamp, and is 2026-11-24"},
		{pipeline.Moment, "clock=2026-11-24T10:00:00.5", "2026-11-24T10:00:00.5"},
		{pipeline.Moment, "clock=2026-11-24T10:00:00Z", "type: clock must be a time without an offset, which the column does not keep, and is 2026-11-24T10:00:00Z"},
		{pipeline.Moment, "code=2026-11-24", "2026-11-24"},
		{pipeline.Moment, "price=2026-11-24", "type: price must be a number, and is the time 2026-11-24"},
		{pipeline.Moment, "tags=2026-11-24", "type: tags must be a JSON document, and is the time 2026-11-24"},
	} {
		name, _, _ := strings.Cut(tt.cell, "=")
		r := record(c, tt.kind, tt.cell)
		if got := outcome(made, c, r, name); got != tt.want {
			t.Errorf("%s\n got %s\nwant %s", tt.cell, got, tt.want)
		}
	}
	want := clean.Tally{
		{Column: "price", Kind: clean.ThousandsMark}: 4, {Column: "price", Kind: clean.CurrencySign}: 2, {Column: "price", Kind: clean.OddMinus}: 1,
		{Column: "discount", Kind: clean.PercentSign}: 1, {Column: "discount", Kind: clean.Exponent}: 1,
		{Column: "pieces", Kind: clean.ThousandsMark}: 2, {Column: "day", Kind: clean.DateFormat}: 5, {Column: "at", Kind: clean.DateFormat}: 2,
	}
	if diff := cmp.Diff(want, made.Tally()); diff != "" {
		t.Errorf("the tally (-want +got):\n%s", diff)
	}
}

// A text is a JSON string where the file is JSON, and a document where it is anything else: CSV has only texts, and Parquet's
// columns of documents are texts for most who write them.
func TestDocumentsInTexts(t *testing.T) {
	t.Parallel()
	for format, want := range map[string]string{"csv": `{"a": 1}`, "json": `"{\"a\": 1}"`} {
		made, c := cleaner(t, head+"      - {property: format, value: "+format+"}"+properties)
		if got := outcome(made, c, record(c, pipeline.Text, `tags={"a": 1}`), "tags"); got != want {
			t.Errorf("%s: %s, want %s", format, got, want)
		}
	}
}

// What the short ways take is what the long ways give: a column whose rules mean the same but are spelled so that no short way knows
// them has the same values and the same failures.
func TestShortAndLongWaysAgree(t *testing.T) {
	t.Parallel()
	const shortWays = `    properties:
      - {name: code, physicalType: text}
      - {name: price, physicalType: "numeric(6,2)", logicalTypeOptions: {%s: %s, %s: %s}}
      - {name: discount, physicalType: "numeric(6,2)"}
      - {name: tiny, physicalType: smallint, logicalTypeOptions: {%s: %s, %s: %s}}
      - {name: day, physicalType: date, logicalTypeOptions: {%s: %s, %s: %s}, customProperties: [{property: formats, value: [%s]}]}
      - {name: at, physicalType: timestamptz%s}
`
	schema := head + "      - {property: format, value: csv}\n"
	short, c := cleaner(t, schema+fmt.Sprintf(shortWays, "minimum", "0.50", "exclusiveMaximum", "999", "exclusiveMinimum", "-5", "maximum", "300",
		"minimum", "2020-01-15", "exclusiveMaximum", "2026-06-30", "yyyy-MM-dd, dd/MM/yyyy", ""))
	long, _ := cleaner(t, schema+fmt.Sprintf(shortWays, "minimum", "0.499", "exclusiveMaximum", "998.991", "exclusiveMinimum", "-4.5", "maximum", "300.5",
		"minimum", "2020-01-15", "exclusiveMaximum", "2026-06-30", "'yyyy-MM-dd[]', 'dd/MM/yyyy[]'", ", logicalTypeOptions: {minimum: \"0001-01-01T00:00:00Z\"}"))
	cells := map[string]*rapid.Generator[string]{
		"price": rapid.StringMatching(`-?(0|00|[0-9]{1,4}|99[89])?(\.[0-9]{0,3})?`),
		"tiny":  rapid.StringMatching(`[-+]?(0|29[89]|30[0-2]|[1-7]|3276[78]|0[1-9])`),
		"day":   rapid.StringMatching(`(2020|2026|2019|1999)-(0[0-36-7]|1[0-3])-([0-3][0-9]|1[45])|([0-3]\d)/(0[0167]|1[0-3])/20(20|26|19)`),
		"at":    rapid.StringMatching(`2026-(0[1-9]|13)-([0-3]\d)T[012]\d:[0-6]\d:[0-6]0(\.\d{0,7})?(Z|-05:00)?`),
	}
	rapid.Check(t, func(t *rapid.T) {
		for column, cell := range cells {
			r := record(c, pipeline.Text, column+"="+cell.Draw(t, column))
			got, want := outcome(short, c, r, column), outcome(long, c, r, column)
			for from, to := range map[string]string{"0.499,": "0.50,", "998.991,": "999,", "-4.5,": "-5,", "300.5,": "300,", "'": "", "[]": ""} {
				want = strings.ReplaceAll(want, from, to)
			}
			if got != want {
				t.Fatalf("%s: %s, and the long way %s", r.Fields[c.Index(column)].Bytes, got, want)
			}
		}
	})
}

// Cleaning costs no allocation, whatever the number of records: not even where numbers and dates are written in other ways.
func TestNoAllocationPerRecord(t *testing.T) { //nolint:paralleltest // AllocsPerRun counts those of all goroutines.
	made, c := cleaner(t, written)
	r := record(c, pipeline.Text, "price=1.250,50 €", "discount=(12,5 %)", "pieces=1.250", "plain=7.5", "day=4 de enero de 2026", "clock=2026-11-24T10:00:00")
	var out pipeline.CleanRecord
	if allocations := testing.AllocsPerRun(100, func() {
		if failures := made.Clean(r, &out); len(failures) > 0 {
			t.Fatal(failures)
		}
	}); allocations > 0 {
		t.Errorf("%v allocations a record", allocations)
	}
	for _, s := range shippedSamples(t) {
		records := s.records(t)
		made, err := clean.New(s.contract)
		if err != nil {
			t.Fatal(err)
		}
		rejected := 0
		allocations := testing.AllocsPerRun(3, func() {
			rejected = 0
			for i := range records {
				if len(made.Clean(&records[i], &out)) > 0 {
					rejected++
				}
			}
		})
		if allocations > float64(20*rejected) {
			t.Errorf("%s: %v allocations for %d records, of which %d are rejects", s.dataset, allocations, len(records), rejected)
		}
	}
}
