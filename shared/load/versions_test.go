package load_test

import (
	"context"
	"slices"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"acequia/shared/contract"
	"acequia/shared/load"
	"acequia/shared/pgstore"
	"acequia/shared/pipeline"
	"acequia/shared/rows"
)

// holds holds the rows of the warehouse to be these: key, value.
func (w world) holds(t *testing.T, want ...string) {
	t.Helper()
	if got := w.texts(t, `SELECT concat_ws(' ', id, value) FROM warehouse.sales ORDER BY id`); !slices.Equal(got, want) {
		t.Errorf("the warehouse holds %q, want %q", got, want)
	}
}

func replacing() *contract.Contract {
	c := contractOf("sales", true)
	c.Replace = true
	return c
}

// With overwrite: replace, the rows of a key are those of its newest version, whichever is published last; and what another file had
// lost to a row that is gone is there again.
func TestANewerVersionReplacesTheRowsOfTheOlder(t *testing.T) {
	t.Parallel()
	other := newObject("sales", "sales/other.csv", "v1", monday, []record{{0, "a", 1, "other"}})
	older := newObject("sales", "sales/a.csv", "v1", tuesday, []record{{0, "a", 1, "old"}, {10, "b", 1, "old"}})
	newer := newObject("sales", "sales/a.csv", "v2", tuesday.Add(time.Hour), []record{{0, "b", 2, "new"}, {10, "c", 2, "new"}})
	for name, order := range map[string][]object{
		"as they came": {other, older, newer}, "the older version last": {newer, other, older},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t, replacing())
			for _, o := range order {
				w.load(t, w.bucket.stage(t, o, true)...)
			}
			w.checkCounts(t)
			w.holds(t, "a other", "b new", "c new")
			if row := w.row(t, older); row.Status != pipeline.Published || row.Counts != (pipeline.Counts{Superseded: 2}) {
				t.Errorf("the older version is %s: %+v", row.Status, row.Counts)
			}
			by := w.texts(t, `SELECT replaced_by::text FROM acequia.objects WHERE replaced_by IS NOT NULL`)
			if !slices.Equal(by, []string{newer.ID.String()}) {
				t.Errorf("it is replaced by %v", by)
			}
		})
	}
}

// What is forgotten is gone from everywhere, what had lost to it is back, the days of both are told, and nothing undoes it; a later
// version is loaded as any other.
func TestAKeyIsForgottenUpToAVersion(t *testing.T) {
	t.Parallel()
	w := newWorld(t, contractOf("sales", true))
	other := newObject("sales", "sales/other.csv", "v1", monday, []record{{0, "a", 3, "other"}})
	first := newObject("sales", "sales/a.csv", "v1", tuesday, []record{{0, "a", 1, "first"}, {10, "", 0, ""}})
	second := newObject("sales", "sales/a.csv", "v2", tuesday.Add(time.Hour), []record{{0, "a", 2, "second"}, {10, "b", 2, "second"}})
	third := newObject("sales", "sales/a.csv", "v3", tuesday.Add(2*time.Hour), []record{{0, "c", 5, "third"}})
	late := newObject("sales", "sales/a.csv", "v0", monday, []record{{0, "d", 1, "late"}})
	for _, o := range []object{other, first, second} {
		w.load(t, w.bucket.stage(t, o, true)...)
	}
	w.texts(t, `DELETE FROM acequia.changes RETURNING dataset`)
	w.load(t, forget(second), forget(second))
	w.checkCounts(t)
	w.holds(t, "a other")
	if got := w.texts(t, `SELECT DISTINCT day::text FROM acequia.changes ORDER BY 1`); !slices.Equal(got, []string{"2000-01-03", "2000-01-04"}) {
		t.Errorf("changes: %q", got)
	}
	went, found, err := w.store.Forgotten(t.Context(), second.ID)
	if want := (pgstore.Forgetting{Versions: 2, Rows: 3, Rejects: 1}); err != nil || !found || went != want {
		t.Errorf("%+v went, want %+v; %v", went, want, err)
	}
	for _, o := range []object{first, second, late} {
		w.load(t, w.bucket.stage(t, o, true)...)
		w.load(t, w.bucket.stageAttempt(t, o, 2, true)...)
		if row := w.row(t, o); row.Status != pipeline.Forgotten || row.Error != "" {
			t.Errorf("%s is %s: %q", o.VersionID, row.Status, row.Error)
		}
		w.checkOutcome(t, o, pipeline.Forgotten, "")
		if n := w.bucket.count("staged/" + o.ID.String()); n > 0 {
			t.Errorf("%d files of %s are staged", n, o.VersionID)
		}
	}
	w.load(t, w.bucket.stage(t, third, true)...)
	w.checkCounts(t)
	w.holds(t, "a other", "c third")
}

// Nobody forgets a version that came later, also if it has no rows of its own, because it repeats the one that is forgotten.
func TestARepetitionInheritsWhatItRepeats(t *testing.T) {
	t.Parallel()
	w := newWorld(t, contractOf("sales", true))
	first := newObject("sales", "sales/a.csv", "v1", monday, []record{{0, "a", 1, "x"}, {10, "", 0, ""}})
	second := again(first, "v2")
	w.load(t, w.bucket.stage(t, first, true)...)
	w.load(t, w.bucket.stage(t, second, true)...)
	w.load(t, forget(first))
	w.checkCounts(t)
	w.holds(t, "a x")
	if row := w.row(t, second); row.Status != pipeline.Published || row.Counts != (pipeline.Counts{Loaded: 1, Rejected: 1}) {
		t.Errorf("the later version is %s: %+v", row.Status, row.Counts)
	}
	w.checkOutcome(t, second, pipeline.Published, "")
}

// A replay's rows take the place of the earlier ones in one transaction. If it does not end well, all is as it was, with the reason;
// what other objects did meanwhile stays counted.
func TestAReplayEndsWellOrChangesNothing(t *testing.T) {
	t.Parallel()
	c := contractOf("sales", true)
	c.Reject.Share = 0.5
	w := newWorld(t, c)
	o := newObject("sales", "sales/a.csv", "v1", monday, []record{{0, "a", 1, "one"}, {10, "b", 1, "one"}, {20, "", 0, ""}})
	w.load(t, w.bucket.stage(t, o, true)...)
	before := w.row(t, o)

	bad := object{o.Object, [][]record{{{0, "a", 1, "two"}}, {{10, "", 0, ""}, {20, "", 0, ""}}}}
	reports := w.bucket.stageAttempt(t, bad, 2, true)
	w.load(t, reports[:3]...)
	w.holds(t, "a one", "b one")
	w.load(t, w.bucket.stage(t, newObject("sales", "sales/b.csv", "v1", tuesday, []record{{0, "b", 1, "other"}}), true)...)
	w.load(t, reports[3])
	w.checkCounts(t)
	w.holds(t, "a one", "b other")
	row := w.row(t, o)
	if row.Error == "" || row.Attempt != 2 || row.Counted != 1 || row.Counts != (pipeline.Counts{Loaded: 1, Superseded: 1, Rejected: 1}) {
		t.Errorf("after a replay that was refused: %+v", row.Standing)
	}
	if row.Status != before.Status || !cmp.Equal(row.PublishedAt, before.PublishedAt) || row.Records != 3 || row.Chunks != 1 {
		t.Errorf("after a replay that was refused: %+v, before %+v", row, before)
	}
	kinds := w.texts(t, `SELECT kind FROM acequia.events WHERE object_id = $1 ORDER BY id`, o.ID.String())
	if !slices.Equal(kinds, []string{"published", "replay_refused"}) {
		t.Errorf("events: %q", kinds)
	}

	good := object{o.Object, [][]record{{{0, "a", 1, "three"}, {10, "c", 1, "three"}}}}
	w.load(t, w.bucket.stageAttempt(t, good, 3, true)...)
	w.load(t, reports...)
	w.checkCounts(t)
	w.holds(t, "a three", "b other", "c three")
	if row := w.row(t, o); row.Error != "" || row.Counted != 3 || row.Counts != (pipeline.Counts{Loaded: 2}) {
		t.Errorf("after a replay that ended well: %+v", row.Standing)
	}
}

// counted counts what publications copy.
type counted struct {
	*pgstore.Publication
	copies *atomic.Int64
}

func (c counted) Insert(ctx context.Context, tuples []rows.Tuple) (int64, error) {
	c.copies.Add(1)
	return c.Publication.Insert(ctx, tuples)
}

// The last report comes twice, and both find the object complete: who comes second looks again, when nobody else is at work on the key,
// and has nothing to do. (That no object ends twice is the ledger's; this is about not loading in vain, and not failing.)
func TestTheLastReportTwiceAtOnceLoadsOnce(t *testing.T) {
	t.Parallel()
	w := newWorld(t, contractOf("sales", true))
	o := newObject("sales", "sales/a.csv", "v1", monday, []record{{0, "a", 1, "x"}})
	reports := w.bucket.stage(t, o, true)
	w.load(t, reports[:2]...)
	var copies atomic.Int64
	var complete, done sync.WaitGroup
	complete.Add(2)
	for range 2 {
		loader := newLoader(w.store, w.bucket, contractOf("sales", true))
		var once sync.Once
		loader.Publish = func(ctx context.Context, o pipeline.Object, c *contract.Contract, do func(load.Publication) error) error {
			once.Do(complete.Done)
			complete.Wait() // until both have found it complete
			return w.store.Publish(ctx, o, c, func(p *pgstore.Publication) error { return do(counted{p, &copies}) })
		}
		done.Go(func() {
			if s, err := loader.Handle(t.Context(), reports[2]); err != nil || s.Status != pipeline.Published {
				t.Errorf("it is %s, %v", s.Status, err)
			}
		})
	}
	done.Wait()
	if n := copies.Load(); n != 1 {
		t.Errorf("rows were copied %d times", n)
	}
}
