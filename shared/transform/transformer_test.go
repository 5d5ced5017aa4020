package transform_test

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"math/big"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/cockroachdb/apd/v3"
	"github.com/jackc/pgx/v5/pgtype"
	"pgregory.net/rapid"

	"acequia/shared/contract"
	"acequia/shared/pipeline"
	"acequia/shared/rows"
	"acequia/shared/transform"
)

// doc is a contract with a column of each type; more properties are put in behind them.
const doc = `
apiVersion: v3.1.0
kind: DataContract
id: things
version: 1.0.0
status: active
schema:
  - name: things
    customProperties:
      - {property: format, value: csv}
      - {property: parameters, value: {rate: "0.10"}}
    properties:
      - {name: note, physicalType: text}
      - {name: id, physicalType: "numeric(20,4)", primaryKey: true, primaryKeyPosition: 2}
      - {name: code, physicalType: text, primaryKey: true, primaryKeyPosition: 1}
      - {name: tiny, physicalType: smallint}
      - {name: plain, physicalType: integer}
      - {name: big, physicalType: bigint}
      - {name: amount, physicalType: numeric}
      - {name: day, physicalType: date}
      - {name: at, physicalType: timestamptz}
      - {name: clock, physicalType: timestamp}
      - {name: ok, physicalType: boolean}
      - {name: tags, physicalType: jsonb}
`

// columns are the declared ones, in order.
var columns = []string{"note", "id", "code", "tiny", "plain", "big", "amount", "day", "at", "clock", "ok", "tags"}

func parse(t testing.TB, properties string) *contract.Contract {
	t.Helper()
	c, err := contract.Parse([]byte(doc + properties))
	if err != nil {
		t.Fatal(err)
	}
	return c
}

func transformer(t testing.TB, c *contract.Contract) *transform.Transformer {
	t.Helper()
	made, err := transform.New(c)
	if err != nil {
		t.Fatal(err)
	}
	return made
}

// record gives a clean record; a missing column is NULL.
func record(offset int64, texts map[string]string) *pipeline.CleanRecord {
	r := &pipeline.CleanRecord{Place: pipeline.Place{Offset: offset}}
	for _, name := range columns {
		text, ok := texts[name]
		r.Values = append(r.Values, pipeline.Value{Null: !ok, Text: []byte(text)})
	}
	return r
}

var object = pipeline.NewObjectID("raw", "things/1.csv", "v1")

// scan decodes a field with pgx's codec for the type.
func scan[T any](t interface {
	Fatalf(format string, args ...any)
}, oid uint32, field []byte,
) (v T) {
	if err := pgtype.NewMap().Scan(oid, pgtype.BinaryFormatCode, field, &v); err != nil {
		t.Fatalf("field %x: %v", field, err)
	}
	return v
}

// pgx, which knows nothing of us, reads from a row what was written.
func TestRowIsBinaryCopy(t *testing.T) {
	t.Parallel()
	c := parse(t, "")
	row, failures := transformer(t, c).Row(object, record(4711, map[string]string{
		"note": "Cusco, Perú", "id": "-12.5000", "code": "A-1", "tiny": "-32768", "plain": "2147483647",
		"big": "-9223372036854775808", "amount": "100000.000100", "day": "1999-12-31", "at": "2026-11-24T10:00:00.123456-05:00",
		"clock": "0001-01-01T00:00:00.5", "ok": "true", "tags": `{"a": [1, 2]}`,
	}), nil)
	if len(failures) > 0 {
		t.Fatal(failures)
	}
	tuple, err := rows.Parse(row, len(c.Key))
	if err != nil || len(tuple.Bytes) != len(row) || tuple.Offset() != 4711 {
		t.Fatalf("tuple of %d of %d bytes at %d, %v", len(tuple.Bytes), len(row), tuple.Offset(), err)
	}
	var order []string
	fields := map[string][]byte{}
	for i, column := range c.Stored() {
		order = append(order, column.Name)
		fields[column.Name], _ = tuple.Field(rows.Leading + i)
	}
	if want := []string{"code", "id", "note", "tiny", "plain"}; !slices.Equal(order[:5], want) {
		t.Errorf("the row holds %v, want first %v", order, want)
	}
	id, _ := tuple.Field(0)
	if got := scan[[16]byte](t, pgtype.UUIDOID, id); got != object {
		t.Errorf("_object_id = %x", got)
	}
	at, clock := scan[time.Time](t, pgtype.TimestamptzOID, fields["at"]), scan[time.Time](t, pgtype.TimestampOID, fields["clock"])
	got := fmt.Sprint(
		scan[string](t, pgtype.TextOID, fields["note"]), "|", scan[string](t, pgtype.TextOID, fields["code"]), "|",
		numeric(t, fields["id"]), "|", scan[int16](t, pgtype.Int2OID, fields["tiny"]), "|",
		scan[int32](t, pgtype.Int4OID, fields["plain"]), "|", scan[int64](t, pgtype.Int8OID, fields["big"]), "|",
		numeric(t, fields["amount"]), "|", scan[time.Time](t, pgtype.DateOID, fields["day"]).Format(time.DateOnly), "|",
		at.UTC().Format(time.RFC3339Nano), "|", clock.Format(time.RFC3339Nano), "|", scan[bool](t, pgtype.BoolOID, fields["ok"]), "|",
		scan[string](t, pgtype.JSONBOID, fields["tags"]),
	)
	want := "Cusco, Perú|A-1|-12.5|-32768|2147483647|-9223372036854775808|100000.0001|1999-12-31|" +
		`2026-11-24T15:00:00.123456Z|0001-01-01T00:00:00.5Z|true|{"a": [1, 2]}`
	if strings.ReplaceAll(got, " | ", "|") != want {
		t.Errorf("\n got %s\nwant %s", got, want)
	}
}

// numeric decodes a numeric, without zeros at its end.
func numeric(t interface {
	Fatalf(format string, args ...any)
}, field []byte,
) string {
	n := scan[pgtype.Numeric](t, pgtype.NumericOID, field)
	d := apd.NewWithBigInt(new(apd.BigInt).SetMathBigInt(new(big.Int).Set(n.Int)), n.Exp)
	reduced, _ := d.Reduce(d)
	return reduced.Text('f')
}

// A numeric's bytes say its value and its decimals, and are equal where the values are.
func TestNumericsAreExact(t *testing.T) {
	t.Parallel()
	c := parse(t, "")
	made := transformer(t, c)
	field := func(t *rapid.T, id string) []byte {
		row, failures := made.Row(object, record(0, map[string]string{"code": "x", "id": id}), nil)
		if len(failures) > 0 {
			t.Fatalf("%v", failures)
		}
		tuple, err := rows.Parse(row, 2)
		if err != nil {
			t.Fatalf("%v", err)
		}
		b, _ := tuple.Field(rows.Leading + 1)
		return b
	}
	rapid.Check(t, func(t *rapid.T) {
		unscaled := rapid.OneOf(rapid.Int64Range(-1e15, 1e15), rapid.Int64Range(-30000, 30000), rapid.SampledFrom(
			[]int64{0, 1, 9999, 10000, 100000000, -10000, 99999999, 1000000000000})).Draw(t, "unscaled")
		text := apd.New(unscaled, -4).Text('f')
		b := field(t, text)
		want, _ := new(apd.Decimal).Reduce(apd.New(unscaled, -4))
		if got := numeric(t, b); got != want.Text('f') {
			t.Fatalf("%s is written as %x, which is %s", text, b, got)
		}
		if scale := binary.BigEndian.Uint16(b[6:]); scale != 4 {
			t.Fatalf("%s shows %d decimals", text, scale)
		}
		count := int(binary.BigEndian.Uint16(b))
		if digits := b[8:]; count > 0 && (binary.BigEndian.Uint16(digits) == 0 || binary.BigEndian.Uint16(digits[2*count-2:]) == 0) {
			t.Fatalf("%s is written with zero digits at an end: %x", text, b)
		}
	})
}

func TestDerivedColumns(t *testing.T) {
	t.Parallel()
	c := parse(t, `
      - {name: twice, physicalType: "numeric(6,2)", transformLogic: "plain * 2"}
      - {name: taxed, physicalType: "numeric(8,2)", required: true, transformLogic: "round(twice * rate, 2)"}
      - {name: size, physicalType: text, transformLogic: 'taxed < 10 ? "Small" : "Large"'}
      - {name: half, physicalType: integer, transformLogic: "big / 2 - (plain == 0 ? 0.5 : 0)"}
      - {name: ratio, physicalType: numeric, transformLogic: "big / plain"}
`)
	made := transformer(t, c)
	for _, tt := range []struct {
		name     string
		record   map[string]string
		want     string // taxed and size
		failures []pipeline.Failure
	}{
		{"computed in order", map[string]string{"plain": "41", "big": "8"}, "8.2 Small", nil},
		{"large", map[string]string{"plain": "500"}, "100 Large", nil},
		{"NULL where one is required", map[string]string{"big": "8"}, "", []pipeline.Failure{
			{Column: "taxed", Rule: "required", Reason: "taxed: round(twice * rate, 2) is NULL, and must not be"},
		}},
		{"more than the column holds", map[string]string{"plain": "5000"}, "", []pipeline.Failure{
			{Column: "twice", Rule: "derived", Reason: "twice: plain * 2 is 10000, which numeric(6,2) cannot hold"},
		}},
		{"decimals in a whole number", map[string]string{"plain": "1", "big": "3"}, "", []pipeline.Failure{
			{Column: "half", Rule: "derived", Reason: "half: big / 2 - (plain == 0 ? 0.5 : 0) is 1.5, which has more than 0 decimals; let the expression round it"},
		}},
		{"a division by zero", map[string]string{"plain": "0", "big": "1"}, "", []pipeline.Failure{
			{Column: "ratio", Rule: "derived", Reason: "ratio: big / plain divides by zero"},
		}},
		{"a whole number out of range", map[string]string{"plain": "1", "big": "9223372036854775806"}, "", []pipeline.Failure{
			{Column: "half", Rule: "derived", Reason: "half: big / 2 - (plain == 0 ? 0.5 : 0) is 4611686018427387903, which integer cannot hold"},
		}},
	} {
		tt.record["code"], tt.record["id"] = "x", "1.0000"
		row, failures := made.Row(object, record(0, tt.record), []byte("before"))
		if !slices.Equal(failures, tt.failures) {
			t.Errorf("%s: %v", tt.name, failures)
		}
		if !bytes.HasPrefix(row, []byte("before")) || len(failures) > 0 && len(row) != len("before") {
			t.Errorf("%s: the row is %q", tt.name, row)
		}
		if len(failures) > 0 {
			continue
		}
		tuple, err := rows.Parse(row[len("before"):], 2)
		if err != nil {
			t.Fatal(err)
		}
		taxed, _ := tuple.Field(rows.Leading + len(columns) + 1)
		size, _ := tuple.Field(rows.Leading + len(columns) + 2)
		if got := numeric(t, taxed) + " " + string(size); got != tt.want {
			t.Errorf("%s: %s, want %s", tt.name, got, tt.want)
		}
	}
}

func TestDamagedValuesAreFailures(t *testing.T) {
	t.Parallel()
	made := transformer(t, parse(t, ""))
	for column, text := range map[string]string{
		"tiny": "40000", "plain": "x", "big": "99999999999999999999", "amount": "1e5", "day": "2026-1-1", "at": "yesterday", "ok": "yes",
	} {
		row, failures := made.Row(object, record(0, map[string]string{"code": "x", "id": "1", column: text}), nil)
		if len(failures) != 1 || failures[0].Column != column || len(row) > 0 {
			t.Errorf("%s = %s: %v", column, text, failures)
		}
	}
}

// Sorted tuples are the tuples, in the order that rows.Compare says.
func TestRowsAreSorted(t *testing.T) {
	t.Parallel()
	made := transformer(t, parse(t, ""))
	rapid.Check(t, func(t *rapid.T) {
		sorted := transform.NewRows(2, 0)
		var want []string
		for i := range rapid.IntRange(0, 30).Draw(t, "rows") {
			code := rapid.SampledFrom([]string{"", "a", "ab", "b", "é", "tills-0001", "tills-0002", "tills-0002-again", "tills-0002-also"}).Draw(t, "code")
			if failures := sorted.Add(made, object, record(int64(i), map[string]string{"code": code, "id": "1.0000"})); len(failures) > 0 {
				t.Fatalf("%v", failures)
			}
			want = append(want, fmt.Sprintf("%s %05d", code, i))
		}
		slices.Sort(want)
		r := rows.NewReader(bytes.NewReader(sorted.Sorted()), 2)
		for _, w := range want {
			tuple, err := r.Next()
			if err != nil {
				t.Fatalf("%v", err)
			}
			code, _ := tuple.Field(rows.Leading)
			if got := fmt.Sprintf("%s %05d", code, tuple.Offset()); got != w {
				t.Fatalf("got %q, want %q", got, w)
			}
		}
	})
}

func BenchmarkRow(b *testing.B) {
	made := transformer(b, parse(b, `
      - {name: twice, physicalType: "numeric(22,2)", transformLogic: "plain * 2"}
      - {name: taxed, physicalType: "numeric(22,2)", transformLogic: "round(twice * rate, 2)"}
`))
	r := record(1, map[string]string{
		"note": "Cusco", "id": "12.5000", "code": "A-1", "plain": "12", "amount": "100.01", "day": "2026-11-24",
	})
	var row []byte
	b.ReportAllocs()
	for b.Loop() {
		row, _ = made.Row(object, r, row[:0])
	}
	b.SetBytes(int64(len(row)))
}
