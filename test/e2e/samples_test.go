package e2e

import (
	"fmt"
	"slices"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"acequia/shared/pgstore"
	"acequia/test/data/sample"
)

// smallChunks cuts the larger samples into several chunks: the largest into 57.
const smallChunks = 64 << 10

// TestSampleFiles uploads all sample files, three at once, and holds the ledger, the warehouse, the daily summaries and
// the quality checks to what the generator says that it wrote.
func TestSampleFiles(t *testing.T) {
	t.Parallel()
	w := newWorld(t, smallChunks)
	manifest := readManifest(t)
	objects := w.sendAll(manifest.Files)
	for i, f := range manifest.Files {
		w.published(objects[i], f)
		w.rejected(objects[i], f)
		if least := f.Bytes / (2 * smallChunks); int64(objects[i].Chunks) < least {
			t.Errorf("%s: %d chunks, want at least %d", f.Name, objects[i].Chunks, least)
		}
	}
	w.atRest()
	w.tilesItsObject()
	if u := w.usageOf("clean"); u.processes < 2 {
		t.Errorf("%d process of clean did all %d chunks, want several at once", u.processes, u.invocations)
	}

	w.summarize()
	w.totals(manifest.Days())
	w.qualityOf(manifest.Files)
	before := w.everything()
	if again := w.summarize(); again != `{"summaries":0,"checks":0,"checks_failed":0}` {
		t.Errorf("the second summarize did %s, want nothing", again)
	}
	if diff := cmp.Diff(before, w.everything()); diff != "" {
		t.Errorf("the second summarize changed (-before +after):\n%s", diff)
	}
	w.atRest()
}

// sendAll uploads sample files, three at once, and gives their objects in the files' order.
func (w *world) sendAll(files []sample.File) []pgstore.ObjectRow {
	w.Helper()
	const atOnce = 3
	bodies, versions := make([][]byte, len(files)), make([]string, len(files))
	for i, f := range files {
		bodies[i] = readSample(w.T, f.Name)
	}
	var wg sync.WaitGroup
	for first := range atOnce {
		wg.Go(func() {
			for i := first; i < len(files); i += atOnce {
				var err error
				if versions[i], err = w.upload(keyOf(files[i]), bodies[i]); err != nil {
					w.Error(err)
				}
			}
		})
	}
	wg.Wait()
	objects := make([]pgstore.ObjectRow, len(files))
	for i, f := range files {
		objects[i] = w.ended(keyOf(f), versions[i], patience)
	}
	return objects
}

func keyOf(f sample.File) string { return f.Dataset + "/" + f.Name }

// rejected holds each reject to its place and column in the manifest.
func (w *world) rejected(o pgstore.ObjectRow, f sample.File) {
	w.Helper()
	want := make([]string, 0, len(f.Rejects))
	for _, r := range f.Rejects {
		want = append(want, fmt.Sprintf("line %d, byte %d, length %d: %s", r.Line, r.Offset, r.Length, r.Column))
	}
	got := w.lines(`
		SELECT format('line %s, byte %s, length %s: %s', line, byte_offset, byte_length, column_name)
		  FROM acequia.rejects WHERE object_id = $1 AND reason <> '' AND rule <> '' AND raw <> '' ORDER BY byte_offset`,
		o.Object.ID.String())
	if diff := cmp.Diff(want, got); diff != "" {
		w.Errorf("rejects of %s (-manifest +ledger):\n%s", f.Name, diff)
	}
}

// tilesItsObject checks that each object's chunks meet, from its first byte to its last. What comes out of a compressed object has
// another size, and a Parquet file's chunks count rows.
func (w *world) tilesItsObject() {
	w.Helper()
	gaps := w.lines(`
		SELECT format('%s: chunk %s starts at %s, the one before ends at %s', o.key, c.chunk, c.byte_start, c.before)
		  FROM (SELECT *, coalesce(lag(byte_end) OVER (PARTITION BY object_id, attempt ORDER BY byte_start), 0) AS before
		          FROM acequia.chunks) c JOIN acequia.objects o USING (object_id)
		 WHERE c.byte_start <> c.before
		UNION ALL
		SELECT format('%s ends at %s of %s bytes', o.key, max(c.byte_end), o.size_bytes)
		  FROM acequia.objects o JOIN acequia.chunks c USING (object_id)
		 WHERE o.layout->>'compression' IS NULL AND o.layout->>'format' <> 'parquet'
		 GROUP BY o.object_id HAVING max(c.byte_end) <> o.size_bytes`)
	for _, gap := range gaps {
		w.Error(gap)
	}
}

// totals holds the daily summaries to the manifest, to the cent.
func (w *world) totals(days []sample.Total) {
	w.Helper()
	var want []string
	for _, d := range days {
		want = append(want,
			fmt.Sprintf("%s %s total_sales %d.%02d", d.Day, d.Currency, d.TotalCents/100, d.TotalCents%100),
			fmt.Sprintf("%s %s transactions %d", d.Day, d.Currency, d.Transactions),
			fmt.Sprintf("%s %s category_quantity %d", d.Day, d.Currency, d.Units))
	}
	got := w.lines(`
		SELECT format('%s %s %s %s', day, dimension->>'currency', kpi, sum(value)) FROM acequia.daily_summaries
		 WHERE dataset = 'sales' AND kpi IN ('total_sales', 'transactions', 'category_quantity')
		 GROUP BY day, dimension->>'currency', kpi`)
	slices.Sort(want)
	slices.Sort(got)
	if diff := cmp.Diff(want, got); diff != "" {
		w.Errorf("daily summaries (-manifest +ledger):\n%s", diff)
	}
}

// qualityOf holds what the checks say of unknown products and customers to the manifest.
func (w *world) qualityOf(files []sample.File) {
	w.Helper()
	var want []string
	for _, f := range files {
		if f.Sales != nil {
			want = append(want, fmt.Sprintf("%s unknown_product_code %d", keyOf(f), f.Sales.UnknownProducts),
				fmt.Sprintf("%s unknown_customer_code %d", keyOf(f), f.Sales.UnknownCustomers))
		}
	}
	got := w.lines(`
		SELECT format('%s %s %s', o.key, q.check_name, q.observed)
		  FROM acequia.quality_results q LEFT JOIN acequia.objects o USING (object_id)`)
	slices.Sort(got)
	slices.Sort(want)
	if diff := cmp.Diff(want, got); diff != "" {
		w.Errorf("quality (-manifest +ledger):\n%s", diff)
	}
}
