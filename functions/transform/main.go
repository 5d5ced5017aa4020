// Command transform is the function that derives columns and encodes a chunk's rows as Postgres reads them.
package main

import (
	"context"

	"acequia/functions/internal/sqsbatch"
	"acequia/functions/internal/wiring"
	"acequia/shared/pipeline"
	"acequia/shared/transform"
)

func main() { wiring.Start(newHandler) }

func newHandler(_ context.Context, p *wiring.Parts) (any, error) {
	report := wiring.Reports(p)
	h := &handler{
		stage: &transform.Stage{
			Plan:     p.Work.Plan,
			Contract: p.Contracts.At,
			Get:      p.Work.Get,
			Put:      p.Work.Put,
			Send:     report,
		},
		log:     p.Log,
		metrics: p.Metrics,
	}
	chunkOf := func(c pipeline.Cleaned) pipeline.Chunk { return c.Chunk }
	return wiring.Batch(p, "CLEANED_QUEUE_URL", sqsbatch.FailingChunks(h.transform, chunkOf, report, p.Log)), nil
}
