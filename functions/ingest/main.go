// Command ingest is the function that S3 calls when a file arrives: it cuts the file into chunks and sends them on.
package main

import (
	"context"
	"log"
	"os"
	"time"

	"github.com/aws/aws-lambda-go/lambda"

	"acequia/shared/env"
	"acequia/shared/intake"
	"acequia/shared/pipeline"
	"acequia/shared/s3store"
	"acequia/shared/sqsqueue"
	"acequia/shared/telemetry"
)

func main() {
	h, err := newHandler(context.Background())
	if err != nil {
		log.Fatal(err)
	}
	lambda.Start(h.handle)
}

func newHandler(ctx context.Context) (*handler, error) {
	var e env.Reader
	work, contracts := e.Required("WORK_BUCKET"), e.Required("CONTRACTS_BUCKET")
	chunks, rows := e.Required("CHUNKS_QUEUE_URL"), e.Required("ROWS_QUEUE_URL")
	chunkSize := e.Bytes("CHUNK_SIZE", defaultChunkSize)
	if err := e.Err(); err != nil {
		return nil, err
	}
	bucket, err := s3store.NewClient(ctx)
	if err != nil {
		return nil, err
	}
	queues, err := sqsqueue.NewClient(ctx)
	if err != nil {
		return nil, err
	}
	return &handler{
		intake: &intake.Intake{
			Bucket:    s3store.NewRaw(bucket),
			Work:      s3store.NewWork(bucket, work),
			Catalog:   s3store.NewContracts(bucket, contracts).Current,
			SendChunk: sqsqueue.New[pipeline.Chunk](queues, chunks).Send,
			Report:    sqsqueue.New[pipeline.Report](queues, rows).Send,
			ChunkSize: chunkSize,
		},
		log:     telemetry.NewLogger(os.Stderr),
		metrics: telemetry.NewMetrics(os.Stdout, time.Now),
	}, nil
}

// defaultChunkSize makes chunks of about 50,000 rows of sales: few enough messages, and little enough memory.
const defaultChunkSize = 8 << 20
