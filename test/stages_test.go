package test

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"github.com/google/go-cmp/cmp"

	"acequia/shared/clean"
	"acequia/shared/contract"
	"acequia/shared/pipeline"
	"acequia/shared/split"
	"acequia/shared/staging"
	"acequia/test/data/sample"
)

// TestStagesKeepTheManifest runs each sample file through probe, walk, decode and clean in this process, in chunks of several sizes,
// and holds what comes out to what the generator says it put in.
func TestStagesKeepTheManifest(t *testing.T) {
	t.Parallel()
	manifest, err := sample.ReadManifest(filepath.Join("data", sample.ManifestName))
	if err != nil {
		t.Fatal(err)
	}
	for _, file := range manifest.Files {
		for _, chunkSize := range []int64{1 << 10, 64 << 10, 8 << 20} {
			t.Run(fmt.Sprintf("%s in chunks of %d", file.Name, chunkSize), func(t *testing.T) {
				t.Parallel()
				records, rejects := cleaned(t, file, chunkSize)
				if records != file.Records {
					t.Errorf("%d records, the manifest says %d", records, file.Records)
				}
				var want, got []string
				for _, r := range file.Rejects {
					want = append(want, fmt.Sprintf("line %d, byte %d, length %d: %s", r.Line, r.Offset, r.Length, r.Column))
				}
				for _, r := range rejects {
					got = append(got, fmt.Sprintf("line %d, byte %d, length %d: %s", r.Line, r.Offset, r.Length, r.Failures[0].Column))
				}
				if diff := cmp.Diff(want, got); diff != "" {
					t.Errorf("rejects (-manifest +pipeline):\n%s", diff)
				}
			})
		}
	}
}

// cleaned gives the number of a sample's records, and its rejects in the file's order.
func cleaned(t *testing.T, file sample.File, chunkSize int64) (records int64, rejects []pipeline.Reject) {
	t.Helper()
	doc, err := os.ReadFile(filepath.Join("..", "infra", "contracts", file.Dataset+contract.Extension))
	if err != nil {
		t.Fatal(err)
	}
	c, err := contract.Parse(doc)
	if err != nil {
		t.Fatal(err)
	}
	body, err := os.ReadFile(filepath.Join("data", file.Name))
	if err != nil {
		t.Fatal(err)
	}
	layout, err := split.Probe(body, true, c.Source, c.Sources())
	if err != nil {
		t.Fatal(err)
	}
	_, err = split.Walk(bytes.NewReader(body), layout, int64(len(body)), chunkSize, split.Mark{}, func(p split.Piece) error {
		out, err := clean.Chunk(body[p.Start:p.End], pipeline.Chunk{Start: p.Start, End: p.End, Line: p.Line}, layout, c)
		records += out.Count
		for r, err := range staging.Rejects(bytes.NewReader(out.Rejects)) {
			if err != nil {
				return err
			}
			rejects = append(rejects, r)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return records, rejects
}
