package cloud

import (
	"context"
	"time"

	"acequia/localstack/cloud/lambda"
	"acequia/localstack/cloud/sqs"
)

// queues gives SQS to Lambda, which asks for no more than [lambda.Queues].
type queues struct{ sqs *sqs.Server }

// Receive receives messages.
func (q queues) Receive(ctx context.Context, queueARN string, limit int, wait time.Duration) ([]lambda.Message, error) {
	received, err := q.sqs.Receive(ctx, queueARN, limit, wait)
	messages := make([]lambda.Message, 0, len(received))
	for _, m := range received {
		message := lambda.Message{
			ID: m.MessageID, ReceiptHandle: m.ReceiptHandle, Body: m.Body, MD5OfBody: m.MD5OfBody, Attributes: m.Attributes,
			MessageAttributes: make(map[string]lambda.Attribute, len(m.MessageAttributes)),
		}
		for name, a := range m.MessageAttributes {
			message.MessageAttributes[name] = lambda.Attribute(a)
		}
		messages = append(messages, message)
	}
	return messages, err
}

// Delete deletes messages.
func (q queues) Delete(ctx context.Context, queueARN string, receiptHandles []string) error {
	return q.sqs.Delete(ctx, queueARN, receiptHandles...)
}

// Send sends a message.
func (q queues) Send(ctx context.Context, queueARN, body string, attributes map[string]lambda.Attribute) error {
	return q.sqs.SendWithAttributes(ctx, queueARN, body, messageAttributes(attributes))
}

func messageAttributes(attributes map[string]lambda.Attribute) map[string]sqs.MessageAttribute {
	all := make(map[string]sqs.MessageAttribute, len(attributes))
	for name, a := range attributes {
		all[name] = sqs.MessageAttribute(a)
	}
	return all
}
