package cloudtest

import (
	"testing"

	client "github.com/aws/aws-sdk-go-v2/service/sqs"

	"acequia/localstack/cloud/sqs"
)

// NewSQS starts an SQS without a queue, which ends with the test, and gives its client.
func NewSQS(t testing.TB) *client.Client {
	t.Helper()
	server, err := sqs.Open(t.TempDir(), sqs.Options{})
	if err != nil {
		t.Fatalf("opening the local SQS: %v", err)
	}
	return client.NewFromConfig(serve(t, server, server))
}

// NewQueue creates a queue and gives its URL.
func NewQueue(t testing.TB, c *client.Client, name string) (url string) {
	t.Helper()
	created, err := c.CreateQueue(t.Context(), &client.CreateQueueInput{QueueName: &name})
	if err != nil {
		t.Fatalf("creating the queue %s: %v", name, err)
	}
	return *created.QueueUrl
}
