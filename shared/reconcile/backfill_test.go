package reconcile_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"testing"
	"time"

	"acequia/shared/pipeline"
	"acequia/shared/reconcile"
	"acequia/shared/s3store"
)

// filler gives what backfills the world's bucket, on a clock of its own. Each pause works off what was announced.
func (w *world) filler(t *testing.T) *reconcile.Backfiller {
	t.Helper()
	at := time.Now()
	return &reconcile.Backfiller{
		Listing: s3store.NewRaw(w.s3.Client), Ledger: w.store, Announce: w.reconciler.Announce,
		Now: func() time.Time { return at },
		Pause: func(ctx context.Context) error {
			at = at.Add(10 * time.Second)
			w.pump(t)
			return ctx.Err()
		},
	}
}

// silently uploads files that no event tells of, and gives their keys.
func (w *world) silently(t *testing.T, n int) (keys []string) {
	t.Helper()
	w.losing()
	for i := range n {
		keys = append(keys, fmt.Sprintf("products/%02d.csv", i))
		w.upload(t, keys[i], products(i*10, 3))
	}
	w.healthy()
	return keys
}

func (w *world) keys(t *testing.T) []string {
	t.Helper()
	return w.lines(t, `SELECT key FROM acequia.objects WHERE status = 'published' ORDER BY key COLLATE "C"`)
}

var everything = pipeline.Backfill{Bucket: raw, Prefix: "products/"}

// However often a backfill is stopped, and wherever, it sends everything, never more at once than it may, and does not begin again from
// the start.
func TestABackfillCanBeStoppedAndResumed(t *testing.T) {
	t.Parallel()
	w := newWorld(t, newS3(t), "work")
	keys := w.silently(t, 20)
	b := w.filler(t)
	for call, stopAt := range []int64{5, 5, 12, 100} {
		begun, resumed, err := b.Begin(t.Context(), everything)
		if err != nil || resumed != (call > 0) || begun.Total != 20 {
			t.Fatalf("call %d: begun %+v, resumed %v, %v", call, begun, resumed, err)
		}
		if call == 3 && begun.Key < "products/05.csv" {
			t.Errorf("it begins again behind %q", begun.Key)
		}
		ctx, stop := context.WithCancel(t.Context())
		tally, err := b.Run(ctx, begun, 3, func(s reconcile.Tally) {
			if s.InFlight > 3 {
				t.Errorf("%d in flight, want 3 at most", s.InFlight)
			}
			if s.Sent >= stopAt {
				stop()
			}
		})
		stop()
		if stopped := errors.Is(err, context.Canceled); stopped != (call < 3) || err != nil && !stopped {
			t.Fatalf("call %d: %+v, %v", call, tally, err)
		}
	}
	if got := w.keys(t); !slices.Equal(got, keys) {
		t.Errorf("published %q", got)
	}
	begun, resumed, err := b.Begin(t.Context(), everything)
	if err != nil || resumed || begun.Total != 0 {
		t.Errorf("when all is done: begun %+v, resumed %v, %v", begun, resumed, err)
	}
}

// A backfill skips what the ledger has and what is too old, and tells how it ended.
func TestABackfillSendsWhatIsMissing(t *testing.T) {
	t.Parallel()
	w := newWorld(t, newS3(t), "work")
	w.silently(t, 3)
	w.s3.Later(time.Hour)
	since := time.Now().Add(30 * time.Minute)
	w.upload(t, "products/known.csv", products(500, 3))
	w.pump(t)
	w.losing()
	w.upload(t, "products/new.csv", products(600, 3))
	w.upload(t, "products/no.csv", "nothing,like,it\n1,2,3\n")
	w.upload(t, "products/known.csv", products(700, 3)) // a second version
	w.healthy()
	b := w.filler(t)
	of := pipeline.Backfill{Bucket: raw, Prefix: "products/", Since: since}
	if n, err := b.Count(t.Context(), of); err != nil || n != 3 {
		t.Errorf("%d to send, want 3; %v", n, err)
	}
	if got := w.keys(t); !slices.Equal(got, []string{"products/known.csv"}) {
		t.Errorf("counting sent %q", got)
	}
	begun, _, err := b.Begin(t.Context(), of)
	if err != nil {
		t.Fatal(err)
	}
	tally, err := b.Run(t.Context(), begun, 10, func(reconcile.Tally) {})
	if err != nil || tally.Ended[pipeline.Published] != 2 || tally.Ended[pipeline.Refused] != 1 || !tally.Finished {
		t.Errorf("%+v, %v", tally, err)
	}
}

// An event that a backfill sends may be lost, too.
func TestABackfillTellsAgainOfWhatIsNotHeard(t *testing.T) {
	t.Parallel()
	w := newWorld(t, newS3(t), "work")
	keys := w.silently(t, 4)
	b := w.filler(t)
	begun, _, err := b.Begin(t.Context(), everything)
	if err != nil {
		t.Fatal(err)
	}
	w.dropping(func(n int) bool { return n <= 4 })
	if tally, err := b.Run(t.Context(), begun, 4, func(reconcile.Tally) {}); err != nil || tally.Ended[pipeline.Published] != 4 {
		t.Errorf("%+v, %v", tally, err)
	}
	if got := w.keys(t); !slices.Equal(got, keys) {
		t.Errorf("published %q", got)
	}
}

// What is stopped while an event is on its way, and lost with it, is sent by the next call.
func TestABackfillForgetsNoEventThatWasLostWhenItWasStopped(t *testing.T) {
	t.Parallel()
	w := newWorld(t, newS3(t), "work")
	keys := w.silently(t, 8)
	b := w.filler(t)
	begun, _, err := b.Begin(t.Context(), everything)
	if err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(t.Context())
	w.dropping(func(n int) bool { return n > 0 })
	_, err = b.Run(ctx, begun, 4, func(s reconcile.Tally) {
		if s.InFlight == 4 {
			stop()
		}
	})
	if stop(); !errors.Is(err, context.Canceled) {
		t.Fatal(err)
	}
	w.healthy()
	if begun, _, err = b.Begin(t.Context(), everything); err != nil {
		t.Fatal(err)
	}
	if tally, err := b.Run(t.Context(), begun, 4, func(reconcile.Tally) {}); err != nil || tally.Ended[pipeline.Published] != 8 || tally.Sent != 8 {
		t.Errorf("%+v, %v", tally, err)
	}
	if got := w.keys(t); !slices.Equal(got, keys) {
		t.Errorf("published %q", got)
	}
}
