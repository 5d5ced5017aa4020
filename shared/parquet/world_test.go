package parquet_test

import (
	"bytes"
	"errors"
	"fmt"
	"math"
	"testing"

	pq "github.com/parquet-go/parquet-go"

	"acequia/shared/parquet"
	"acequia/shared/pipeline"
)

// written gives a file that parquet-go writes, with its row groups.
func written(t testing.TB, columns pq.Group, groups [][]pq.Row, options ...pq.WriterOption) []byte {
	t.Helper()
	return writtenBy(t, pq.NewSchema("records", columns), groups, options...)
}

func writtenBy(t testing.TB, schema *pq.Schema, groups [][]pq.Row, options ...pq.WriterOption) []byte {
	t.Helper()
	var out bytes.Buffer
	w := pq.NewWriter(&out, append(options, schema)...)
	for _, rows := range groups {
		if _, err := w.WriteRows(rows); err != nil {
			t.Fatal(err)
		}
		if err := w.Flush(); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return out.Bytes()
}

// one gives the rows of a file with one column, without NULLs where it is required.
func one(optional bool, values ...pq.Value) []pq.Row {
	rows := make([]pq.Row, len(values))
	for i, v := range values {
		definition := 0
		if optional && !v.IsNull() {
			definition = 1
		}
		rows[i] = pq.Row{v.Level(0, definition, 0)}
	}
	return rows
}

func open(t testing.TB, file []byte, sources ...string) *parquet.File {
	t.Helper()
	f, err := parquet.Open(bytes.NewReader(file), int64(len(file)), sources, parquet.Limits{})
	if err != nil {
		t.Fatal(err)
	}
	return f
}

// all gives the number of rows.
func all(f *parquet.File) int64 {
	rows := int64(0)
	for _, g := range f.RowGroups() {
		rows += g.Rows
	}
	return rows
}

var kinds = map[pipeline.Kind]string{
	pipeline.Absent: "absent", pipeline.Null: "null", pipeline.Text: "text", pipeline.Literal: "literal", pipeline.Nested: "nested",
	pipeline.Moment: "moment",
}

// told gives a record as a line: its row, and its fields or what is wrong with it.
func told(r *pipeline.Record) string {
	line := fmt.Sprint(r.Offset)
	if r.Malformed != nil {
		return line + " " + r.Malformed.Rule + ": " + r.Malformed.Reason
	}
	for _, field := range r.Fields {
		line += fmt.Sprintf(" %s(%s)", kinds[field.Kind], field.Bytes)
	}
	return line
}

// read gives the records of a range of rows.
func read(f *parquet.File, first, rows int64) (records []string, err error) {
	for r, err := range f.Records(first, rows) {
		if err != nil {
			return records, err
		}
		records = append(records, told(r))
	}
	return records, nil
}

func mustRead(t testing.TB, f *parquet.File, first, rows int64) []string {
	t.Helper()
	records, err := read(f, first, rows)
	if err != nil {
		t.Fatal(err)
	}
	return records
}

// refusal gives the reason of a refusal, and fails where err is anything else.
func refusal(t testing.TB, err error) string {
	t.Helper()
	var refused *pipeline.RefusedError
	if !errors.As(err, &refused) {
		t.Fatalf("the error is no refusal: %v", err)
	}
	return refused.Reason
}

func float(bits uint64) pq.Value { return pq.DoubleValue(math.Float64frombits(bits)) }
