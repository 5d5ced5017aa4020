package e2e

import (
	"fmt"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/feature/s3/transfermanager"
	"github.com/google/go-cmp/cmp"

	"acequia/shared/pipeline"
	"acequia/test/data/sample"
)

const (
	bigSize = 200 << 20
	bigKey  = "sales/big.csv"
	// bigPatience is how long it may take, on a machine that has little to spare.
	bigPatience = 10 * time.Minute
)

// TestBigFile sends a file of 200 MB through, in chunks of the default size.
func TestBigFile(t *testing.T) {
	path, file := makeBigFile(t)
	w := newWorld(t, 0)
	began := time.Now()
	version := w.uploadFile(path)
	t.Logf("uploaded in %s", time.Since(began).Round(time.Millisecond))
	w.bigEnds(version, file)
	t.Logf("published %s after the upload began", time.Since(began).Round(time.Millisecond))
}

// TestBigKill kills the local cloud in the middle of such a file.
func TestBigKill(t *testing.T) {
	path, file := makeBigFile(t)
	w := newWorld(t, 0)
	began := time.Now()
	version := w.uploadFile(path)
	w.within(bigPatience, "a few chunks to be registered", func() bool {
		o, known, err := w.ledger.ObjectByVersion(w.Context(), w.env.RawBucket, bigKey, version)
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

// makeBigFile makes the file; tests of this size run only when they are asked for.
func makeBigFile(t *testing.T) (path string, account sample.File) {
	t.Helper()
	if os.Getenv("ACEQUIA_BIG") == "" {
		t.Skip("takes minutes: make test-big runs it")
	}
	path = filepath.Join(t.TempDir(), "big.csv")
	account, err := sample.WriteFile(path, sample.Spec{
		Name: "big.csv", Dataset: "sales", Seed: 7, Size: bigSize, First: sample.FirstFree, Every: 25,
	})
	if err != nil {
		t.Fatal(err)
	}
	return path, account
}

// uploadFile uploads in parts, several at once, and gives the version.
func (w *world) uploadFile(path string) (version string) {
	w.Helper()
	f, err := os.Open(path)
	if err != nil {
		w.Fatal(err)
	}
	defer f.Close()
	out, err := transfermanager.New(w.s3).UploadObject(w.Context(), &transfermanager.UploadObjectInput{
		Bucket: &w.env.RawBucket, Key: aws.String(bigKey), Body: f,
	})
	if err != nil {
		w.Fatal(err)
	}
	return aws.ToString(out.VersionID)
}

// bigEnds waits until the file is published, and holds ledger and table to its account.
func (w *world) bigEnds(version string, file sample.File) {
	w.Helper()
	object := w.ended(bigKey, version, bigPatience)
	w.published(object, file)
	w.rejected(object, file)
	w.tilesItsObject()
	w.atRest()
	want := []string{fmt.Sprintf("%d rows, %d objects", file.Rows, 1)}
	got := w.lines(`SELECT format('%s rows, %s objects', count(*), count(DISTINCT _object_id)) FROM warehouse.sales`)
	if diff := cmp.Diff(want, got); diff != "" {
		w.Errorf("the table (-want +got):\n%s", diff)
	}
	w.Logf("%d chunks, %d records, %d bytes", object.Chunks, object.Records, file.Bytes)
	for _, function := range []string{"ingest", "clean", "transform", "load"} {
		u := w.usageOf(function)
		w.Logf("%-9s %3d invocations, %2d processes, at most %d MB", function, u.invocations, u.processes, u.peak)
	}
}
