// Command summarize is the function that EventBridge calls every day: it computes the KPIs of each day that changed.
package main

import (
	"context"

	"acequia/functions/internal/database"
	"acequia/functions/internal/wiring"
	"acequia/shared/pgstore"
	"acequia/shared/summary"
)

func main() { wiring.Start(newHandler) }

func newHandler(ctx context.Context, p *wiring.Parts) (any, error) {
	store, err := database.Open(ctx, p)
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
