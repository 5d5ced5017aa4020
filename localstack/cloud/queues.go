package cloud

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
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

// Send sends a message by SQS's API, which alone takes message attributes.
func (q queues) Send(ctx context.Context, queueARN, body string, attributes map[string]lambda.Attribute) error {
	call, err := json.Marshal(map[string]any{
		"QueueUrl":    "/" + accountID + "/" + queueARN[strings.LastIndexByte(queueARN, ':')+1:],
		"MessageBody": body, "MessageAttributes": messageAttributes(attributes),
	})
	if err != nil {
		return fmt.Errorf("send a message to %s: %w", queueARN, err)
	}
	r := (&http.Request{
		Method: http.MethodPost, URL: &url.URL{Path: "/"},
		Body: io.NopCloser(bytes.NewReader(call)),
		Header: http.Header{
			"X-Amz-Target": {"AmazonSQS.SendMessage"}, "Content-Type": {"application/x-amz-json-1.0"},
		},
	}).WithContext(ctx)
	answer := &answer{header: http.Header{}, status: http.StatusOK}
	q.sqs.ServeHTTP(answer, r)
	if answer.status != http.StatusOK {
		return fmt.Errorf("send a message to %s: %s", queueARN, answer.body.String())
	}
	return nil
}

func messageAttributes(attributes map[string]lambda.Attribute) map[string]sqs.MessageAttribute {
	all := make(map[string]sqs.MessageAttribute, len(attributes))
	for name, a := range attributes {
		all[name] = sqs.MessageAttribute(a)
	}
	return all
}

// answer is an http.ResponseWriter that keeps what it is given.
type answer struct {
	header http.Header
	status int
	body   bytes.Buffer
}

// Header gives the headers, to be set.
func (a *answer) Header() http.Header { return a.header }

// WriteHeader keeps the status.
func (a *answer) WriteHeader(status int) { a.status = status }

// Write keeps the body.
func (a *answer) Write(b []byte) (int, error) { return a.body.Write(b) }
