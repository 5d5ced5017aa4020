// Command transform is the function that derives columns and encodes a chunk's rows as Postgres reads them.
package main

import (
	"context"
	"log"
	"os"
	"time"

	"github.com/aws/aws-lambda-go/lambda"

	"acequia/functions/internal/sqsbatch"
	"acequia/shared/env"
	"acequia/shared/pipeline"
	"acequia/shared/s3store"
	"acequia/shared/sqsqueue"
	"acequia/shared/telemetry"
	"acequia/shared/transform"
)

func main() {
	h, err := newHandler(context.Background())
	if err != nil {
		log.Fatal(err)
	}
	lambda.Start(h.Handle)
}

func newHandler(ctx context.Context) (*sqsbatch.Handler[pipeline.Cleaned], error) {
	var e env.Reader
	workBucket, contracts := e.Required("WORK_BUCKET"), e.Required("CONTRACTS_BUCKET")
	cleaned, rows := e.Required("CLEANED_QUEUE_URL"), e.Required("ROWS_QUEUE_URL")
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
		stage: &transform.Stage{
			Plan:     work.Plan,
			Contract: s3store.NewContracts(bucket, contracts).At,
			Get:      work.Get,
			Put:      work.Put,
			Send:     reports.Send,
		},
		log:     logger,
		metrics: telemetry.NewMetrics(os.Stdout, time.Now),
	}
	return &sqsbatch.Handler[pipeline.Cleaned]{
		Do:       sqsbatch.FailingChunks(h.transform, func(c pipeline.Cleaned) pipeline.Chunk { return c.Chunk }, reports.Send, logger),
		Postpone: sqsqueue.New[pipeline.Cleaned](queues, cleaned).Postpone,
		Log:      logger,
	}, nil
}
