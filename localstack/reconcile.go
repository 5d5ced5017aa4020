package main

import (
	"context"
	"fmt"
	"time"

	"acequia/localstack/desk"
	"acequia/shared/lambdainvoke"
	"acequia/shared/pgstore"
	"acequia/shared/reconcile"
	"acequia/shared/s3store"
)

const (
	// defaultInFlight keeps twice as many files on their way as there may be invocations of ingest.
	defaultInFlight = 20
	// backfillPause is the time between two looks at the ledger.
	backfillPause = 200 * time.Millisecond
)

// filler gives what backfills.
func filler(raw *s3store.Raw, store *pgstore.Store, ingest *lambdainvoke.Ingest) *reconcile.Backfiller {
	return &reconcile.Backfiller{
		Listing: raw, Ledger: store, Now: time.Now, Announce: ingest.Announce,
		Pause: func(ctx context.Context) error {
			select {
			case <-ctx.Done():
				return ctx.Err()
			case <-time.After(backfillPause):
				return nil
			}
		},
	}
}

func runReconcile(ctx context.Context, a *app, o options) error {
	if grace, err := time.ParseDuration(o.grace); o.grace != "" && (err != nil || grace < 0) {
		return &desk.UsageError{Reason: fmt.Sprintf("the grace is %q, not a time like 30s or 10m", o.grace)}
	}
	d, done, err := a.connect(ctx)
	if err != nil {
		return err
	}
	defer done()
	return d.Reconcile(ctx, o.grace)
}

func runBackfill(ctx context.Context, a *app, o options) error {
	since, err := desk.ParseSince(o.arg(1))
	switch {
	case err != nil:
		return err
	case o.arg(0) == "":
		return &desk.UsageError{Reason: "a backfill of what? make backfill PREFIX=sales/ [SINCE=2026-01-31]"}
	case o.inFlight < 1:
		return &desk.UsageError{Reason: "at least one file must be on its way at a time"}
	}
	d, done, err := a.connect(ctx)
	if err != nil {
		return err
	}
	defer done()
	if o.dryRun {
		return d.CountBackfill(ctx, o.arg(0), since)
	}
	return d.Backfill(ctx, o.arg(0), since, o.inFlight)
}
