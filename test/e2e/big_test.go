package e2e

import (
	"fmt"
	"io"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/feature/s3/transfermanager"
	"github.com/google/go-cmp/cmp"
	"github.com/klauspost/compress/gzip"
	"github.com/parquet-go/parquet-go"

	"acequia/shared/pipeline"
	"acequia/test/data/sample"
)

const (
	killSize = 200 << 20
	// bigPatience is how long it may take, on a machine that has little to spare.
	bigPatience = 40 * time.Minute
)

// bigFiles are whole files of the sizes that people fear, one of each way in which bytes become records.
var bigFiles = []struct {
	name string
	spec sample.Spec
	// limit is how long an invocation of ingest walks: a part of what the file takes. One that goes on in a compressed file reads
	// what lies before first.
	limit string
	// gzipped says that the size is that of the compressed file.
	gzipped bool
}{
	{name: "csv", spec: sample.Spec{Dataset: "sales", Name: "big.csv", Seed: 7, Size: 2_000_000_000, Every: 100}, limit: "1s"},
	{name: "gzip", spec: sample.Spec{Dataset: "sales", Name: "big.csv.gz", Seed: 8, Size: 1_000_000_000, Every: 100}, limit: "2m", gzipped: true},
	{name: "json", spec: sample.Spec{Dataset: "customers", Name: "big.json", Seed: 9, Size: 1_000_000_000, Every: 100, OneLine: true}, limit: "1s"},
}

// TestBigFiles sends each of them through, in chunks of the default size, with invocations of ingest that hand over.
func TestBigFiles(t *testing.T) {
	for _, big := range bigFiles {
		t.Run(big.name, func(t *testing.T) {
			path, file := makeBigFile(t, big.spec, big.gzipped)
			w := newWorld(t, 0, "WALK_LIMIT="+big.limit)
			began := time.Now()
			version := w.uploadFile(keyOf(file), path)
			t.Logf("uploaded in %s", time.Since(began).Round(time.Millisecond))
			w.bigEnds(version, file)
			t.Logf("published %s after the upload began", time.Since(began).Round(time.Millisecond))
			if w.usageOf("ingest").invocations < 2 {
				t.Error("no invocation handed over to another")
			}
		})
	}
}

// TestBigParquet sends a file of a thousand row groups through. One record in a hundred is rejected.
func TestBigParquet(t *testing.T) {
	skipUnlessBig(t)
	const groups, rows = 1000, 4000
	path := filepath.Join(t.TempDir(), "big.parquet")
	writeRowGroups(t, path, groups, rows)
	w := newWorld(t, 0, "WALK_LIMIT=1s")
	w.putContract("columnas", "format: parquet")
	began := time.Now()
	version := w.uploadFile("columnas/big.parquet", path)
	o := w.ended("columnas/big.parquet", version, bigPatience)
	t.Logf("%d rows in %d chunks published %s after the upload began", o.Records, o.Chunks, time.Since(began).Round(time.Millisecond))
	if o.Status != pipeline.Published || o.Chunks != groups || o.Counts.Loaded != groups*rows/100*99 || o.Counts.Rejected != groups*rows/100 {
		t.Errorf("%s (%s), %d chunks, %+v", o.Status, o.Error, o.Chunks, o.Counts)
	}
	w.tilesItsObject()
	w.atRest()
	w.logUsage()
}

// writeRowGroups writes a file of so many row groups of so many rows each.
func writeRowGroups(t *testing.T, path string, groups, rows int) {
	t.Helper()
	f, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	w := parquet.NewGenericWriter[row](f, parquet.Compression(&parquet.Snappy))
	for g := range groups {
		group := make([]row, rows)
		for i := range group {
			n := g*rows + i
			group[i] = row{ID: int64(n), Fecha: int32(20000 + n%1000), Importe: int64(n % 100_000), Nota: fmt.Sprintf("pedido número %d", n)}
			if n%100 == 0 {
				group[i].Importe = -1
			}
		}
		if _, err := w.Write(group); err != nil {
			t.Fatal(err)
		}
		if err := w.Flush(); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
}

// TestBigKill kills the local cloud in the middle of a file.
func TestBigKill(t *testing.T) {
	path, file := makeBigFile(t, sample.Spec{Dataset: "sales", Name: "kill.csv", Seed: 7, Size: killSize, Every: 25}, false)
	w := newWorld(t, 0)
	began := time.Now()
	version := w.uploadFile(keyOf(file), path)
	w.within(bigPatience, "a few chunks to be registered", func() bool {
		o, known, err := w.ledger.ObjectByVersion(w.Context(), w.env.RawBucket, keyOf(file), version)
		if err != nil {
			t.Fatal(err)
		}
		if known && o.Status.Done() {
			t.Fatalf("the file is %s before anybody could kill the local cloud", o.Status)
		}
		return o.ChunksDone >= 3
	})
	w.kill()
	if now := w.lines(`SELECT status FROM acequia.objects`); len(now) != 1 || now[0] != string(pipeline.Processing) {
		t.Fatalf("the file is %v after the kill, want it half way", now)
	}
	t.Logf("killed %s after the upload began, with %v chunks registered", time.Since(began).Round(time.Millisecond),
		w.lines(`SELECT chunks_done::text FROM acequia.objects`))
	w.up()
	w.bigEnds(version, file)
	t.Logf("published %s after the upload began", time.Since(began).Round(time.Millisecond))
}

// skipUnlessBig is for tests of a size that run only when they are asked for.
func skipUnlessBig(t *testing.T) {
	t.Helper()
	if os.Getenv("ACEQUIA_BIG") == "" {
		t.Skip("takes minutes: make test-big runs it")
	}
}

// makeBigFile makes the file.
func makeBigFile(t *testing.T, spec sample.Spec, gzipped bool) (path string, account sample.File) {
	t.Helper()
	skipUnlessBig(t)
	path = filepath.Join(t.TempDir(), spec.Name)
	spec.First = sample.FirstFree
	if !gzipped {
		account, err := sample.WriteFile(path, spec)
		if err != nil {
			t.Fatal(err)
		}
		return path, account
	}
	f, err := os.Create(path)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	if account, err = gzipFile(f, spec); err != nil {
		t.Fatal(err)
	}
	return path, account
}

// gzipFile writes a file of which about spec.Size bytes are left when it is compressed.
func gzipFile(w io.Writer, spec sample.Spec) (account sample.File, err error) {
	const ratio = 4 // measured: sales compress to about a quarter
	spec.Size *= ratio
	z, err := gzip.NewWriterLevel(w, gzip.BestSpeed)
	if err != nil {
		return account, err
	}
	if account, err = sample.Write(z, spec); err != nil {
		return account, err
	}
	return account, z.Close()
}

// uploadFile uploads in parts, several at once, and gives the version.
func (w *world) uploadFile(key, path string) (version string) {
	w.Helper()
	f, err := os.Open(path)
	if err != nil {
		w.Fatal(err)
	}
	defer f.Close()
	out, err := transfermanager.New(w.s3).UploadObject(w.Context(), &transfermanager.UploadObjectInput{
		Bucket: &w.env.RawBucket, Key: &key, Body: f,
	})
	if err != nil {
		w.Fatal(err)
	}
	return aws.ToString(out.VersionID)
}

// bigEnds waits until the file is published, and holds ledger and table to its account.
func (w *world) bigEnds(version string, file sample.File) {
	w.Helper()
	object := w.ended(keyOf(file), version, bigPatience)
	w.published(object, file)
	w.rejected(object, file)
	w.tilesItsObject()
	w.atRest()
	want := []string{fmt.Sprintf("%d rows, %d objects", file.Rows, 1)}
	got := w.lines(`SELECT format('%s rows, %s objects', count(*), count(DISTINCT _object_id)) FROM warehouse.` + file.Dataset)
	if diff := cmp.Diff(want, got); diff != "" {
		w.Errorf("the table (-want +got):\n%s", diff)
	}
	w.Logf("%d chunks, %d records, %d bytes", object.Chunks, object.Records, file.Bytes)
	w.logUsage()
}

// logUsage says what the functions took.
func (w *world) logUsage() {
	w.Helper()
	for _, function := range []string{"ingest", "clean", "transform", "load"} {
		u := w.usageOf(function)
		w.Logf("%-9s %3d invocations, %2d processes, at most %d MB", function, u.invocations, u.processes, u.peak)
	}
}
