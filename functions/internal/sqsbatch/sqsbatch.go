// Package sqsbatch adapts work on one message to a handler of SQS batches that answers with the messages that failed, so
// that one bad message does not cost its batch a retry.
package sqsbatch

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"strconv"
	"time"

	"github.com/aws/aws-lambda-go/events"

	"acequia/shared/pipeline"
)

// Handler handles batches of messages of type M.
type Handler[M any] struct {
	// Do does the work of one message; an error is worth a retry.
	Do func(context.Context, M) error
	// Postpone makes a message that failed visible again after a while.
	Postpone func(ctx context.Context, receiptHandle string, wait time.Duration) error
	// Meter gives a context in which the work on a message is metered; used is what belongs to it already. It may be nil.
	Meter     func(ctx context.Context, used pipeline.Usage) context.Context
	LastWords LastWords
	Log       *slog.Logger
}

// Handle does the work of each message, and gives back those that failed, and those for which too little time is left: less
// than half of what the batch began with. A batch that ran into the function's timeout would give back all of them, those that
// are done included, and only after the queue's visibility timeout. Handle never fails as a whole.
func (h *Handler[M]) Handle(ctx context.Context, batch events.SQSEvent) (events.SQSEventResponse, error) {
	answer := events.SQSEventResponse{BatchItemFailures: []events.SQSBatchItemFailure{}}
	began := time.Now()
	deadline, bounded := ctx.Deadline()
	work, end := inTime(ctx, began)
	defer end()
	for i, message := range batch.Records {
		var err error
		if late := bounded && time.Until(deadline) < deadline.Sub(began)/2; late && i > 0 {
			err = h.giveBack(ctx, message)
		} else {
			err = h.one(ctx, message, func(m M) error { return unlessLate(work, h.Do(h.metered(work, i), m)) })
		}
		if err != nil {
			answer.BatchItemFailures = append(answer.BatchItemFailures,
				events.SQSBatchItemFailure{ItemIdentifier: message.MessageId})
		}
	}
	return answer, nil
}

// farewell is the time before an invocation's deadline at which its work ends, so that connections are closed rather than frozen with
// the function, and the message is given back rather than out of sight for the queue's visibility timeout.
const farewell = 10 * time.Second

// inTime gives the context of the work: it ends before the invocation does. One that has little time keeps three quarters of it.
func inTime(ctx context.Context, began time.Time) (context.Context, context.CancelFunc) {
	deadline, bounded := ctx.Deadline()
	if !bounded {
		return ctx, func() {}
	}
	return context.WithDeadlineCause(ctx, deadline.Add(-min(farewell, deadline.Sub(began)/4)), errOutOfTime)
}

var errOutOfTime = errors.New("the work took longer than the function has time")

// unlessLate says of the work's error whether the end of its time was the cause.
func unlessLate(work context.Context, err error) error {
	if err != nil && work.Err() != nil {
		return fmt.Errorf("%w: %w", context.Cause(work), err)
	}
	return err
}

// delivery is what it took to bring a batch here: its invocation, and two requests by which Lambda receives and deletes it. Its
// first message bears that.
var delivery = pipeline.Usage{Invocations: 1, SQSRequests: 2}

func (h *Handler[M]) metered(ctx context.Context, place int) context.Context {
	switch {
	case h.Meter == nil:
		return ctx
	case place == 0:
		return h.Meter(ctx, delivery)
	}
	return h.Meter(ctx, pipeline.Usage{})
}

func (h *Handler[M]) one(ctx context.Context, message events.SQSMessage, do func(M) error) error {
	var m M
	err := json.Unmarshal([]byte(message.Body), &m)
	if err != nil {
		err = fmt.Errorf("the message is not of the form %T: %w", m, err)
	} else {
		err = do(m)
	}
	if err == nil {
		return nil
	}
	wait := h.wait(ctx, message, err)
	if postponeErr := h.Postpone(ctx, message.ReceiptHandle, wait); postponeErr != nil {
		// The message then comes back when its visibility timeout ends: later, but it comes.
		h.Log.WarnContext(ctx, "message could not be postponed", "error", postponeErr.Error())
	}
	return err
}

// wait tells how long the message that failed is to rest. One that dies goes to the dead-letter queue at once.
func (h *Handler[M]) wait(ctx context.Context, message events.SQSMessage, err error) time.Duration {
	wait, what := backoff(message), "message will be retried"
	if h.LastWords.due(message) {
		wait, what = 0, "message dies"
		h.bury(ctx, message, err)
	}
	h.Log.ErrorContext(ctx, what, "message_id", message.MessageId, "wait", wait.String(),
		"error", err.Error(), "error_type", fmt.Sprintf("%T", err))
	return wait
}

// bury leaves word of why the message died. Where it cannot, the log is all there is.
func (h *Handler[M]) bury(ctx context.Context, message events.SQSMessage, cause error) {
	if err := h.LastWords.leave(ctx, message, cause); err != nil {
		h.Log.WarnContext(ctx, "it could not be written down why the message died", "message_id", message.MessageId, "error", err.Error())
	}
}

var errLate = errors.New("too little time was left for this message")

// giveBack lets another invocation have the message at once.
func (h *Handler[M]) giveBack(ctx context.Context, message events.SQSMessage) error {
	h.Log.InfoContext(ctx, "message given back", "message_id", message.MessageId, "reason", errLate.Error())
	if h.LastWords.due(message) {
		h.bury(ctx, message, errLate)
	}
	if err := h.Postpone(ctx, message.ReceiptHandle, 0); err != nil {
		h.Log.WarnContext(ctx, "message could not be given back at once", "error", err.Error())
	}
	return errLate
}

// maxBackoff bounds the wait before a retry.
const maxBackoff = 5 * time.Minute

// backoff is 1 s after the first receipt, and doubles with each further one.
func backoff(message events.SQSMessage) time.Duration {
	return min(time.Second<<min(receives(message)-1, 30), maxBackoff)
}

// receives tells how often the message was received, this time included.
func receives(message events.SQSMessage) int {
	n, err := strconv.Atoi(message.Attributes["ApproximateReceiveCount"])
	if err != nil {
		return 1
	}
	return max(n, 1)
}
