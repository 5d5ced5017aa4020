package load_test

import (
	"context"
	"testing"

	"acequia/shared/pipeline"
)

// Between a commit and its marker, another loader may end the object in another way, and write its own marker first.
func TestTheMarkerTellsWhatTheLedgerSays(t *testing.T) {
	t.Parallel()
	first := newObject("sales", "sales/a.csv", "v1", monday, []record{{0, "a", 1, "x"}})
	later := again(first, "v2")
	for name, c := range map[string]struct {
		object    object
		meanwhile func(t *testing.T, w world)
		want      pipeline.Status
	}{
		"forgotten": {first, func(t *testing.T, w world) { w.load(t, forget(first)) }, pipeline.Forgotten},
		"unchanged": {later, func(t *testing.T, w world) { w.load(t, w.bucket.stage(t, first, true)...) }, pipeline.Unchanged},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t, contractOf("sales", true))
			reports := w.bucket.stage(t, c.object, true)
			slow := newLoader(w.store, w.bucket, contractOf("sales", true))
			ended := false
			slow.Put = func(ctx context.Context, key string, body []byte) error {
				if key == pipeline.OutcomeKey(c.object.ID) && !ended {
					ended = true
					c.meanwhile(t, w)
				}
				return w.bucket.Put(ctx, key, body)
			}
			for _, r := range reports {
				if _, err := slow.Handle(t.Context(), r); err != nil {
					t.Fatal(err)
				}
			}
			if row := w.row(t, c.object); row.Status != c.want || !ended {
				t.Errorf("the object is %s, want %s", row.Status, c.want)
			}
			w.checkOutcome(t, c.object, c.want, "")
			if n := w.bucket.count("staged/" + first.ID.String()); n > 0 && c.want == pipeline.Forgotten {
				t.Errorf("%d files are staged", n)
			}
		})
	}
}

// That a version ends as unchanged because an earlier one came late is told, too.
func TestTheMarkerOfARepetitionIsWrittenAgain(t *testing.T) {
	t.Parallel()
	w := newWorld(t, contractOf("sales", true))
	first := newObject("sales", "sales/a.csv", "v1", monday, []record{{0, "a", 1, "x"}})
	later := again(first, "v2")
	for _, o := range []object{later, first} {
		w.load(t, w.bucket.stage(t, o, true)...)
	}
	w.checkOutcome(t, first, pipeline.Published, "")
	w.checkOutcome(t, later, pipeline.Unchanged, "")
}
