package main

import (
	"cmp"
	"context"
	"fmt"
	"log/slog"
	"net/url"
	"time"

	"github.com/aws/aws-lambda-go/events"

	"acequia/shared/intake"
	"acequia/shared/pipeline"
	"acequia/shared/telemetry"
)

type handler struct {
	intake *intake.Intake
	// meter gives a context in which the work is metered; used is what belongs to it already.
	meter func(ctx context.Context, used pipeline.Usage) context.Context
	// limit is how long an invocation may walk before it hands over; 0 is until shortly before its deadline.
	limit   time.Duration
	log     *slog.Logger
	metrics *telemetry.Metrics
}

// event is an S3 event, or what an invocation of this very function left to do, or what a person asks for.
type event struct {
	events.S3Event
	GoOn   *intake.Continuation `json:"go_on,omitempty"`
	Replay *pipeline.Replay     `json:"replay,omitempty"`
}

// handle takes in every object that the event names. The test event that S3 sends when a notification is set names none.
func (h *handler) handle(ctx context.Context, e event) error {
	ctx, late := h.metered(ctx, e), lateness(ctx, h.limit)
	switch {
	case e.GoOn != nil:
		return h.tell(ctx)(h.intake.GoOn(ctx, *e.GoOn, late))
	case e.Replay != nil:
		return h.tell(ctx)(h.intake.Replay(ctx, *e.Replay, late))
	}
	for _, record := range e.Records {
		arrival, err := arrivalOf(record)
		if err != nil {
			return err
		}
		if err := h.tell(ctx)(h.intake.Arrived(ctx, arrival, late)); err != nil {
			return err
		}
	}
	return nil
}

// metered counts the invocation, and what those before it took whose work it goes on with.
func (h *handler) metered(ctx context.Context, e event) context.Context {
	used := pipeline.Usage{Invocations: 1}
	if e.GoOn != nil {
		used = used.Add(e.GoOn.Usage)
	}
	return h.meter(ctx, used)
}

// tell logs and counts what became of an object.
func (h *handler) tell(ctx context.Context) func(intake.Result, error) error {
	return func(r intake.Result, err error) error {
		if err != nil {
			return err
		}
		h.log.InfoContext(ctx, "object taken in", "key", r.Object.Key, "object_id", r.Object.ID.String(), "dataset", r.Object.Dataset,
			"status", r.Status, "reason", r.Reason, "chunks", r.Chunks, "records", r.Records, "handed_over", r.HandedOver)
		if r.HandedOver { // the successor counts all that was found
			return nil
		}
		// CloudWatch takes no empty dimension.
		return h.metrics.Count(map[string]string{"Dataset": cmp.Or(r.Object.Dataset, "none")},
			map[string]int64{"Objects": 1, "Chunks": int64(r.Chunks), "Records": r.Records})
	}
}

// margin is the time before an invocation's deadline at which it hands over: enough to send a chunk and to try again.
const margin = time.Minute

// lateness gives what tells that it is time to hand over. An invocation that has little time walks for half of it.
func lateness(ctx context.Context, limit time.Duration) func() bool {
	deadline, bounded := ctx.Deadline()
	now := time.Now()
	by := deadline.Add(-min(margin, deadline.Sub(now)/2))
	if limited := now.Add(limit); limit > 0 && (!bounded || limited.Before(by)) {
		by, bounded = limited, true
	}
	return func() bool { return bounded && time.Now().After(by) }
}

// arrivalOf reads one record of an S3 event. Keys in events are URL-encoded, with "+" for a space.
func arrivalOf(record events.S3EventRecord) (intake.Arrival, error) {
	key, err := url.QueryUnescape(record.S3.Object.Key)
	if err != nil {
		return intake.Arrival{}, fmt.Errorf("the key %q of the event: %w", record.S3.Object.Key, err)
	}
	return intake.Arrival{
		Bucket: record.S3.Bucket.Name, Key: key, VersionID: record.S3.Object.VersionID,
		ETag: `"` + record.S3.Object.ETag + `"`, Size: record.S3.Object.Size, At: record.EventTime,
	}, nil
}
