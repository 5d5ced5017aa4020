// Command reconcile is the function that EventBridge calls every few minutes: it finds what was lost on the way, and repairs it.
package main

import (
	"context"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/sqs"

	"acequia/functions/internal/database"
	"acequia/functions/internal/wiring"
	"acequia/shared/lambdainvoke"
	"acequia/shared/pipeline"
	"acequia/shared/reconcile"
	"acequia/shared/sqsqueue"
)

const (
	// defaultLostAfter: S3 delivers events within seconds, and says that it may take longer than a minute.
	defaultLostAfter = 15 * time.Minute
	// defaultStuckAfter is longer than a message stays out of sight of load that died over it (90 minutes), and than 20 receipts take
	// (65 minutes).
	defaultStuckAfter = 2 * time.Hour
)

// deadLetterQueues are the settings that name the dead-letter queues' URLs, in the order of the flow.
var deadLetterQueues = []string{"INGEST_DEAD_LETTERS_URL", "CHUNKS_DEAD_LETTERS_URL", "CLEANED_DEAD_LETTERS_URL", "ROWS_DEAD_LETTERS_URL"}

func main() { wiring.Start(newHandler) }

func newHandler(ctx context.Context, p *wiring.Parts) (any, error) {
	store, err := database.Open(ctx, p)
	if err != nil {
		return nil, err
	}
	functions, err := lambdainvoke.NewClient(ctx)
	if err != nil {
		return nil, err
	}
	queues, err := sqsqueue.NewClient(ctx)
	if err != nil {
		return nil, err
	}
	ingest := lambdainvoke.NewIngest(functions, p.Env.Required("INGEST_FUNCTION"))
	h := &handler{
		reconciler: reconcile.Reconciler{
			Bucket: p.Env.Required("RAW_BUCKET"), Listing: p.Raw, Ledger: store, Work: p.Work, Catalog: p.Contracts.Current,
			DeadLetters: deadLetters(p, queues), Announce: ingest.Announce, Replay: ingest.Replay,
			Report:     wiring.Queue[pipeline.Report](p, "ROWS_QUEUE_URL").Send,
			Now:        time.Now,
			LostAfter:  p.Env.Duration("LOST_AFTER", defaultLostAfter),
			StuckAfter: p.Env.Duration("STUCK_AFTER", defaultStuckAfter),
		},
		alone: store.Alone, log: p.Log, metrics: p.Metrics,
	}
	return h.handle, nil
}

// deadLetters gives what asks how deep the dead-letter queues are.
func deadLetters(p *wiring.Parts, client *sqs.Client) func(context.Context) ([]pipeline.QueueDepth, error) {
	var urls []string
	for _, setting := range deadLetterQueues {
		urls = append(urls, p.Env.Required(setting))
	}
	return func(ctx context.Context) (depths []pipeline.QueueDepth, err error) {
		for _, url := range urls {
			depth, err := sqsqueue.Depth(ctx, client, url)
			if err != nil {
				return nil, err
			}
			depths = append(depths, depth)
		}
		return depths, nil
	}
}
