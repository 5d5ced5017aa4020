package test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"acequia/shared/clean"
	"acequia/shared/contract"
	"acequia/shared/intake"
	"acequia/shared/pipeline"
	"acequia/shared/split"
)

const (
	contractExtension = ".odcs.yaml"
	goldenExtension   = ".golden"
)

// TestFormats runs each file of the corpus through intake, decode and clean under its contract, and holds what comes out to the
// golden file beside it and to its row in the corpus's README; for chunks of any size that is the same.
func TestFormats(t *testing.T) {
	t.Parallel()
	for _, name := range corpus(t) {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			f := newFormatCase(t, name)
			taken := f.takeIn(t)
			checkGolden(t, f.path+goldenExtension, taken.String())
			checkRow(t, name, taken)
			for size, next := int64(1), int64(2); f.plan != nil && size <= int64(len(f.body)); size, next = next, size+next {
				if diff := cmp.Diff(taken.String(), f.cut(t, size).String()); diff != "" {
					t.Fatalf("in chunks of %d bytes (-whole +chunks):\n%s", size, diff)
				}
			}
		})
	}
}

var corpusRoot = filepath.Join("data", "formats")

// corpus names the files, by their paths in the corpus.
func corpus(t *testing.T) (names []string) {
	t.Helper()
	paths, err := filepath.Glob(filepath.Join(corpusRoot, "*", "*"))
	if err != nil || len(paths) == 0 {
		t.Fatal("no files; ", err)
	}
	for _, path := range paths {
		if strings.HasSuffix(path, contractExtension) || strings.HasSuffix(path, goldenExtension) {
			continue
		}
		name, err := filepath.Rel(corpusRoot, path)
		if err != nil {
			t.Fatal(err)
		}
		names = append(names, filepath.ToSlash(name))
	}
	return names
}

// formatCase is a file with its contract: the one of its own name, or else that of its folder. It is the raw bucket and the work
// bucket of the intake that takes it, as far as these are asked for anything.
type formatCase struct {
	intake.Bucket
	intake.Work

	path     string
	body     []byte
	contract *contract.Contract
	// plan is nil until there is one: a file that is refused for its head has none.
	plan *pipeline.Plan
}

func newFormatCase(t *testing.T, name string) *formatCase {
	t.Helper()
	f := &formatCase{path: filepath.Join(corpusRoot, filepath.FromSlash(name))}
	var err error
	if f.body, err = os.ReadFile(f.path); err != nil {
		t.Fatal(err)
	}
	doc, err := os.ReadFile(strings.TrimSuffix(f.path, filepath.Ext(f.path)) + contractExtension)
	if errors.Is(err, os.ErrNotExist) {
		doc, err = os.ReadFile(filepath.Join(filepath.Dir(f.path), "contract"+contractExtension))
	}
	if err != nil {
		t.Fatal(err)
	}
	if f.contract, err = contract.Parse(doc); err != nil {
		t.Fatal(err)
	}
	return f
}

// takeIn takes the file in as it comes from the bucket, which makes its plan, and cleans what it is cut into.
func (f *formatCase) takeIn(t *testing.T) *outcome {
	t.Helper()
	var chunks []pipeline.Chunk
	in := intake.Intake{
		Bucket: f, Work: f, ChunkSize: 8 << 20,
		Catalog:   func(context.Context) (contract.Catalog, error) { return contract.Catalog{{Contract: f.contract}}, nil },
		SendChunk: func(_ context.Context, c pipeline.Chunk) error { chunks = append(chunks, c); return nil },
		Report:    func(context.Context, pipeline.Report) error { return nil },
	}
	arrival := intake.Arrival{Bucket: "raw", Key: f.contract.Source.Prefix + filepath.Base(f.path)}
	result, err := in.Arrived(t.Context(), arrival, func() bool { return false })
	if err != nil {
		t.Fatal(err)
	}
	if result.Status == pipeline.Refused {
		return &outcome{refused: result.Reason}
	}
	return f.clean(t, chunks, result.Records)
}

// cut cuts the file into chunks of the given size by its plan, and cleans them.
func (f *formatCase) cut(t *testing.T, chunkSize int64) *outcome {
	t.Helper()
	var chunks []pipeline.Chunk
	end, err := split.Walk(bytes.NewReader(f.body), f.plan.Layout, int64(len(f.body)), chunkSize, split.Mark{}, func(p split.Piece) error {
		chunks = append(chunks, pipeline.Chunk{Start: p.Start, End: p.End, Line: p.Line})
		return nil
	})
	if refused := (*pipeline.RefusedError)(nil); errors.As(err, &refused) {
		return &outcome{refused: refused.Reason}
	}
	if err != nil {
		t.Fatal(err)
	}
	return f.clean(t, chunks, end.Records)
}

// clean cleans the chunks, in which the walk found so many records.
func (f *formatCase) clean(t *testing.T, chunks []pipeline.Chunk, records int64) *outcome {
	t.Helper()
	out := &outcome{layout: f.plan.Layout, columns: f.contract.Columns, tally: map[string]int64{}}
	for _, c := range chunks {
		cleaned, err := clean.Chunk(f.body[c.Start:c.End], c, f.plan.Layout, f.contract)
		if err == nil {
			err = out.add(cleaned)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	if out.records != records {
		t.Errorf("split finds %d records, decode %d", records, out.records)
	}
	return out
}

// Versions implements intake.Bucket.
func (f *formatCase) Versions(context.Context, string, string) ([]pipeline.Version, error) {
	return []pipeline.Version{{ID: "1", Size: int64(len(f.body))}}, nil
}

// Open implements intake.Bucket.
func (f *formatCase) Open(_ context.Context, _ pipeline.Object, offset int64) (io.ReadCloser, error) {
	return io.NopCloser(bytes.NewReader(f.body[offset:])), nil
}

// Find implements intake.Work.
func (f *formatCase) Find(context.Context, string) ([]byte, bool, error) { return nil, false, nil }

// Create implements intake.Work. All that is created is the plan.
func (f *formatCase) Create(_ context.Context, _ string, body []byte) (bool, error) {
	f.plan = new(pipeline.Plan)
	return true, json.Unmarshal(body, f.plan)
}

// checkGolden holds got to the golden file, or makes it that.
func checkGolden(t *testing.T, path, got string) {
	t.Helper()
	if *update {
		if err := os.WriteFile(path, []byte(got), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), got); diff != "" {
		t.Errorf("%s (-want +got; -update accepts):\n%s", path, diff)
	}
}

// checkRow holds the README's row about the file to what became of it.
func checkRow(t *testing.T, name string, out *outcome) {
	t.Helper()
	readme, err := os.ReadFile(filepath.Join(corpusRoot, "README.md"))
	if err != nil {
		t.Fatal(err)
	}
	start, end := "\n| ["+name+"]("+name+") | ", " | ["+out.short()+"]("+name+goldenExtension+") |"
	_, row, found := strings.Cut(string(readme), start)
	if row, _, _ = strings.Cut(row, "\n"); !found || !strings.HasSuffix(row, end) {
		t.Errorf("the README has no row that starts with %q and ends with %q", start, end)
	}
}
