package lambda

import (
	"context"
	"time"
)

// Queues are the SQS queues of the local cloud, each named by its ARN.
type Queues interface {
	// Receive waits until at least one message is there, for at most the time wait, and gives up to limit (1 to 10) of them.
	Receive(ctx context.Context, queueARN string, limit int, wait time.Duration) ([]Message, error)
	Delete(ctx context.Context, queueARN string, receiptHandles []string) error
	Send(ctx context.Context, queueARN, body string, attributes map[string]Attribute) error
}

// Message is a message received from a queue.
type Message struct {
	ID            string
	ReceiptHandle string
	Body          string
	MD5OfBody     string
	// Attributes are SQS's own: ApproximateReceiveCount, SentTimestamp, …
	Attributes map[string]string
	// MessageAttributes are the sender's.
	MessageAttributes map[string]Attribute
}

// Attribute is a message attribute; its DataType (String, Number or Binary, and a suffix) says which value it has.
type Attribute struct {
	DataType    string
	StringValue string
	BinaryValue []byte
}
