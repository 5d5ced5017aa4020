// Command load is the function that registers chunks and publishes an object's rows when the last of its chunks is there.
package main

import (
	"context"
	"log"
	"os"
	"time"

	"github.com/aws/aws-lambda-go/lambda"

	"acequia/functions/internal/sqsbatch"
	"acequia/shared/contract"
	"acequia/shared/env"
	"acequia/shared/load"
	"acequia/shared/pgstore"
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

func newHandler(ctx context.Context) (*sqsbatch.Handler[pipeline.Report], error) {
	var e env.Reader
	workBucket, contractsBucket := e.Required("WORK_BUCKET"), e.Required("CONTRACTS_BUCKET")
	rows, databaseURL := e.Required("ROWS_QUEUE_URL"), e.Required("DATABASE_URL")
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
	if err := pgstore.Migrate(ctx, databaseURL); err != nil {
		return nil, err
	}
	store, err := pgstore.Open(ctx, databaseURL)
	if err != nil {
		return nil, err
	}
	work, contracts := s3store.NewWork(bucket, workBucket), s3store.NewContracts(bucket, contractsBucket)
	logger := telemetry.NewLogger(os.Stderr)
	h := &handler{
		loader: &load.Loader{
			Ledger: store,
			Publish: func(ctx context.Context, o pipeline.Object, c *contract.Contract, do func(load.Publication) error) error {
				return store.Publish(ctx, o, c, func(p *pgstore.Publication) error { return do(p) })
			},
			Contract: contracts.At,
			Catalog:  contracts.Current,
			Open:     work.Open,
			Put:      work.Put,
		},
		log:     logger,
		metrics: telemetry.NewMetrics(os.Stdout, time.Now),
	}
	return &sqsbatch.Handler[pipeline.Report]{
		Do: h.load, Postpone: sqsqueue.New[pipeline.Report](queues, rows).Postpone, Log: logger,
	}, nil
}
