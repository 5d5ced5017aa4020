// Package sqsqueue is the adapter to SQS: it sends the messages that the stages hand on to each other, as JSON.
package sqsqueue

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"github.com/aws/aws-sdk-go-v2/config"
	"github.com/aws/aws-sdk-go-v2/service/sqs"
)

// NewClient makes a client from the environment; it honours AWS_ENDPOINT_URL.
func NewClient(ctx context.Context, options ...func(*config.LoadOptions) error) (*sqs.Client, error) {
	cfg, err := config.LoadDefaultConfig(ctx, options...)
	if err != nil {
		return nil, fmt.Errorf("reading the AWS configuration: %w", err)
	}
	return sqs.NewFromConfig(cfg), nil
}

// Queue is a queue of messages of type M.
type Queue[M any] struct {
	client *sqs.Client
	url    string
}

// New gives the queue at the given URL.
func New[M any](client *sqs.Client, url string) *Queue[M] { return &Queue[M]{client, url} }

// Send puts a message on the queue. When it returns nil, the message will be delivered at least once.
func (q *Queue[M]) Send(ctx context.Context, message M) error {
	body, err := json.Marshal(message)
	if err != nil {
		return fmt.Errorf("encoding a message for %s: %w", q.url, err)
	}
	text := string(body)
	if _, err := q.client.SendMessage(ctx, &sqs.SendMessageInput{QueueUrl: &q.url, MessageBody: &text}); err != nil {
		return fmt.Errorf("sending to %s: %w", q.url, err)
	}
	return nil
}

// Postpone makes a received message visible again after a while, instead of after the queue's whole visibility timeout.
func (q *Queue[M]) Postpone(ctx context.Context, receiptHandle string, wait time.Duration) error {
	_, err := q.client.ChangeMessageVisibility(ctx, &sqs.ChangeMessageVisibilityInput{
		QueueUrl: &q.url, ReceiptHandle: &receiptHandle, VisibilityTimeout: int32(wait.Seconds()),
	})
	if err != nil {
		return fmt.Errorf("postponing a message of %s: %w", q.url, err)
	}
	return nil
}
