// Command clean is the function that holds the records of a chunk to their contract.
package main

import (
	"context"
	"log"
	"os"
	"time"

	"github.com/aws/aws-lambda-go/lambda"

	"acequia/functions/internal/sqsbatch"
	"acequia/shared/clean"
	"acequia/shared/env"
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
	lambda.Start(h.Handle)
}

func newHandler(ctx context.Context) (*sqsbatch.Handler[pipeline.Chunk], error) {
	var e env.Reader
	workBucket, contracts := e.Required("WORK_BUCKET"), e.Required("CONTRACTS_BUCKET")
	chunks, cleaned, rows := e.Required("CHUNKS_QUEUE_URL"), e.Required("CLEANED_QUEUE_URL"), e.Required("ROWS_QUEUE_URL")
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
	work := s3store.NewWork(bucket, workBucket)
	reports := sqsqueue.New[pipeline.Report](queues, rows)
	logger := telemetry.NewLogger(os.Stderr)
	h := &handler{
		stage: &clean.Stage{
			Plan:     work.Plan,
			Contract: s3store.NewContracts(bucket, contracts).At,
			Range:    s3store.NewRaw(bucket).Range,
			Put:      work.Put,
			Send:     sqsqueue.New[pipeline.Cleaned](queues, cleaned).Send,
		},
		log:     logger,
		metrics: telemetry.NewMetrics(os.Stdout, time.Now),
	}
	return &sqsbatch.Handler[pipeline.Chunk]{
		Do:       sqsbatch.FailingChunks(h.clean, func(c pipeline.Chunk) pipeline.Chunk { return c }, reports.Send, logger),
		Postpone: sqsqueue.New[pipeline.Chunk](queues, chunks).Postpone,
		Log:      logger,
	}, nil
}
