package sqs

import (
	"context"
	"time"

	"acequia/localstack/cloud/sqs/internal/queue"
)

// Message is a message that was received.
type Message = queue.Message

// MessageAttribute is a typed value beside a message's body.
type MessageAttribute = queue.MessageAttribute

// The methods below are for callers in this process: what wires the cloud together, and the pollers of Lambda's event
// source mappings. They name queues by ARN. Their errors read as those of the API.

// EnsureQueue makes sure that a queue exists with these attributes, named as in SetQueueAttributes, and AWS's defaults for
// all others, and gives its ARN. The messages of a queue that exists stay. A dead-letter queue may be ensured after the
// queues that name it.
func (s *Server) EnsureQueue(name string, attributes map[string]string) (arn string, err error) {
	if err := s.store.Ensure(name, attributes); err != nil {
		return "", err
	}
	return s.store.ARN(name), nil
}

// Queues gives the ARNs of all queues, sorted.
func (s *Server) Queues() []string {
	arns := s.store.Names("")
	for i, name := range arns {
		arns[i] = s.store.ARN(name)
	}
	return arns
}

// Receive gives up to limit visible messages, at least 1 and here without the API's bound of 10, and hides them for the
// queue's visibility timeout. If there are none it waits up to wait for a first one, and then gives none and no error.
// Faults may happen to them: it is for functions.
func (s *Server) Receive(ctx context.Context, arn string, limit int, wait time.Duration) ([]Message, error) {
	return s.store.Receive(ctx, queue.NameOf(arn), queue.Want{Max: limit, Wait: &wait, Delivery: true})
}

// Delete deletes the messages of these receipt handles, all or none. A handle of a message that was received again, or is
// deleted already, is passed over. Faults may happen, as in Receive.
func (s *Server) Delete(_ context.Context, arn string, receiptHandles ...string) error {
	name := queue.NameOf(arn)
	receipts := make([]queue.Receipt, len(receiptHandles))
	for i, handle := range receiptHandles {
		var err error
		if receipts[i], err = queue.ParseReceipt(name, handle); err != nil {
			return err
		}
	}
	return s.store.DeleteDelivered(name, receipts...)
}

// ChangeVisibility makes a message in flight visible after d, at most 12 hours; 0 returns it at once.
func (s *Server) ChangeVisibility(_ context.Context, arn, receiptHandle string, d time.Duration) error {
	name := queue.NameOf(arn)
	receipt, err := queue.ParseReceipt(name, receiptHandle)
	if err != nil {
		return err
	}
	return s.store.ChangeVisibility(name, receipt, d)
}

// Send sends a message. When it has returned without an error, the message survives the process.
func (s *Server) Send(ctx context.Context, arn, body string) error {
	return s.SendWithAttributes(ctx, arn, body, nil)
}

// SendWithAttributes sends a message that has attributes beside its body.
func (s *Server) SendWithAttributes(
	_ context.Context, arn, body string, attributes map[string]MessageAttribute,
) error {
	name := queue.NameOf(arn)
	limit, err := s.store.MaxBytes(name)
	if err != nil {
		return err
	}
	draft := queue.Draft{ID: queue.NewID(), Body: body, Attributes: attributes}
	if err := draft.Check(limit); err != nil {
		return err
	}
	return s.store.Send(name, draft)
}

// Depths counts a queue's messages; a queue that does not exist has none.
func (s *Server) Depths(arn string) (visible, inFlight, delayed int) {
	depths, err := s.store.Depths(queue.NameOf(arn))
	if err != nil {
		return 0, 0, 0
	}
	return depths.Visible, depths.InFlight, depths.Delayed
}
