package e2e

import (
	"bytes"
	"io"
	"slices"
	"testing"

	"github.com/klauspost/compress/gzip"
	"github.com/klauspost/compress/zstd"
)

// TestCompressedFiles uploads samples as gzip and zstd, in several members and frames, and holds the ledger to the manifest: the
// places of rejects are those in the stream that comes out. Each invocation of ingest has time for one chunk, so that every file
// of several chunks is handed over on its way.
func TestCompressedFiles(t *testing.T) {
	t.Parallel()
	w := newWorld(t, smallChunks, "WALK_LIMIT=1ms")
	for name, compress := range map[string]func(io.Writer) (io.WriteCloser, error){
		"sales_large.csv":      newGzip,
		"sales_medium.csv":     newZstd,
		"customers_large.json": newZstd,
		"products_large.csv":   newGzip,
	} {
		file := fileOf(t, name)
		object := w.send(keyOf(file), compressed(t, readSample(t, name), compress)) // the name says nothing
		w.published(object, file)
		w.rejected(object, file)
	}
	w.tilesItsObject()
	w.atRest()
	want := []string{"gzip csv", "gzip csv", "zstd csv", "zstd json"}
	if got := w.lines(`SELECT format('%s %s', layout->>'compression', layout->>'format') FROM acequia.objects ORDER BY 1`); !slices.Equal(got, want) {
		t.Errorf("layouts %q, want %q", got, want)
	}
	if chunks := w.lines(`SELECT sum(chunks)::text FROM acequia.objects`); w.usageOf("ingest").invocations < 20 {
		t.Errorf("%d invocations of ingest cut %s chunks, want about as many", w.usageOf("ingest").invocations, chunks)
	}
}

func newGzip(w io.Writer) (io.WriteCloser, error) { return gzip.NewWriter(w), nil }

func newZstd(w io.Writer) (io.WriteCloser, error) { return zstd.NewWriter(w) }

// compressed compresses a file in parts, each half of what is left.
func compressed(t *testing.T, file []byte, compress func(io.Writer) (io.WriteCloser, error)) []byte {
	t.Helper()
	var out bytes.Buffer
	for len(file) > 0 {
		part := file[:min(len(file), 1+len(file)/2)]
		file = file[len(part):]
		w, err := compress(&out)
		if err != nil {
			t.Fatal(err)
		}
		if _, err := w.Write(part); err != nil {
			t.Fatal(err)
		}
		if err := w.Close(); err != nil {
			t.Fatal(err)
		}
	}
	return out.Bytes()
}
