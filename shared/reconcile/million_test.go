package reconcile_test

import (
	"context"
	"fmt"
	"iter"
	"runtime"
	"testing"
	"time"

	"acequia/shared/pipeline"
)

// endless is a bucket of so many objects, made up as they are listed, as are the outcomes of them all.
type endless struct {
	cabinet
	n        int
	requests int
}

func (e *endless) key(i int) string { return fmt.Sprintf("sales/2026/%08d.csv", i) }

// List gives pages of 1,000, as S3 does.
func (e *endless) List(_ context.Context, _, prefix, after string) iter.Seq2[[]pipeline.Object, error] {
	return func(yield func([]pipeline.Object, error) bool) {
		from := 0
		if after != "" {
			if _, err := fmt.Sscanf(after, "sales/2026/%08d.csv", &from); err != nil {
				yield(nil, err)
				return
			}
			from++
		}
		at := time.Now().Add(-time.Hour)
		for {
			e.requests++
			page := make([]pipeline.Object, 0, 1000)
			for ; from < e.n && len(page) < 1000; from++ {
				page = append(page, pipeline.Object{
					ID: e.id(from), Bucket: raw, Key: e.key(from), VersionID: "v", ETag: `"e"`, Size: 1, LastModified: at,
				})
			}
			if !yield(page, nil) || from == e.n {
				return
			}
		}
	}
}

// id is cheaper than a real one, and as good here; the ledger's rows are made with the same.
func (e *endless) id(i int) (id pipeline.ObjectID) {
	for at := 15; i > 0; at, i = at-1, i>>8 {
		id[at] = byte(i)
	}
	return id
}

// BenchmarkAMillionObjects runs reconcile on a bucket and a ledger of a million objects: the daily comparison of all, and the run of
// every five minutes, in time, requests to S3 and memory.
func BenchmarkAMillionObjects(b *testing.B) {
	const n = 1_000_000
	l := newLibrary(b, 0, 1)
	bucket := &endless{n: n}
	l.Listing = bucket
	_, err := l.sql.Exec(b.Context(), `
		INSERT INTO acequia.objects (object_id, bucket, key, version_id, etag, size_bytes, last_modified, dataset, rank, run, attempt, status,
		                             received_at)
		SELECT lpad(to_hex(i), 32, '0')::uuid, 'raw', format('sales/2026/%s.csv', lpad(i::text, 8, '0')), 'v', '"e"', 1, now(), 'sales',
		       i::text, i::text, 1, 'unchanged', now() - interval '1 hour'
		  FROM generate_series(0, $1::int - 1) i`, n)
	if err != nil {
		b.Fatal(err)
	}
	if _, err := l.sql.Exec(b.Context(), `VACUUM ANALYZE acequia.objects`); err != nil {
		b.Fatal(err)
	}
	l.run(b, true, never) // which sets the watermarks
	for _, full := range []bool{true, false} {
		b.Run(fmt.Sprintf("full=%v", full), func(b *testing.B) {
			var requests, peak int64
			stop := watchHeap(&peak)
			for b.Loop() {
				found := l.run(b, full, never)
				requests = found.Requests
				if found.Lost > 0 || full && (found.Versions < n || !found.Whole) {
					b.Fatalf("found %+v", found)
				}
			}
			stop()
			b.ReportMetric(float64(requests), "requests")
			b.ReportMetric(float64(peak)/1e6, "MB-heap")
		})
	}
}

// watchHeap notes the most that the heap held, until it is stopped.
func watchHeap(peak *int64) (stop func()) {
	done, ended := make(chan struct{}), make(chan struct{})
	go func() {
		defer close(ended)
		for {
			var m runtime.MemStats
			runtime.ReadMemStats(&m)
			*peak = max(*peak, int64(m.HeapInuse))
			select {
			case <-done:
				return
			case <-time.After(10 * time.Millisecond):
			}
		}
	}()
	return func() {
		close(done)
		<-ended
	}
}
