package intake_test

import (
	"bytes"
	"context"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/klauspost/compress/gzip"
	"github.com/parquet-go/parquet-go"

	"acequia/shared/contract"
	"acequia/shared/intake"
	"acequia/shared/pipeline"
)

func always() bool { return true }

// rows makes a file of n records.
func rows(n int) string {
	var b strings.Builder
	b.WriteString("id,amount\n")
	for i := range n {
		fmt.Fprintf(&b, "%d,\"%d\n\"\n", i, i*10)
	}
	return b.String()
}

func gzipped(t *testing.T, text string) string {
	t.Helper()
	var b bytes.Buffer
	w := gzip.NewWriter(&b)
	if _, err := w.Write([]byte(text)); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

// inHops takes the object in, one invocation after another, and gives how many it took.
func (w *world) inHops(t *testing.T, late func() bool) int {
	t.Helper()
	var next []intake.Continuation
	w.HandOver = func(_ context.Context, c intake.Continuation) error {
		next = append(next, c)
		return nil
	}
	result, err := w.Arrived(t.Context(), intake.Arrival{Bucket: "raw", Key: "sales/a.csv", VersionID: "v1", At: noon}, late)
	hops := 1
	for ; err == nil && len(next) > 0; hops++ {
		if !result.HandedOver || result.Status != pipeline.Processing {
			t.Fatalf("result %+v", result)
		}
		c := next[0]
		next = next[1:]
		result, err = w.GoOn(t.Context(), c, late)
	}
	if err != nil {
		t.Fatal(err)
	}
	return hops
}

// A walk that is handed over after every chunk gives the chunks, the bytes and the counts of one that never is.
func TestAWalkIsHandedOver(t *testing.T) {
	t.Parallel()
	text := rows(40)
	for name, body := range map[string]string{"plain": text, "gzip": gzipped(t, text)} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			whole, hopping := newWorld(), newWorld()
			whole.bucket.put("v1", body, noon)
			hopping.bucket.put("v1", body, noon)
			if hops := whole.inHops(t, never); hops != 1 {
				t.Fatalf("%d hops", hops)
			}
			if hops := hopping.inHops(t, always); hops < 20 {
				t.Fatalf("%d hops", hops)
			}
			if diff := cmp.Diff(whole.chunks, hopping.chunks); diff != "" {
				t.Errorf("chunks (-whole +in hops):\n%s", diff)
			}
			if diff := cmp.Diff(whole.work, hopping.work); diff != "" {
				t.Errorf("the work bucket (-whole +in hops):\n%s", diff)
			}
			want, got := whole.reports[len(whole.reports)-1], hopping.reports[len(hopping.reports)-1]
			if diff := cmp.Diff(want, got); diff != "" || got.Records != 40 {
				t.Errorf("planned (-whole +in hops):\n%s", diff)
			}
		})
	}
}

// The marks of a Parquet file are rows, of which it may have more than bytes.
func TestAWalkOverManyRowsIsHandedOver(t *testing.T) {
	t.Parallel()
	type row struct {
		ID int64 `parquet:"id"`
	}
	var b bytes.Buffer
	file := parquet.NewGenericWriter[row](&b, parquet.Compression(&parquet.Zstd))
	const rows = 100_000
	if _, err := file.Write(make([]row, rows)); err != nil {
		t.Fatal(err)
	}
	if err := file.Close(); err != nil {
		t.Fatal(err)
	}
	if b.Len() >= rows {
		t.Fatalf("%d bytes for %d rows", b.Len(), rows)
	}
	w := newWorld()
	catalog := w.Catalog
	w.Catalog = func(ctx context.Context) (contract.Catalog, error) {
		c, err := catalog(ctx)
		c[0].Contract.Source.Format = pipeline.Parquet
		return c, err
	}
	w.ChunkSize = 200_000
	w.bucket.put("v1", b.String(), noon)
	if hops := w.inHops(t, always); hops < 2 || hops != len(w.chunks) {
		t.Errorf("%d hops for %d chunks", hops, len(w.chunks))
	}
	if planned := w.reports[len(w.reports)-1]; planned.Kind != pipeline.ObjectPlanned || planned.Records != rows {
		t.Errorf("the last report is %+v", planned)
	}
}

func TestTheChunksOfACompressedObjectAreStaged(t *testing.T) {
	t.Parallel()
	w := newWorld()
	text := rows(40)
	w.bucket.put("v1", gzipped(t, text), noon)
	w.inHops(t, never)
	var staged strings.Builder
	for _, c := range w.chunks {
		b := w.work[c.StagedKey(pipeline.StreamKind)]
		if int64(len(b)) != c.End-c.Start {
			t.Errorf("chunk %d to %d has %d bytes", c.Start, c.End, len(b))
		}
		staged.Write(b)
	}
	if diff := cmp.Diff(text, staged.String()); diff != "" {
		t.Errorf("staged (-want +got):\n%s", diff)
	}
	if layout := w.reports[0].Layout; layout.Compression != pipeline.Gzip || layout.Header != nil {
		t.Errorf("the ledger is told %+v", layout)
	}
}

func TestACutOffGzipFileIsRefusedAfterItsChunks(t *testing.T) {
	t.Parallel()
	w := newWorld()
	text := rows(100_000)
	body := gzipped(t, text)
	w.bucket.put("v1", body[:len(body)-100], noon)
	w.ChunkSize = 100_000
	w.HandOver = nil
	result := w.arrived(t, "sales/a.csv", "v1")
	if result.Status != pipeline.Refused || !strings.Contains(result.Reason, "cut off") {
		t.Errorf("result %+v", result)
	}
}

func TestAWalkThatNeverEndsIsRefused(t *testing.T) {
	t.Parallel()
	w := newWorld()
	w.bucket.put("v1", rows(1000), noon)
	w.inHops(t, always)
	if last := w.reports[len(w.reports)-1]; last.Kind != pipeline.ObjectRefused || !strings.Contains(last.Reason, "100 invocations") {
		t.Errorf("the last report is %+v", last)
	}
}

func TestGoingOnWithAnObjectThatHasEnded(t *testing.T) {
	t.Parallel()
	w := newWorld()
	o := pipeline.Object{ID: pipeline.NewObjectID("raw", "sales/a.csv", "v1"), Bucket: "raw", Key: "sales/a.csv", VersionID: "v1"}
	if result, err := w.GoOn(t.Context(), intake.Continuation{Object: o}, never); err != nil || result.Status != pipeline.Refused {
		t.Errorf("without a plan: %+v, %v", result, err)
	}
	w.work.end(t, o.ID, pipeline.Published)
	w.reports = nil
	if result, err := w.GoOn(t.Context(), intake.Continuation{Object: o}, never); err != nil || result.Status != pipeline.Published {
		t.Errorf("published: %+v, %v", result, err)
	}
	if len(w.reports) > 0 {
		t.Errorf("reports %+v", w.reports)
	}
}
