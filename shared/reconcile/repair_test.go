package reconcile_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"acequia/shared/pipeline"
)

// dropping loses the messages that drop picks by their count, from 1.
func (w *world) dropping(drop func(n int) bool) {
	n := 0
	w.lose = func() bool {
		n++
		return drop(n)
	}
}

func (w *world) losing()  { w.dropping(func(int) bool { return true }) }
func (w *world) healthy() { w.dropping(func(int) bool { return false }) }

// A lost version is announced again after the grace and not before; then after waits that double; and in the end it is told that it
// was in vain, once, and not tried any more.
func TestALostVersionIsNotTriedForEver(t *testing.T) {
	t.Parallel()
	w := newWorld(t, newS3(t), "work")
	w.losing()
	w.upload(t, "products/a.csv", products(0, 3))
	var tries []string
	for minutes := 0; minutes <= 600; minutes += 15 {
		if found := w.later(t, min(time.Duration(minutes)*time.Minute, 15*time.Minute), true); found.Lost+found.GivenUp > 0 {
			tries = append(tries, fmt.Sprintf("%d min: %d %d", minutes, found.Lost, found.GivenUp))
		}
	}
	want := []string{"30 min: 1 0", "45 min: 1 0", "75 min: 1 0", "135 min: 1 0", "255 min: 1 0", "495 min: 0 1"}
	if tries[0] == "15 min: 1 0" { // the version's time is cut to the second, so it may be due a moment before
		want = []string{"15 min: 1 0", "30 min: 1 0", "60 min: 1 0", "120 min: 1 0", "240 min: 1 0", "480 min: 0 1"}
	}
	if diff := cmp.Diff(want, tries); diff != "" {
		t.Errorf("lost and given up (-want +got):\n%s", diff)
	}
	if got := w.events(t); !slices.Equal(got, []string{"warning lost products/a.csv", "error lost products/a.csv"}) {
		t.Errorf("events: %q", got)
	}
}

// An object whose chunks are all there is published from them, without a chunk being worked on again.
func TestACompleteObjectIsPublishedFromItsChunks(t *testing.T) {
	t.Parallel()
	w := newWorld(t, newS3(t), "work")
	version := w.upload(t, "products/a.csv", products(0, 3))
	w.pump(t)
	w.unpublish(t)
	var reports []pipeline.Report
	send := w.reconciler.Report
	w.reconciler.Report = func(ctx context.Context, r pipeline.Report) error {
		reports = append(reports, r)
		return send(ctx, r)
	}
	w.reconciler.Announce = func(context.Context, pipeline.Object) error {
		t.Error("ingest was told of it")
		return nil
	}
	if found := w.later(t, time.Hour, false); found.Stuck != 0 {
		t.Errorf("after an hour: %+v", found)
	}
	if found := w.later(t, 2*time.Hour, false); found.Stuck != 1 || len(reports) != 1 {
		t.Errorf("after three hours: %+v, %d reports", found, len(reports))
	}
	if got := w.status(t, "products/a.csv", version); got != "published" {
		t.Errorf("it is %s", got)
	}
}

// A replay that lost a chunk is gone through again as a replay: an event would say what the first attempt came to.
func TestAReplayThatDoesNotMoveIsReplayed(t *testing.T) {
	t.Parallel()
	w := newWorld(t, newS3(t), "work")
	version := w.upload(t, "products/a.csv", products(0, 20))
	w.pump(t)
	row, _, err := w.store.ObjectByVersion(t.Context(), raw, "products/a.csv", version)
	if err != nil || row.Status != pipeline.Published {
		t.Fatalf("it is %s, %v", row.Status, err)
	}
	w.dropping(func(n int) bool { return n == 2 }) // of report and chunks, the first chunk
	if err := w.replay(t.Context(), pipeline.Replay{Object: row.Object, Attempt: 2}); err != nil {
		t.Fatal(err)
	}
	w.pump(t)
	if got := w.status(t, "products/a.csv", version); got != "processing" {
		t.Fatalf("it is %s", got)
	}
	w.healthy()
	if found := w.later(t, 3*time.Hour, false); found.Stuck != 1 {
		t.Errorf("found %+v", found)
	}
	if row, _, err := w.store.ObjectByVersion(t.Context(), raw, "products/a.csv", version); err != nil ||
		row.Status != pipeline.Published || row.Attempt != 2 || row.Counted != 2 {
		t.Errorf("after the repair: %+v, %v", row.Standing, err)
	}
}

// An object that cannot go on ends, with what to do about it; its outcome says so to ingest.
func TestWhatHasExpiredEnds(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		after  time.Duration
		damage func(t *testing.T, w *world, id pipeline.ObjectID)
		want   string
	}{
		"the plan": {3 * time.Hour, func(t *testing.T, w *world, id pipeline.ObjectID) {
			w.s3.Delete(t, w.workBucket, pipeline.PlanKey(id, 1), "")
		}, "failed the plan of its chunks has expired; upload the file again, or make replay OBJECT="},
		"the messages": {16 * 24 * time.Hour, func(*testing.T, *world, pipeline.ObjectID) {}, "failed nothing moved since "},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t, newS3(t), "work")
			w.dropping(func(n int) bool { return n == 3 }) // of event, report and chunks, the first chunk
			version := w.upload(t, "products/a.csv", products(0, 20))
			w.pump(t)
			id := pipeline.NewObjectID(raw, "products/a.csv", version)
			test.damage(t, w, id)
			if found := w.later(t, test.after, false); found.Expired != 1 || found.Stuck != 0 {
				t.Errorf("found %+v, want one expired", found)
			}
			if got := w.status(t, "products/a.csv", version); !strings.HasPrefix(got, test.want) || !strings.HasSuffix(got, "OBJECT="+id.String()) {
				t.Errorf("it is %s", got)
			}
			if _, found, err := w.work.Find(t.Context(), pipeline.OutcomeKey(id)); err != nil || !found {
				t.Errorf("it has no outcome: %v", err)
			}
		})
	}
}

// Staged files that have expired end the object as well: complete as it is, it cannot be published.
func TestExpiredStagedFilesEndTheObject(t *testing.T) {
	t.Parallel()
	w := newWorld(t, newS3(t), "work")
	version := w.upload(t, "products/a.csv", products(0, 3))
	w.pump(t)
	w.unpublish(t)
	for page, err := range w.work.List(t.Context(), "staged/") {
		if err != nil {
			t.Fatal(err)
		}
		for _, f := range page {
			w.s3.Delete(t, w.workBucket, f.Key, "")
		}
	}
	w.later(t, 3*time.Hour, false)
	if got := w.status(t, "products/a.csv", version); !strings.HasPrefix(got, "failed ") || !strings.Contains(got, "has expired; upload the file again") {
		t.Errorf("it is %s", got)
	}
}

// Dead letters are told when their number changes, and not before.
func TestDeadLettersAreToldOnce(t *testing.T) {
	t.Parallel()
	w := newWorld(t, newS3(t), "work")
	for _, n := range []int64{0, 2, 2, 3, 3, 0, 0} {
		w.letters = n
		if found := w.later(t, time.Minute, false); found.DeadLetters != n {
			t.Errorf("%d dead letters, want %d", found.DeadLetters, n)
		}
	}
	want := []string{"warning dead_letters 2", "warning dead_letters 3", "info dead_letters 0"}
	if diff := cmp.Diff(want, w.events(t)); diff != "" {
		t.Errorf("events (-want +got):\n%s", diff)
	}
}

// A published version that is gone from the bucket is told of, once, and its rows stay. One that was replaced, or hidden by a delete
// marker, is still there.
func TestADeletedVersionIsToldOfOnce(t *testing.T) {
	t.Parallel()
	w := newWorld(t, newS3(t), "work")
	first := w.upload(t, "products/a.csv", products(0, 3))
	w.upload(t, "products/a.csv", products(10, 3))
	w.upload(t, "products/b.csv", products(20, 3))
	w.pump(t)
	w.s3.Delete(t, raw, "products/b.csv", "")
	w.later(t, time.Hour, true)
	if got := w.events(t); len(got) > 0 {
		t.Errorf("events before anything is deleted: %q", got)
	}
	w.s3.Delete(t, raw, "products/a.csv", first)
	for range 2 {
		w.later(t, time.Hour, true)
	}
	if got := w.events(t); !slices.Equal(got, []string{"info deleted products/a.csv"}) {
		t.Errorf("events: %q", got)
	}
	if n := w.lines(t, `SELECT count(*)::text FROM warehouse.products`)[0]; n != "9" {
		t.Errorf("%s rows, want all 9", n)
	}
}

// What is older than the deployment is counted, and waits.
func TestWhatIsOlderThanTheDeploymentWaits(t *testing.T) {
	t.Parallel()
	w := newWorld(t, newS3(t), "work")
	w.losing()
	w.upload(t, "products/old.csv", products(0, 3))
	w.s3.Later(time.Minute)
	w.exec(t, `UPDATE acequia.deployment SET deployed_at = now() + interval '30 seconds'`)
	w.upload(t, "products/new.csv", products(10, 3))
	w.healthy()
	if found := w.later(t, time.Hour, true); found.Lost != 1 || found.Older != 1 {
		t.Errorf("found %+v, want one lost and one older", found)
	}
	if got := w.lines(t, `SELECT key FROM acequia.objects`); !slices.Equal(got, []string{"products/new.csv"}) {
		t.Errorf("taken in: %q", got)
	}
}

// The plans and staged files of objects at their end go when they are old; those of objects under way stay, and so do the plans that
// tell how to cut out rejects.
func TestLeftoversGo(t *testing.T) {
	t.Parallel()
	w := newWorld(t, newS3(t), "work")
	w.upload(t, "products/published.csv", products(0, 3))
	w.upload(t, "products/rejects.csv", products(10, 8)+"P00099,no,price\n")
	w.pump(t)
	w.dropping(func(n int) bool { return n == 4 }) // event, report, and of its chunks the second
	w.upload(t, "products/under-way.csv", products(30, 20))
	w.pump(t)
	if found := w.later(t, time.Hour, true); found.Removed != 0 {
		t.Errorf("removed while it may be needed: %+v", found)
	}
	w.reconciler.Announce = func(context.Context, pipeline.Object) error { return nil }
	w.later(t, 26*time.Hour, true)
	var left []string
	for _, prefix := range []string{"staged/", "plans/"} {
		for page, err := range w.work.List(t.Context(), prefix) {
			if err != nil {
				t.Fatal(err)
			}
			for _, f := range page {
				id := strings.Split(f.Key, "/")[1]
				left = append(left, prefix+w.lines(t, `SELECT key FROM acequia.objects WHERE object_id = $1`, id)[0])
			}
		}
	}
	slices.Sort(left)
	want := []string{"plans/products/rejects.csv", "plans/products/under-way.csv", "staged/products/under-way.csv"}
	if diff := cmp.Diff(want, slices.Compact(left)); diff != "" {
		t.Errorf("left (-want +got):\n%s", diff)
	}
}

// An error in one step costs the others nothing.
func TestOneStepThatFailsCostsTheOthersNothing(t *testing.T) {
	t.Parallel()
	w := newWorld(t, newS3(t), "work")
	w.losing()
	w.upload(t, "products/a.csv", products(0, 3))
	w.healthy()
	errDown := errors.New("SQS is down")
	w.reconciler.DeadLetters = func(context.Context) ([]pipeline.QueueDepth, error) { return nil, errDown }
	w.ahead = time.Hour
	found, err := w.reconciler.Run(t.Context(), false, func() bool { return false })
	if !errors.Is(err, errDown) || found.Lost != 1 {
		t.Errorf("found %+v, %v", found, err)
	}
}

// unpublish leaves what a loader does that dies between the registration of the last chunk and the publication.
func (w *world) unpublish(t *testing.T) {
	t.Helper()
	w.exec(t, `DELETE FROM warehouse.products`)
	w.exec(t, `UPDATE acequia.objects SET status = 'processing', loaded = 0, published_at = NULL`)
	w.exec(t, `UPDATE acequia.chunks SET state = 'staged'`)
}

func (w *world) exec(t *testing.T, statement string) {
	t.Helper()
	if _, err := w.sql.Exec(t.Context(), statement); err != nil {
		t.Fatalf("%s: %v", statement, err)
	}
}

// A replay that does not move is asked for again as a replay, under its attempt; one that cannot be finished leaves what stood before.
func TestAReplayThatDoesNotMove(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		damage func(w *world, id pipeline.ObjectID)
		status string
	}{
		"goes on": {func(*world, pipeline.ObjectID) {}, "published"},
		"expires": {
			func(w *world, id pipeline.ObjectID) { w.s3.Delete(t, w.workBucket, pipeline.PlanKey(id, 2), "") },
			"published the plan of its chunks has expired; upload the file again, or make replay OBJECT=",
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t, newS3(t), "work")
			version := w.upload(t, "products/a.csv", products(0, 20))
			w.pump(t)
			row, _, err := w.store.ObjectByVersion(t.Context(), raw, "products/a.csv", version)
			if err != nil {
				t.Fatal(err)
			}
			w.exec(t, `UPDATE acequia.objects SET received_at = now() - interval '20 days'`)
			w.dropping(func(n int) bool { return n > 1 }) // the first report gets through
			if err := w.replay(t.Context(), pipeline.Replay{Object: row.Object, Attempt: 2}); err != nil {
				t.Fatal(err)
			}
			w.pump(t)
			w.healthy()
			test.damage(w, row.Object.ID)
			if found := w.later(t, time.Hour, true); found.Stuck+found.Expired+found.Markers != 0 {
				t.Errorf("within the grace: %+v", found)
			}
			w.later(t, 2*time.Hour, true)
			row, _, err = w.store.ObjectByVersion(t.Context(), raw, "products/a.csv", version)
			if got := strings.TrimSpace(string(row.Status) + " " + row.Error); err != nil || !strings.HasPrefix(got, test.status) || row.Attempt != 2 {
				t.Errorf("it is %s, attempt %d, %v", got, row.Attempt, err)
			}
			if n := w.lines(t, `SELECT count(*)::text FROM warehouse.products`)[0]; n != "20" {
				t.Errorf("%s rows, want 20", n)
			}
		})
	}
}

// What a person had forgotten stays forgotten, also the versions of it that no event ever told of.
func TestWhatIsForgottenIsNotFoundAgain(t *testing.T) {
	t.Parallel()
	w := newWorld(t, newS3(t), "work")
	w.losing()
	w.upload(t, "products/a.csv", products(0, 3))
	w.s3.Later(2 * time.Second)
	w.healthy()
	version := w.upload(t, "products/a.csv", products(10, 3))
	w.pump(t)
	row, _, err := w.store.ObjectByVersion(t.Context(), raw, "products/a.csv", version)
	if err != nil {
		t.Fatal(err)
	}
	forget := pipeline.Report{Kind: pipeline.ObjectForget, Object: row.Object, Attempt: row.Attempt}
	if err := w.reconciler.Report(t.Context(), forget); err != nil {
		t.Fatal(err)
	}
	w.pump(t)
	for range 3 {
		if found := w.later(t, 24*time.Hour, true); found.Lost+found.Stuck+found.GivenUp+found.Markers != 0 {
			t.Errorf("found %+v", found)
		}
	}
	if n := w.lines(t, `SELECT count(*)::text FROM warehouse.products`)[0]; n != "0" {
		t.Errorf("%s rows came back", n)
	}
}
