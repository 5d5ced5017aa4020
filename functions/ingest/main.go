// Command ingest is the function that S3 calls when a file arrives: it cuts the file into chunks and sends them on.
package main

import (
	"context"

	"acequia/functions/internal/wiring"
	"acequia/shared/intake"
	"acequia/shared/lambdainvoke"
	"acequia/shared/metering"
	"acequia/shared/pipeline"
)

// defaultChunkSize makes chunks of about 100,000 rows of sales: few enough messages, and little enough memory.
const defaultChunkSize = 8 << 20

func main() { wiring.Start(newHandler) }

func newHandler(ctx context.Context, p *wiring.Parts) (any, error) {
	functions, err := lambdainvoke.NewClient(ctx)
	if err != nil {
		return nil, err
	}
	itself := lambdainvoke.New[event](functions, p.Env.Required("AWS_LAMBDA_FUNCTION_NAME"))
	h := &handler{
		intake: &intake.Intake{
			Bucket:    p.Raw,
			Work:      p.Work,
			Catalog:   p.Contracts.Current,
			SendChunk: wiring.Queue[pipeline.Chunk](p, "CHUNKS_QUEUE_URL").Send,
			Report:    wiring.Reports(p),
			HandOver: func(ctx context.Context, c intake.Continuation) error {
				c.Usage = metering.Take(ctx)
				return itself.Start(ctx, event{GoOn: &c})
			},
			ChunkSize: p.Env.Bytes("CHUNK_SIZE", defaultChunkSize),
		},
		meter:   p.Meter,
		limit:   p.Env.Duration("WALK_LIMIT", 0),
		log:     p.Log,
		metrics: p.Metrics,
	}
	return h.handle, nil
}
