package transform_test

import (
	"os"
	"testing"

	"acequia/shared/clean"
	"acequia/shared/contract"
	"acequia/shared/pipeline"
	"acequia/shared/split"
	"acequia/shared/transform"
)

// BenchmarkChunk is all that is done with a chunk of the shipped sales, once it is read: reading its records, deriving, encoding
// and sorting.
func BenchmarkChunk(b *testing.B) {
	doc, err := os.ReadFile("../../infra/contracts/sales" + contract.Extension)
	if err != nil {
		b.Fatal(err)
	}
	c, err := contract.Parse(doc)
	if err != nil {
		b.Fatal(err)
	}
	body, err := os.ReadFile("../../test/data/sales_large.csv")
	if err != nil {
		b.Fatal(err)
	}
	layout, err := split.Probe(body, true, c.Source, c.Sources())
	if err != nil {
		b.Fatal(err)
	}
	chunk := pipeline.Chunk{End: int64(len(body)), Line: 1, Object: pipeline.Object{ID: object}}
	cleaned, err := clean.Chunk(body, chunk, layout, c)
	if err != nil {
		b.Fatal(err)
	}
	b.SetBytes(int64(len(cleaned.Records)))
	b.ReportAllocs()
	for b.Loop() {
		if _, err := transform.Chunk(cleaned.Records, chunk, c); err != nil {
			b.Fatal(err)
		}
	}
	b.ReportMetric(float64(b.Elapsed().Nanoseconds())/float64(int64(b.N)*(cleaned.Count-cleaned.Rejected)), "ns/row")
}
