package main

import (
	"bytes"
	"context"
	"encoding/json"
	"iter"
	"log/slog"
	"strings"
	"testing"
	"time"

	"acequia/functions/internal/eventtest"
	"acequia/shared/contract"
	"acequia/shared/pipeline"
	"acequia/shared/reconcile"
	"acequia/shared/telemetry"
)

// ledger is one that knows nothing; it notes since when the run took objects for stuck, and what it found.
type ledger struct {
	reconcile.Ledger
	before time.Time
	noted  []pipeline.Reconciliation
}

func (l *ledger) DeployedAt(context.Context) (time.Time, error) { return time.Time{}, nil }

func (l *ledger) SettleRepairs(context.Context) (int64, error) { return 0, nil }

func (l *ledger) NoteDeadLetters(context.Context, []pipeline.QueueDepth, time.Time) ([]pipeline.QueueDepth, error) {
	return nil, nil
}

func (l *ledger) StillLost(context.Context, time.Time, time.Duration, int) ([]pipeline.Object, error) {
	return nil, nil
}

func (l *ledger) Stalled(_ context.Context, _, before, _ time.Time, _ int) ([]pipeline.Stalled, error) {
	l.before = before
	return nil, nil
}

func (l *ledger) Watermark(context.Context, string, string) (string, error) { return "", nil }

func (l *ledger) SetWatermark(context.Context, string, string, string) error { return nil }

func (l *ledger) Known(context.Context, string, string, string) iter.Seq2[pipeline.Known, error] {
	return func(func(pipeline.Known, error) bool) {}
}

func (l *ledger) Ended(context.Context) iter.Seq2[pipeline.Standing, error] {
	return func(func(pipeline.Standing, error) bool) {}
}

func (l *ledger) NoteReconciliation(_ context.Context, r pipeline.Reconciliation) error {
	l.noted = append(l.noted, r)
	return nil
}

// empty is a bucket with nothing in it.
type empty struct{ reconcile.Work }

func (empty) List(context.Context, string) iter.Seq2[[]pipeline.File, error] {
	return func(func([]pipeline.File, error) bool) {}
}

type nothing struct{}

func (nothing) List(context.Context, string, string, string) iter.Seq2[[]pipeline.Object, error] {
	return func(func([]pipeline.Object, error) bool) {}
}

var now = time.Date(2026, 11, 24, 12, 0, 0, 0, time.UTC)

// handle gives the event to a handler, while another run is under way or not.
func handle(t *testing.T, raw []byte, busy bool) (*ledger, answer, string, error) {
	t.Helper()
	var e event
	if err := json.Unmarshal(raw, &e); err != nil {
		t.Fatal(err)
	}
	l, out := &ledger{}, &bytes.Buffer{}
	h := &handler{
		reconciler: reconcile.Reconciler{
			Listing: nothing{}, Ledger: l, Work: empty{}, Now: func() time.Time { return now }, LostAfter: time.Hour, StuckAfter: 2 * time.Hour,
			Catalog:     func(context.Context) (contract.Catalog, error) { return nil, nil },
			DeadLetters: func(context.Context) ([]pipeline.QueueDepth, error) { return []pipeline.QueueDepth{{Messages: 7}}, nil },
		},
		alone: func(_ context.Context, _ string, do func() error) (bool, error) {
			if busy {
				return false, nil
			}
			return true, do()
		},
		log: slog.New(slog.NewJSONHandler(out, nil)), metrics: telemetry.NewMetrics(out, time.Now),
	}
	a, err := h.handle(t.Context(), e)
	return l, a, out.String(), err
}

func TestTheSampleEvents(t *testing.T) {
	t.Parallel()
	for name, full := range map[string]bool{"reconcile/frequent": false, "reconcile/full": true} {
		l, a, out, err := handle(t, eventtest.Load(t, name), false)
		if err != nil || a.Full != full || a.Busy || len(l.noted) != 1 || l.noted[0].Full != full {
			t.Errorf("%s: answer = %+v, noted = %+v, %v", name, a, l.noted, err)
		}
		if want := now.Add(-2 * time.Hour); !l.before.Equal(want) {
			t.Errorf("%s: stuck is what rests since %s, want %s", name, l.before, want)
		}
		if !strings.Contains(out, `"DeadLetters":7`) || !strings.Contains(out, `"dead_letters":7`) {
			t.Errorf("%s: logged and counted: %s", name, out)
		}
	}
}

func TestAPersonMaySayHowOldWhatIsMissingMustBe(t *testing.T) {
	t.Parallel()
	l, _, _, err := handle(t, []byte(`{"full": true, "grace": "30s"}`), false)
	if want := now.Add(-30 * time.Second); err != nil || !l.before.Equal(want) {
		t.Errorf("stuck is what rests since %s, want %s; %v", l.before, want, err)
	}
	for _, grace := range []string{"soon", "-1s"} {
		if _, _, _, err := handle(t, []byte(`{"grace": "`+grace+`"}`), false); err == nil || !strings.Contains(err.Error(), grace) {
			t.Errorf("a grace of %q: %v", grace, err)
		}
	}
}

func TestASecondRunSaysSoAndEnds(t *testing.T) {
	t.Parallel()
	l, a, out, err := handle(t, []byte(`{}`), true)
	if err != nil || !a.Busy || len(l.noted) > 0 || !strings.Contains(out, "another run is under way") {
		t.Errorf("answer = %+v, noted = %+v, log = %s, %v", a, l.noted, out, err)
	}
}

func TestTheTimeIsUpBeforeTheDeadline(t *testing.T) {
	t.Parallel()
	for left, want := range map[time.Duration]bool{time.Hour: false, -time.Second: true} {
		ctx, cancel := context.WithDeadline(t.Context(), time.Now().Add(left))
		if got := lateness(ctx)(); got != want {
			t.Errorf("with %s left: late = %v", left, got)
		}
		cancel()
	}
	if lateness(t.Context())() {
		t.Error("without a deadline there is no end")
	}
}
