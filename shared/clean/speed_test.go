package clean_test

import (
	"bytes"
	encodingcsv "encoding/csv"
	"errors"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"acequia/shared/clean"
	"acequia/shared/contract"
	"acequia/shared/decode"
	"acequia/shared/pipeline"
	"acequia/shared/split"
)

// shipped is a shipped data set's large sample, with its contract.
type shipped struct {
	dataset  string
	body     []byte
	contract *contract.Contract
	layout   pipeline.Layout
}

func shippedSamples(t testing.TB) []shipped {
	t.Helper()
	var all []shipped
	for _, name := range []string{"sales_large.csv", "products_large.csv", "customers_large.json"} {
		dataset, _, _ := bytes.Cut([]byte(name), []byte("_"))
		s := shipped{dataset: string(dataset)}
		doc, err := os.ReadFile(filepath.Join("..", "..", "infra", "contracts", s.dataset+contract.Extension))
		if err != nil {
			t.Fatal(err)
		}
		if s.contract, err = contract.Parse(doc); err != nil {
			t.Fatal(err)
		}
		if s.body, err = os.ReadFile(filepath.Join("..", "..", "test", "data", name)); err != nil {
			t.Fatal(err)
		}
		if s.layout, err = split.Probe(s.body, true, s.contract.Source, s.contract.Sources()); err != nil {
			t.Fatal(err)
		}
		all = append(all, s)
	}
	return all
}

// records gives the sample's records, with their fields' bytes one behind another.
func (s shipped) records(t testing.TB) []pipeline.Record {
	t.Helper()
	decoder, err := decode.New(s.layout, pipeline.Chunk{End: int64(len(s.body)), Line: 1}, s.contract.Sources())
	if err != nil {
		t.Fatal(err)
	}
	var all []pipeline.Record
	kept := make([]byte, 0, len(s.body))
	for r := range decoder.Records(s.body) {
		record := *r
		record.Fields = slices.Clone(r.Fields)
		for i, f := range record.Fields {
			kept = append(kept, f.Bytes...)
			record.Fields[i].Bytes = kept[len(kept)-len(f.Bytes):]
		}
		all = append(all, record)
	}
	return all
}

// BenchmarkClean is cleaning alone, of records that have been decoded.
func BenchmarkClean(b *testing.B) {
	for _, s := range shippedSamples(b) {
		b.Run(s.dataset, func(b *testing.B) {
			records := s.records(b)
			made, err := clean.New(s.contract)
			if err != nil {
				b.Fatal(err)
			}
			var out pipeline.CleanRecord
			b.SetBytes(int64(len(s.body)))
			b.ReportAllocs()
			for b.Loop() {
				for i := range records {
					made.Clean(&records[i], &out)
				}
			}
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N*len(records)), "ns/record")
		})
	}
}

// BenchmarkChunk is all that is done with a chunk: decoding, cleaning and staging.
func BenchmarkChunk(b *testing.B) {
	for _, s := range shippedSamples(b) {
		b.Run(s.dataset, func(b *testing.B) {
			chunk := pipeline.Chunk{End: int64(len(s.body)), Line: 1}
			b.SetBytes(int64(len(s.body)))
			b.ReportAllocs()
			for b.Loop() {
				if _, err := clean.Chunk(s.body, chunk, s.layout, s.contract); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

// BenchmarkSales is the way of the sales sample's sound records, stage by stage, beside the standard library's reader, which finds
// the same fields in the same bytes and checks nothing. Every figure is of one core.
func BenchmarkSales(b *testing.B) {
	s := shippedSamples(b)[0]
	records := s.keepSound(b, 20)
	walk := func(each func(split.Piece) error) func() error {
		return func() error {
			_, err := split.Walk(bytes.NewReader(s.body), s.layout, int64(len(s.body)), 8<<20, split.Mark{}, each)
			return err
		}
	}
	for _, work := range []struct {
		name string
		do   func() error
	}{
		{"walk", walk(func(split.Piece) error { return nil })},
		{"walk-decode", walk(s.decodePiece)},
		{"walk-decode-clean", walk(s.cleaned(b))},
		{"encoding-csv", func() error { return readEncodingCSV(s.body) }},
	} {
		b.Run(work.name, func(b *testing.B) {
			b.SetBytes(int64(len(s.body)))
			b.ReportAllocs()
			for b.Loop() {
				if err := work.do(); err != nil {
					b.Fatal(err)
				}
			}
			b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(b.N*records), "ns/record")
		})
	}
}

// keepSound makes a file of the records that keep the contract, and that the standard library reads, so many times over, and gives
// their number.
func (s *shipped) keepSound(b *testing.B, times int) (records int) {
	b.Helper()
	made, err := clean.New(s.contract)
	if err != nil {
		b.Fatal(err)
	}
	var sound []byte
	var out pipeline.CleanRecord
	for _, r := range s.records(b) {
		if _, err := encodingcsv.NewReader(bytes.NewReader(r.Raw)).Read(); err == nil && len(made.Clean(&r, &out)) == 0 {
			sound = append(append(sound, r.Raw...), '\n')
			records++
		}
	}
	s.body = append(s.body[:s.layout.BodyStart:s.layout.BodyStart], bytes.Repeat(sound, times)...)
	return records * times
}

// decodePiece takes a piece's records apart.
func (s shipped) decodePiece(p split.Piece) error {
	return s.each(p, func(*pipeline.Record) {})
}

// cleaned gives what decodes a piece and holds its records to the contract.
func (s shipped) cleaned(b *testing.B) func(split.Piece) error {
	b.Helper()
	made, err := clean.New(s.contract)
	if err != nil {
		b.Fatal(err)
	}
	var out pipeline.CleanRecord
	return func(p split.Piece) error {
		return s.each(p, func(r *pipeline.Record) { made.Clean(r, &out) })
	}
}

func (s shipped) each(p split.Piece, do func(*pipeline.Record)) error {
	decoder, err := decode.New(s.layout, pipeline.Chunk{Start: p.Start, End: p.End, Line: p.Line}, s.contract.Sources())
	if err != nil {
		return err
	}
	for r := range decoder.Records(s.body[p.Start:p.End]) {
		do(r)
	}
	return nil
}

func readEncodingCSV(file []byte) error {
	r := encodingcsv.NewReader(bytes.NewReader(file))
	r.ReuseRecord = true
	for {
		if _, err := r.Read(); errors.Is(err, io.EOF) {
			return nil
		} else if err != nil {
			return err
		}
	}
}

// BenchmarkRules is a record that must keep a rule about itself, beside a rule that compares days.
func BenchmarkRules(b *testing.B) {
	doc := strings.Replace(csv, "implementation: discount <= price", `implementation: discount <= price and day >= date("2020-01-01")`, 1)
	made, c := cleaner(b, doc)
	r := record(c, pipeline.Text, "price=19.90", "discount=1.50", "day=2026-11-24")
	var out pipeline.CleanRecord
	b.ReportAllocs()
	for b.Loop() {
		if failures := made.Clean(r, &out); len(failures) > 0 {
			b.Fatal(failures)
		}
	}
}
