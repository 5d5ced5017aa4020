// Command ingest is the function that S3 calls when a file arrives: it cuts the file into chunks and sends them on.
package main

import (
	"context"

	"acequia/functions/internal/wiring"
	"acequia/shared/intake"
	"acequia/shared/pipeline"
)

// defaultChunkSize makes chunks of about 100,000 rows of sales: few enough messages, and little enough memory.
const defaultChunkSize = 8 << 20

func main() { wiring.Start(newHandler) }

func newHandler(_ context.Context, p *wiring.Parts) (any, error) {
	h := &handler{
		intake: &intake.Intake{
			Bucket:    p.Raw,
			Work:      p.Work,
			Catalog:   p.Contracts.Current,
			SendChunk: wiring.Queue[pipeline.Chunk](p, "CHUNKS_QUEUE_URL").Send,
			Report:    wiring.Queue[pipeline.Report](p, "ROWS_QUEUE_URL").Send,
			ChunkSize: p.Env.Bytes("CHUNK_SIZE", defaultChunkSize),
		},
		log:     p.Log,
		metrics: p.Metrics,
	}
	return h.handle, nil
}
