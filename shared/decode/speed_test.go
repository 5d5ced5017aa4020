package decode_test

import (
	"bytes"
	"errors"
	"fmt"
	"runtime"
	"strings"
	"testing"

	"acequia/shared/contract"
	"acequia/shared/decode"
	"acequia/shared/pipeline"
	"acequia/shared/split"
)

// sample is a file with the sources that it is asked for.
type sample struct {
	name    string
	body    string
	layout  pipeline.Layout
	sources []string
}

func samples(t testing.TB, records int) []sample {
	t.Helper()
	var plain, quoted, people strings.Builder
	const header = "transaction_id,customer_code,sale_date,quantity,unit_price,payment_method,currency,region\n"
	plain.WriteString(header)
	quoted.WriteString(header)
	for i := range records {
		const row = "T%07d,C%05d,2026-09-02,3,35.16,%s,PEN,Callao\n"
		fmt.Fprintf(&plain, row, i, i%5000, "tarjeta de crédito")
		fmt.Fprintf(&quoted, row, i, i%5000, `"tarjeta, ""débito"""`)
		fmt.Fprintf(&people, "%c\n  {\n    \"code\": \"C%05d\",\n    \"name\": {\"first\": \"Raúl\", \"last\": \"Mu\\u00f1oz\"},\n"+
			"    \"tags\": [\"Deportes\", \"Hogar\"],\n    \"score\": %d.5\n  }", "[,"[min(i, 1)], i, i)
	}
	people.WriteString("\n]\n")
	peopleSources := []string{"code", "$.name.first", "$.name.last", "$.tags", "score"}
	all := []sample{
		{name: "csv", body: plain.String(), layout: pipeline.Layout{Format: pipeline.CSV}},
		{name: "csv-quoted", body: quoted.String(), layout: pipeline.Layout{Format: pipeline.CSV}},
		{name: "json", body: people.String(), layout: pipeline.Layout{Format: pipeline.JSON}, sources: peopleSources},
		{name: "ndjson", body: customers(records), layout: pipeline.Layout{Format: pipeline.NDJSON}, sources: customerSources},
	}
	for i, s := range all {
		layout, err := split.Probe([]byte(s.body), true, contract.Source{Format: s.layout.Format}, nil)
		if err != nil {
			t.Fatal(err)
		}
		all[i].layout = layout
		if s.sources == nil {
			all[i].sources = layout.Header
		}
	}
	return all
}

// decodeAll gives the number of sound records.
func decodeAll(t testing.TB, s sample, p split.Piece) (sound int) {
	t.Helper()
	d, err := decode.New(s.layout, pipeline.Chunk{Start: p.Start, End: p.End, Line: p.Line}, s.sources)
	if err != nil {
		t.Fatal(err)
	}
	for r := range d.Records([]byte(s.body)[p.Start:p.End]) {
		if r.Malformed == nil {
			sound++
		}
	}
	return sound
}

// What a chunk costs in allocations does not depend on the number of its records.
func TestNoAllocationPerRecord(t *testing.T) { //nolint:paralleltest // AllocsPerRun counts those of all goroutines.
	for _, s := range samples(t, 2000) {
		allocations := testing.AllocsPerRun(3, func() {
			if sound := decodeAll(t, s, split.Piece{End: int64(len(s.body)), Line: 1}); sound != 2000 {
				t.Errorf("%s: %d sound records", s.name, sound)
			}
		})
		if allocations > 100 {
			t.Errorf("%s: %v allocations for 2000 records", s.name, allocations)
		}
	}
}

// Promise 7: a line that is nothing but delimiters must not take a multiple of its size.
func TestManyFieldsTakeNoMemory(t *testing.T) { //nolint:paralleltest // It counts what is allocated meanwhile.
	line := []byte(strings.Repeat(",", 4<<20) + "\n")
	layout := pipeline.Layout{Format: pipeline.CSV, Header: []string{"a", "b"}, BodyLine: 1}
	d, err := decode.New(layout, pipeline.Chunk{End: int64(len(line)), Line: 1}, layout.Header)
	if err != nil {
		t.Fatal(err)
	}
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	for r := range d.Records(line) {
		if r.Malformed == nil || !strings.HasPrefix(r.Malformed.Reason, "has 4194305 fields") {
			t.Errorf("malformed: %v", r.Malformed)
		}
	}
	runtime.ReadMemStats(&after)
	if got := after.TotalAlloc - before.TotalAlloc; got > 1<<20 {
		t.Errorf("decoding %d bytes took %d bytes of memory", len(line), got)
	}
}

func BenchmarkSplitAndDecode(b *testing.B) {
	for _, s := range samples(b, 50_000) {
		b.Run(s.name, func(b *testing.B) {
			body := []byte(s.body)
			b.SetBytes(int64(len(body)))
			b.ReportAllocs()
			for b.Loop() {
				if err := splitAndDecode(body, s); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

// splitAndDecode cuts the body into chunks, and decodes each.
func splitAndDecode(body []byte, s sample) error {
	_, err := split.Walk(bytes.NewReader(body), s.layout, int64(len(body)), 1<<20, split.Mark{}, func(p split.Piece) error {
		d, err := decode.New(s.layout, pipeline.Chunk{Start: p.Start, End: p.End, Line: p.Line}, s.sources)
		if err != nil {
			return err
		}
		for r := range d.Records(body[p.Start:p.End]) {
			if r.Malformed != nil {
				return errors.New(r.Malformed.Reason)
			}
		}
		return nil
	})
	return err
}
