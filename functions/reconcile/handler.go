package main

import (
	"context"
	"fmt"
	"log/slog"
	"time"

	"acequia/shared/pipeline"
	"acequia/shared/reconcile"
	"acequia/shared/telemetry"
)

type handler struct {
	reconciler reconcile.Reconciler
	// alone runs do unless another run is under way, and tells whether it did.
	alone   func(ctx context.Context, name string, do func() error) (bool, error)
	log     *slog.Logger
	metrics *telemetry.Metrics
}

// event is what a rule or a person asks for. EventBridge's own event, which says nothing of this, asks for a frequent run.
type event struct {
	Full bool `json:"full"`
	// Grace, such as 30s, takes the place of both LOST_AFTER and STUCK_AFTER.
	Grace string `json:"grace"`
}

// answer is what the function returns.
type answer struct {
	// Busy says that another run is under way, and so nothing was done.
	Busy bool `json:"busy,omitempty"`
	pipeline.Reconciliation
}

// handle runs reconcile once. A rule that fires late, twice or not at all only changes when something is found.
func (h *handler) handle(ctx context.Context, e event) (a answer, err error) {
	r := h.reconciler
	if e.Grace != "" {
		grace, err := time.ParseDuration(e.Grace)
		if err != nil || grace < 0 {
			return a, fmt.Errorf("the event's grace is %q, not a time like 30s or 10m", e.Grace)
		}
		r.LostAfter, r.StuckAfter = grace, grace
	}
	alone, err := h.alone(ctx, "reconcile", func() (err error) {
		a.Reconciliation, err = r.Run(ctx, e.Full, lateness(ctx))
		return err
	})
	a.Busy = err == nil && !alone
	if err != nil {
		return a, err
	}
	if a.Busy {
		h.log.InfoContext(ctx, "another run is under way")
		return a, nil
	}
	h.log.InfoContext(ctx, "reconciled", "found", a.Reconciliation)
	return a, h.metrics.Count(nil, map[string]int64{
		"Lost": a.Lost, "Stuck": a.Stuck, "GivenUp": a.GivenUp, "Expired": a.Expired, "Deleted": a.Deleted, "DeadLetters": a.DeadLetters,
	})
}

// margin is the time before the deadline at which a run stops looking: enough to note how far it came.
const margin = time.Minute

// lateness tells when a run has to stop. One that has little time looks for half of it.
func lateness(ctx context.Context) func() bool {
	deadline, bounded := ctx.Deadline()
	now := time.Now()
	by := deadline.Add(-min(margin, deadline.Sub(now)/2))
	return func() bool { return bounded && time.Now().After(by) }
}
