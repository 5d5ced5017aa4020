// Command load is the function that registers chunks and publishes an object's rows when the last of its chunks is there.
package main

import (
	"context"

	"acequia/functions/internal/database"
	"acequia/functions/internal/wiring"
	"acequia/shared/contract"
	"acequia/shared/load"
	"acequia/shared/metering"
	"acequia/shared/pgstore"
	"acequia/shared/pipeline"
)

func main() { wiring.Start(newHandler) }

func newHandler(ctx context.Context, p *wiring.Parts) (any, error) {
	store, err := database.Open(ctx, p)
	if err != nil {
		return nil, err
	}
	h := &handler{
		loader: &load.Loader{
			Ledger: store,
			Publish: func(ctx context.Context, o pipeline.Object, c *contract.Contract, do func(load.Publication) error) error {
				return store.Publish(ctx, o, c, func(p *pgstore.Publication) error { return do(p) })
			},
			PublishChunk: func(ctx context.Context, o pipeline.Object, c *contract.Contract, do func(load.Publication) error) error {
				return store.PublishChunk(ctx, o, c, func(p *pgstore.Publication) error { return do(p) })
			},
			Contract: p.Contracts.At,
			Catalog:  p.Contracts.Current,
			Open:     p.Work.Open,
			Head:     p.Work.Head,
			Put:      p.Work.Put,
			Delete:   p.Work.DeleteAll,
			Used:     metering.Take,
		},
		log:     p.Log,
		metrics: p.Metrics,
	}
	return wiring.Batch(p, "ROWS_QUEUE_URL", h.load), nil
}
