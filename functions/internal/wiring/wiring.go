// Package wiring makes what every function needs out of its environment: adapters, a logger, metrics. A function's main says
// which stage meets which of them.
package wiring

import (
	"context"
	"log/slog"
	"os"
	"runtime/debug"
	"time"

	"github.com/aws/aws-lambda-go/lambda"
	"github.com/aws/aws-sdk-go-v2/service/sqs"

	"acequia/functions/internal/sqsbatch"
	"acequia/shared/env"
	"acequia/shared/metering"
	"acequia/shared/pipeline"
	"acequia/shared/s3store"
	"acequia/shared/sqsqueue"
	"acequia/shared/telemetry"
)

// Parts are the parts that a function is wired from.
type Parts struct {
	// Env reads further settings; what is missing of them ends the start.
	Env       env.Reader
	Raw       *s3store.Raw
	Work      *s3store.Work
	Contracts *s3store.Contracts
	Log       *slog.Logger
	Metrics   *telemetry.Metrics

	queues   *sqs.Client
	memoryMB int64
}

// Queue gives the queue whose URL is in the named environment variable.
func Queue[M any](p *Parts, variable string) *sqsqueue.Queue[M] {
	return sqsqueue.New[M](p.queues, p.Env.Required(variable))
}

// Batch gives the handler of batches of messages of the queue whose URL is in the named environment variable; do does the work
// of one message, and its error is worth a retry.
func Batch[M any](p *Parts, variable string, do func(context.Context, M) error) any {
	batch := &sqsbatch.Handler[M]{
		Do:        do,
		Postpone:  Queue[M](p, variable).Postpone,
		Meter:     p.Meter,
		LastWords: sqsbatch.LastWords{MaxReceives: p.Env.Count("MAX_RECEIVE_COUNT", 0), Put: p.Work.Put, Now: time.Now},
		Log:       p.Log,
	}
	return batch.Handle
}

// Meter gives a context in which the work that begins now is metered; used is what belongs to it already.
func (p *Parts) Meter(ctx context.Context, used pipeline.Usage) context.Context {
	return metering.Start(ctx, p.memoryMB, used)
}

// Reports gives what sends reports to load, with what the work that they tell of has used. That an object was received is only a
// beginning: what it took counts in what is reported next.
func Reports(p *Parts) func(context.Context, pipeline.Report) error {
	queue := Queue[pipeline.Report](p, "ROWS_QUEUE_URL")
	return func(ctx context.Context, r pipeline.Report) error {
		if r.Kind != pipeline.ObjectReceived {
			r.Usage = r.Usage.Add(UsedToSend(ctx))
		}
		return queue.Send(ctx, r)
	}
}

// UsedToSend gives what the work in the context has used since it was last asked, with the request that will send it on.
func UsedToSend(ctx context.Context) pipeline.Usage {
	return metering.Take(ctx).Add(pipeline.Usage{SQSRequests: 1})
}

// Start wires a function and serves its invocations. newHandler gives the handler, in one of the forms that lambda.Start
// takes. A function that cannot be wired says why and ends, which Lambda shows as an error of its start.
func Start(newHandler func(context.Context, *Parts) (any, error)) {
	handler, err := wire(context.Background(), newHandler)
	if err != nil {
		telemetry.NewLogger(os.Stderr).Error("the function cannot start", "error", err.Error())
		os.Exit(1)
	}
	lambda.Start(handler)
}

// limitMemory has garbage collected before the function takes what it has: Lambda ends a function that takes more. A fifth is left
// for what is not on the heap.
func limitMemory(bytes int64) {
	if bytes > 0 {
		debug.SetMemoryLimit(bytes / 5 * 4)
	}
}

func wire(ctx context.Context, newHandler func(context.Context, *Parts) (any, error)) (any, error) {
	parts, err := newParts(ctx)
	if err != nil {
		return nil, err
	}
	handler, err := newHandler(ctx, parts)
	if missing := parts.Env.Err(); missing != nil {
		return nil, missing
	}
	return handler, err
}

func newParts(ctx context.Context) (*Parts, error) {
	buckets, err := s3store.NewClient(ctx, metering.Requests)
	if err != nil {
		return nil, err
	}
	queues, err := sqsqueue.NewClient(ctx, metering.Requests)
	if err != nil {
		return nil, err
	}
	p := &Parts{
		Raw:     s3store.NewRaw(buckets),
		Log:     telemetry.NewLogger(os.Stderr),
		Metrics: telemetry.NewMetrics(os.Stdout, time.Now),
		queues:  queues,
	}
	memory := p.Env.Memory()
	limitMemory(memory)
	p.memoryMB = memory >> 20
	p.Work = s3store.NewWork(buckets, p.Env.Required("WORK_BUCKET"))
	p.Contracts = s3store.NewContracts(buckets, p.Env.Required("CONTRACTS_BUCKET"))
	return p, nil
}
