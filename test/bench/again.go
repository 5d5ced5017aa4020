package main

import (
	"context"
	"encoding/json"
	"fmt"
	"net/url"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/lambda"

	"acequia/shared/pgstore"
	"acequia/shared/pipeline"
)

// again measures what it costs to be told twice: the event of a file that is published, and its bytes uploaded once more. All
// counts from the end of the upload on.
func (b *bench) again(ctx context.Context, opt options) error {
	if err := b.byFile(ctx); err != nil {
		return err
	}
	if err := b.database.empty(ctx); err != nil {
		return err
	}
	files, err := b.makeFiles("again", spec{rows: opt.rows}, 1)
	if err != nil {
		return err
	}
	key := b.newKey()
	load, o, err := b.afterUpload(ctx, files[0], key)
	if err != nil || holds(o, files[0].account) != nil {
		return fmt.Errorf("the first upload: %w", holds(o, files[0].account))
	}
	event, err := b.cost(ctx, func() error { return b.redeliver(ctx, o) })
	if err != nil {
		return err
	}
	same, o, err := b.afterUpload(ctx, files[0], key)
	if err == nil && o.Status != pipeline.Unchanged {
		err = fmt.Errorf("the same bytes again ended as %s: %s", o.Status, o.Error)
	}
	if err != nil {
		return err
	}
	b.say("\nA load of %d records takes %s and %s of processor time from the end of its upload on (asked: ≥ 20 × what a repetition takes)",
		opt.rows, load.took.Round(time.Millisecond), load.spent)
	for what, c := range map[string]price{"its event, delivered again": event, "its bytes, uploaded again": same} {
		b.say("  %-28s %8s and %6s: %.0f × and %.0f × cheaper", what, c.took.Round(time.Millisecond), c.spent,
			load.took.Seconds()/c.took.Seconds(), load.spent.Seconds()/max(c.spent, tick).Seconds())
	}
	return nil
}

// price is what something took: time, and the processors' time without the clients'.
type price struct{ took, spent time.Duration }

// cost measures do, until no queue holds a message any more.
func (b *bench) cost(ctx context.Context, do func() error) (price, error) {
	before, began := b.watch.usage(), time.Now()
	if err := do(); err != nil {
		return price{}, err
	}
	took := time.Since(began)
	if err := b.cloud.quiet(ctx); err != nil {
		return price{}, err
	}
	spent := b.watch.usage().minus(before)
	return price{took, spent.total() - spent["client"]}, nil
}

// afterUpload uploads a file, and measures from then on.
func (b *bench) afterUpload(ctx context.Context, f upload, key string) (p price, o pgstore.ObjectRow, err error) {
	version, err := b.cloud.upload(ctx, f.path, key)
	if err != nil {
		return p, o, err
	}
	p, err = b.cost(ctx, func() (err error) {
		o, err = b.cloud.ended(ctx, key, version)
		return err
	})
	return p, o, err
}

// redeliver has ingest take in the object's event once more, and waits for it.
func (b *bench) redeliver(ctx context.Context, o pgstore.ObjectRow) error {
	type m = map[string]any
	event, err := json.Marshal(m{"Records": []m{{
		"eventSource": "aws:s3", "eventName": "ObjectCreated:Put", "eventTime": o.Object.LastModified,
		"s3": m{"bucket": m{"name": o.Object.Bucket}, "object": m{
			"key": url.QueryEscape(o.Object.Key), "versionId": o.Object.VersionID, "size": o.Object.Size,
		}},
	}}})
	if err != nil {
		return err
	}
	answer, err := b.cloud.lambda.Invoke(ctx, &lambda.InvokeInput{FunctionName: aws.String("acequia-ingest"), Payload: event})
	if err == nil && answer.FunctionError != nil {
		err = fmt.Errorf("ingest: %s: %s", *answer.FunctionError, answer.Payload)
	}
	return err
}
