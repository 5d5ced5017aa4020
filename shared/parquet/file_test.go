package parquet_test

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"os"
	"slices"
	"strings"
	"testing"

	pq "github.com/parquet-go/parquet-go"

	"acequia/shared/parquet"
	"acequia/shared/pipeline"
)

func file(t testing.TB, name string) []byte {
	t.Helper()
	b, err := os.ReadFile("testdata/" + name)
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// Each type as DuckDB writes it: testdata/README.md has the statement.
func TestTypesOfAnotherWriter(t *testing.T) {
	t.Parallel()
	for source, want := range map[string]string{
		"id":                  "literal(7)",
		"small":               "literal(21)",
		"big":                 "literal(9007199254741000)",
		"huge":                "literal(18446744073709551608)",
		"price":               "literal(8.75)",
		"amount":              "literal(-10.5000)",
		"wide":                "literal(712345678901234567890.0000000001)",
		"f":                   "literal(0.875)",
		"d":                   "literal(2.3333333333333335)",
		"flag":                "literal(false)",
		"name":                `text(año "7")`,
		"colour":              "text(c1)",
		"day":                 "moment(2026-12-01)",
		"clock":               "text(15:04:05.123456)",
		"local":               "moment(2026-11-24T10:20:37.5)",
		"instant":             "moment(2026-12-01T10:20:30.000001Z)",
		"nanos":               "moment(2026-11-24T10:20:30.123456789)",
		"u":                   "text(01234567-89ab-cdef-fedc-ba9876543210)",
		"doc":                 `nested({"a": 7})`,
		"raw":                 "text(b7)",
		"$.address.city":      "text(Lima)",
		"$.address.place.lat": "literal(-5.5)",
		"$['address'].city":   "text(Lima)",
		"$.address.street":    "absent()",
		"address.city":        "absent()",
		"$.id.x":              "absent()",
	} {
		f := open(t, file(t, "types.parquet"), source)
		if got := mustRead(t, f, 7, 1); !slices.Equal(got, []string{"7 " + want}) {
			t.Errorf("%s: %s, want %s", source, got, want)
		}
		if lacks := len(f.Lacking()) > 0; lacks != (want == "absent()") {
			t.Errorf("%s: the file lacks %v", source, f.Lacking())
		}
	}
}

func TestPagesOfAnotherWriter(t *testing.T) {
	t.Parallel()
	f := open(t, file(t, "pages.parquet"), "id", "customer", "n", "half", "flag")
	want := []parquet.RowGroup{{Index: 0, First: 0, Rows: 2048, Bytes: 37588}, {Index: 1, First: 2048, Rows: 52, Bytes: 1869}}
	if got := f.RowGroups(); !slices.Equal(got, want) {
		t.Errorf("row groups %v, want %v", got, want)
	}
	var rows []string
	for i := range 2100 {
		half := fmt.Sprintf("literal(%v)", float64(i%40)/2)
		if i%5 == 0 {
			half = "null()"
		}
		rows = append(rows, fmt.Sprintf("%d literal(%d) text(customer-%05d%d) literal(%d) %s literal(%t)",
			i, i, i*7919%500, i%7, i*i*31%100000, half, i%3 == 0))
	}
	compare(t, mustRead(t, f, 0, 2100), rows)
}

func TestColumns(t *testing.T) {
	t.Parallel()
	f := open(t, file(t, "pages.parquet"), "flag", "size", "id", "flag")
	if got := strings.Join(f.Columns(), " "); got != "id customer n half flag" {
		t.Errorf("columns %s", got)
	}
	if got := mustRead(t, f, 2099, 1); !slices.Equal(got, []string{"2099 literal(false) absent() literal(2099) literal(false)"}) {
		t.Errorf("a source asked for twice gives %s", got)
	}
}

// Where a NULL stands on the path, the value is NULL.
func TestColumnsInGroups(t *testing.T) {
	t.Parallel()
	columns := pq.Group{"a": pq.Optional(pq.Group{"b": pq.Optional(pq.Group{"c": pq.Optional(pq.String())})})}
	var rows []pq.Row
	for definition := range 3 {
		rows = append(rows, pq.Row{pq.NullValue().Level(0, definition, 0)})
	}
	rows = append(rows, pq.Row{bytesOf("x").Level(0, 3, 0)})
	f := open(t, written(t, columns, [][]pq.Row{rows}), "$.a.b.c")
	if got := fields(mustRead(t, f, 0, 4)); got != "null() null() null() text(x)" {
		t.Error(got)
	}
}

func TestSourcesThatAreNoSingleValue(t *testing.T) {
	t.Parallel()
	types := file(t, "types.parquet")
	many := written(t, pq.Group{"r": pq.Repeated(pq.String()), "i": pq.IntervalNode(), "b": pq.BSON()}, nil)
	for _, test := range []struct {
		file         []byte
		source, want string
	}{
		{types, "tags", "the column tags of the Parquet file is a list"},
		{types, "$.tags.list.element", "the column tags.list.element of the Parquet file is in a list or a map"},
		{types, "attributes", "the column attributes of the Parquet file is a map"},
		{types, "address", "the column address of the Parquet file is a group of columns"},
		{types, "$.address.place", "the column address.place of the Parquet file is a group of columns"},
		{types, "$.tags[0]", `the path "$.tags[0]" cannot be followed in a Parquet file at "[0]"`},
		{types, "$.address..city", `a name is missing at "..city"`},
		{types, "$['address", `lacks a name or its`},
		{many, "r", "the column r of the Parquet file is in a list or a map"},
		{many, "i", "is INTERVAL as FIXED_LEN_BYTE_ARRAY, which is not read"},
		{many, "b", "is BSON as BYTE_ARRAY, which is not read"},
	} {
		_, err := parquet.Open(bytes.NewReader(test.file), int64(len(test.file)), []string{test.source}, parquet.Limits{})
		if got := refusal(t, err); !strings.Contains(got, test.want) {
			t.Errorf("%s: %s\nwant %s", test.source, got, test.want)
		}
	}
}

func TestRowsThatTheFileDoesNotHave(t *testing.T) {
	t.Parallel()
	f := open(t, file(t, "types.parquet"), "id")
	for _, rows := range [][2]int64{{0, 11}, {10, 1}, {11, 0}, {-1, 1}, {0, -1}, {1, 1<<63 - 1}} {
		_, err := read(f, rows[0], rows[1])
		if got := refusal(t, err); !strings.Contains(got, "has 10 rows") {
			t.Errorf("%v: %s", rows, got)
		}
	}
	if got := mustRead(t, f, 10, 0); len(got) > 0 {
		t.Errorf("no rows give %s", got)
	}
}

// The text of a part of a row group is bounded, wherever in it the part lies: what stands before it does not count.
func TestTextIsBoundedByPart(t *testing.T) {
	t.Parallel()
	values := make([]pq.Value, 90)
	for i := range values {
		values[i] = bytesOf(strings.Repeat("x", 100))
	}
	b := written(t, pq.Group{"v": pq.String()}, [][]pq.Row{one(false, values...)})
	f, err := parquet.Open(bytes.NewReader(b), int64(len(b)), []string{"v"}, parquet.Limits{TextBytes: 3000})
	if err != nil {
		t.Fatal(err)
	}
	for first := int64(0); first <= 60; first += 15 {
		if n := len(mustRead(t, f, first, 30)); n != 30 {
			t.Errorf("%d records from row %d on", n, first)
		}
		if _, err := read(f, first, 31); first < 60 && !strings.Contains(refusal(t, err), "takes more than 3000 bytes") {
			t.Errorf("31 rows from row %d on: %v", first, err)
		}
	}
}

// A record says its place, and what it is to a person when one asks.
func TestPlaceAndText(t *testing.T) {
	t.Parallel()
	file := written(t, pq.Group{"a": pq.Leaf(pq.Int64Type), "b": pq.Optional(pq.String()), "c": pq.JSON()}, [][]pq.Row{{
		{pq.Int64Value(-1).Level(0, 0, 0), bytesOf("a \"b\"\n").Level(0, 1, 1), bytesOf(`[1]`).Level(0, 0, 2)},
		{pq.Int64Value(2).Level(0, 0, 0), pq.NullValue().Level(0, 0, 1), bytesOf("\"\xff").Level(0, 0, 2)},
		{pq.Int64Value(3).Level(0, 0, 0), bytesOf(strings.Repeat("x", 1e6)).Level(0, 1, 1), bytesOf(`{}`).Level(0, 0, 2)},
	}})
	want := []string{
		`{"a":-1,"b":"a \"b\"\u000a","c":[1]}`, "{\"a\":2,\"b\":null,\"c\":\"\xff}", `{"a":3,"b":"` + strings.Repeat("x", 4096-12),
	}
	i := int64(0)
	for r, err := range open(t, file, "a", "b", "d", "c").Records(0, 3) {
		if err != nil {
			t.Fatal(err)
		}
		if r.Place != (pipeline.Place{Offset: i, Length: 1, Line: i + 1}) {
			t.Errorf("row %d is at %+v", i, r.Place)
		}
		if got := string(r.Text()); got != want[i] || r.Raw != nil {
			t.Errorf("row %d is %s", i, got)
		}
		i++
	}
}

// counted counts requests and bytes; from the failing request on, if that is not 0, each fails.
type counted struct {
	io.ReaderAt
	requests, failing int
	bytes             int
}

var errDown = errors.New("503 Slow Down")

func (c *counted) ReadAt(b []byte, at int64) (int, error) {
	c.requests++
	if c.requests == c.failing {
		return 0, errDown
	}
	c.bytes += len(b)
	return c.ReaderAt.ReadAt(b, at)
}

func TestRequests(t *testing.T) {
	t.Parallel()
	wide := pq.Group{"a": pq.Leaf(pq.FixedLenByteArrayType(1 << 14)), "b": pq.Leaf(pq.FixedLenByteArrayType(1 << 14)), "c": pq.Leaf(pq.Int32Type)}
	var rows []pq.Row
	for i := range 640 {
		v := fixedOf(strings.Repeat("x", 1<<14))
		rows = append(rows, pq.Row{v.Level(0, 0, 0), v.Level(0, 0, 1), pq.Int32Value(int32(i)).Level(0, 0, 2)})
	}
	large := written(t, wide, [][]pq.Row{rows}) // two chunks of 11 MiB, one of a few bytes, and a footer with long statistics
	for _, test := range []struct {
		file           []byte
		sources        string
		opening, whole int
	}{
		{file(t, "types.parquet"), "id name", 1, 1},
		{file(t, "pages.parquet"), "id flag", 1, 2}, // as it has two row groups
		{file(t, "pages.parquet"), "none", 1, 0},
		{large, "c", 2, 1},
		{large, "a", 2, 4}, // in sections of 4 MiB that begin where a page does
		{large, "a b c", 2, 9},
	} {
		in := &counted{ReaderAt: bytes.NewReader(test.file)}
		f, err := parquet.Open(in, int64(len(test.file)), strings.Fields(test.sources), parquet.Limits{})
		if err != nil {
			t.Fatal(err)
		}
		opening := in.requests
		mustRead(t, f, 0, all(f))
		if whole := in.requests - opening; opening != test.opening || whole != test.whole {
			t.Errorf("%s: %d requests to open, and %d to read; want %d and %d", test.sources, opening, whole, test.opening, test.whole)
		}
		if in.bytes > 2*len(test.file)+1 {
			t.Errorf("%s: %d bytes were read of %d", test.sources, in.bytes, len(test.file))
		}
	}
}

// What goes wrong with reading is passed on, whenever it does: it is no fault of the file.
func TestReadingFails(t *testing.T) {
	t.Parallel()
	pages := file(t, "pages.parquet")
	for failing := 1; ; failing++ {
		in := &counted{ReaderAt: bytes.NewReader(pages), failing: failing}
		f, err := parquet.Open(in, int64(len(pages)), []string{"id"}, parquet.Limits{})
		if err == nil {
			_, err = read(f, 0, all(f))
		}
		if err == nil {
			if failing != 4 { // one to open, one for each row group
				t.Errorf("%d requests", failing-1)
			}
			return
		}
		var refused *pipeline.RefusedError
		if !errors.Is(err, errDown) || errors.As(err, &refused) {
			t.Errorf("request %d fails with %v", failing, err)
		}
	}
}

// An object that is shorter than it should be is another one, which reading tells and the file cannot.
func TestReadingEndsEarly(t *testing.T) {
	t.Parallel()
	types := file(t, "types.parquet")
	_, err := parquet.Open(bytes.NewReader(types[:2000]), int64(len(types)), []string{"id"}, parquet.Limits{})
	if !errors.Is(err, io.ErrUnexpectedEOF) {
		t.Error(err)
	}
}

// panicking stands for code that stumbles over a file.
type panicking struct {
	io.ReaderAt
	calm int
}

func (p *panicking) ReadAt(b []byte, at int64) (int, error) {
	if p.calm--; p.calm < 0 {
		panic("index out of range")
	}
	return p.ReaderAt.ReadAt(b, at)
}

func TestPanicsAreRefusals(t *testing.T) {
	t.Parallel()
	types := file(t, "types.parquet")
	for calm := range 2 {
		f, err := parquet.Open(&panicking{bytes.NewReader(types), calm}, int64(len(types)), []string{"id"}, parquet.Limits{})
		if err == nil {
			_, err = read(f, 0, 10)
		}
		if got := refusal(t, err); !strings.Contains(got, "damaged: reading it ran into index out of range") {
			t.Errorf("after %d requests: %s", calm, got)
		}
	}
}
