// Command summarize is the function that EventBridge calls every day: it computes the KPIs of each day that changed.
package main

import (
	"context"
	"log"
	"os"
	"time"

	"github.com/aws/aws-lambda-go/lambda"

	"acequia/shared/env"
	"acequia/shared/pgstore"
	"acequia/shared/s3store"
	"acequia/shared/summary"
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
	workBucket, contracts := e.Required("WORK_BUCKET"), e.Required("CONTRACTS_BUCKET")
	databaseURL := e.Required("DATABASE_URL")
	if err := e.Err(); err != nil {
		return nil, err
	}
	bucket, err := s3store.NewClient(ctx)
	if err != nil {
		return nil, err
	}
	store, err := pgstore.Open(ctx, databaseURL)
	if err != nil {
		return nil, err
	}
	return &handler{
		summarizer: &summary.Summarizer{
			Catalog: s3store.NewContracts(bucket, contracts).Current,
			Transact: func(ctx context.Context, do func(summary.Work) error) error {
				return store.Summarize(ctx, func(tx *pgstore.SummaryTx) error { return do(tx) })
			},
			Put: s3store.NewWork(bucket, workBucket).Put,
		},
		log:     telemetry.NewLogger(os.Stderr),
		metrics: telemetry.NewMetrics(os.Stdout, time.Now),
	}, nil
}
