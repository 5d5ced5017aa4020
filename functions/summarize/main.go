// Command summarize is the function that EventBridge calls every day: it computes the KPIs of each day that changed.
package main

import (
	"context"

	"acequia/functions/internal/wiring"
	"acequia/shared/pgstore"
	"acequia/shared/summary"
)

func main() { wiring.Start(newHandler) }

func newHandler(ctx context.Context, p *wiring.Parts) (any, error) {
	databaseURL := p.Env.Required("DATABASE_URL")
	if err := pgstore.Migrate(ctx, databaseURL); err != nil {
		return nil, err
	}
	store, err := pgstore.Open(ctx, databaseURL)
	if err != nil {
		return nil, err
	}
	h := &handler{
		summarizer: &summary.Summarizer{
			Catalog: p.Contracts.Current,
			Transact: func(ctx context.Context, do func(summary.Work) error) error {
				return store.Summarize(ctx, func(tx *pgstore.SummaryTx) error { return do(tx) })
			},
			Put: p.Work.Put,
		},
		log:     p.Log,
		metrics: p.Metrics,
	}
	return h.handle, nil
}
