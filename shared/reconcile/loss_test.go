package reconcile_test

import (
	"fmt"
	"math/rand/v2"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"acequia/shared/pipeline"
)

// Whatever events, messages and markers are lost: once nothing is lost any more and reconcile has nothing left to do, ledger, warehouse
// and markers are what they are without losses. The events say once of each object that it was lost or stuck.
func TestWhatIsLostComesBack(t *testing.T) {
	t.Parallel()
	for seed := range uint64(6) {
		t.Run(fmt.Sprint(seed), func(t *testing.T) {
			t.Parallel()
			random := rand.New(rand.NewPCG(seed, 5))
			s3 := newS3(t)
			well, lossy := newWorld(t, s3, "work-well"), newWorld(t, s3, "work-lossy")
			loss := []float64{0.05, 0.3, 0.9}[random.IntN(3)]
			lossy.lose = func() bool { return random.Float64() < loss }
			uploadSome(t, random, well, lossy)
			for range 2 { // in which repairs are lost, too
				lossy.later(t, 12*time.Hour, random.IntN(2) == 0)
			}
			loss = 0
			lossy.forget(t, random)
			lossy.untilQuiet(t)
			if diff := cmp.Diff(well.everything(t), lossy.everything(t)); diff != "" {
				t.Errorf("seed %d (-without losses +with):\n%s", seed, diff)
			}
			if told := lossy.lines(t, `
				SELECT format('%s %s', kind, object_id) FROM acequia.events WHERE kind IN ('lost', 'stuck')
				 GROUP BY kind, object_id HAVING count(*) > 1`); len(told) > 0 {
				t.Errorf("seed %d: told more than once: %v", seed, told)
			}
			if left := lossy.lines(t, `SELECT object_id::text FROM acequia.repairs`); len(left) > 0 {
				t.Errorf("seed %d: still being repaired: %v", seed, left)
			}
		})
	}
}

// uploadSome uploads files, several versions of some, with overlapping keys, and has their messages worked off in both worlds.
func uploadSome(t *testing.T, random *rand.Rand, well, lossy *world) {
	t.Helper()
	for range 3 + random.IntN(3) {
		key := []string{"products/%d.csv", "products/año %d + más%%.csv", "elsewhere/%d.csv"}[random.IntN(3)]
		key = fmt.Sprintf(key, random.IntN(3))
		version := well.upload(t, key, products(random.IntN(20), 1+random.IntN(30)))
		lossy.event(t, key, version)
		well.s3.Later(2 * time.Second) // S3's clock ticks in seconds: so that ranks differ by time
		if random.IntN(3) > 0 {
			well.pump(t)
			lossy.pump(t)
		}
	}
	well.pump(t)
	lossy.pump(t)
}

// forget deletes some outcome markers.
func (w *world) forget(t *testing.T, random *rand.Rand) {
	t.Helper()
	for page, err := range w.work.List(t.Context(), "outcomes/") {
		if err != nil {
			t.Fatal(err)
		}
		for _, f := range page {
			if random.IntN(4) == 0 {
				w.s3.Delete(t, w.workBucket, f.Key, "")
			}
		}
	}
}

// untilQuiet runs reconcile until it finds nothing to repair.
func (w *world) untilQuiet(t *testing.T) {
	t.Helper()
	for range 12 {
		found := w.later(t, 18*time.Hour, true)
		if found.Lost+found.Stuck+found.Markers+found.Expired+found.GivenUp == 0 {
			return
		}
	}
	t.Fatal("reconcile does not come to rest")
}

// everything gives all rows of ledger and warehouse without the times at which they were written, and all markers.
func (w *world) everything(t *testing.T) map[string][]string {
	t.Helper()
	all := map[string][]string{}
	for _, table := range w.lines(t, `
		SELECT format('%I.%I', schemaname, tablename) FROM pg_tables
		 WHERE schemaname IN ('warehouse', 'superseded') OR schemaname = 'acequia' AND tablename IN ('objects', 'chunks', 'rejects')`) {
		all[table] = w.lines(t, fmt.Sprintf(`
			SELECT (to_jsonb(t) - '{received_at,attempt_at,published_at,arrived_at,_loaded_at}'::text[])::text FROM %s t ORDER BY 1`, table))
	}
	for page, err := range w.work.List(t.Context(), "outcomes/") {
		if err != nil {
			t.Fatal(err)
		}
		for _, f := range page {
			body, err := w.work.Get(t.Context(), f.Key)
			if err != nil {
				t.Fatal(err)
			}
			all["outcomes"] = append(all["outcomes"], f.Key+" "+string(body))
		}
	}
	return all
}

// A run that finds nothing to do changes nothing: not the ledger, not the events, not a request to ingest.
func TestTwiceIsOnce(t *testing.T) {
	t.Parallel()
	w := newWorld(t, newS3(t), "work")
	w.lose = func() bool { return true }
	for i := range 5 {
		w.upload(t, fmt.Sprintf("products/%d.csv", i), products(i, 3))
	}
	w.lose = func() bool { return false }
	if found := w.later(t, time.Hour, false); found.Lost != 5 {
		t.Errorf("found %+v, want 5 lost", found)
	}
	before, events := w.everything(t), w.events(t)
	for _, full := range []bool{false, true} {
		found := w.later(t, 0, full)
		if found.Lost+found.Stuck+found.Deleted+found.Markers+found.Expired+found.GivenUp != 0 {
			t.Errorf("found again: %+v", found)
		}
	}
	if diff := cmp.Diff(before, w.everything(t)); diff != "" {
		t.Errorf("changed (-before +after):\n%s", diff)
	}
	if diff := cmp.Diff(events, w.events(t)); diff != "" || len(events) != 5 {
		t.Errorf("%d events; changed (-before +after):\n%s", len(events), diff)
	}
	if n := w.lines(t, `SELECT count(*)::text FROM acequia.objects WHERE status = $1`, pipeline.Published)[0]; n != "5" {
		t.Errorf("%s objects are published", n)
	}
}
