// Command clean is the function that holds the records of a chunk to their contract.
package main

import (
	"context"

	"acequia/functions/internal/sqsbatch"
	"acequia/functions/internal/wiring"
	"acequia/shared/clean"
	"acequia/shared/pipeline"
)

func main() { wiring.Start(newHandler) }

func newHandler(_ context.Context, p *wiring.Parts) (any, error) {
	cleaned := wiring.Queue[pipeline.Cleaned](p, "CLEANED_QUEUE_URL")
	h := &handler{
		stage: &clean.Stage{
			Plan:     p.Work.Plan,
			Contract: p.Contracts.At,
			Range:    p.Raw.Range,
			At:       p.Raw.At,
			Staged:   p.Work.Get,
			Put:      p.Work.Put,
			Send: func(ctx context.Context, c pipeline.Cleaned) error {
				c.Usage = wiring.UsedToSend(ctx)
				return cleaned.Send(ctx, c)
			},
		},
		log:     p.Log,
		metrics: p.Metrics,
	}
	report := wiring.Reports(p)
	chunkOf := func(c pipeline.Chunk) pipeline.Chunk { return c }
	return wiring.Batch(p, "CHUNKS_QUEUE_URL", sqsbatch.FailingChunks(h.clean, chunkOf, report, p.Log)), nil
}
