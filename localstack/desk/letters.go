package desk

import (
	"context"
	"encoding/json"
	"fmt"
	"strconv"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/sqs"
	"github.com/aws/aws-sdk-go-v2/service/sqs/types"

	"acequia/shared/pipeline"
)

// DeadLetters is where messages lie that nobody could process.
type DeadLetters struct {
	SQS *sqs.Client
	// Find reads the work bucket, where functions leave word of why messages die.
	Find func(ctx context.Context, key string) (body []byte, found bool, err error)
	// Invoke has a function of that full name take in an event later, as S3 does.
	Invoke func(ctx context.Context, function string, event []byte) error
}

// letter is a message in a dead-letter queue.
type letter struct {
	id, receipt, body string
	sent              time.Time
	// why says what is known of its death; without an Error, that is nothing.
	why pipeline.DeadLetter
}

const (
	// mostLetters is how many messages of a queue are looked at.
	mostLetters = 1000
	// lookTime is how long, in seconds, a message that is looked at is hidden from others if nobody gives it back.
	lookTime = 60
)

// look reads messages of the dead-letter queue, at most as many as there are or mostLetters, and gives them back.
func (d *DeadLetters) look(ctx context.Context, q Queue) (letters []letter, err error) {
	url, err := d.url(ctx, q)
	if err != nil {
		return nil, err
	}
	for want := min(q.Dead, mostLetters); int64(len(letters)) < want; {
		got, err := d.receive(ctx, url)
		if err != nil {
			return nil, err
		}
		if len(got) == 0 {
			break
		}
		for _, m := range got {
			l, err := d.read(ctx, q, m)
			if err != nil {
				return nil, err
			}
			letters = append(letters, l)
		}
	}
	return letters, d.giveBack(ctx, url, letters)
}

func (d *DeadLetters) url(ctx context.Context, q Queue) (string, error) {
	out, err := d.SQS.GetQueueUrl(ctx, &sqs.GetQueueUrlInput{QueueName: aws.String(NamePrefix + q.Name + deadSuffix)})
	if err != nil {
		return "", fmt.Errorf("looking for the dead-letter queue of %s: %w", q.Name, err)
	}
	return *out.QueueUrl, nil
}

// receive waits a second, so that all of the queue's servers are asked.
func (d *DeadLetters) receive(ctx context.Context, url string) ([]types.Message, error) {
	out, err := d.SQS.ReceiveMessage(ctx, &sqs.ReceiveMessageInput{
		QueueUrl: &url, MaxNumberOfMessages: 10, WaitTimeSeconds: 1, VisibilityTimeout: lookTime,
		MessageSystemAttributeNames: []types.MessageSystemAttributeName{types.MessageSystemAttributeNameAll},
		MessageAttributeNames:       []string{"All"},
	})
	if err != nil {
		return nil, fmt.Errorf("reading the dead-letter queue %s: %w", url, err)
	}
	return out.Messages, nil
}

// giveBack makes messages visible again: those that are hidden cannot be moved.
func (d *DeadLetters) giveBack(ctx context.Context, url string, letters []letter) error {
	for _, l := range letters {
		_, err := d.SQS.ChangeMessageVisibility(ctx, &sqs.ChangeMessageVisibilityInput{QueueUrl: &url, ReceiptHandle: &l.receipt})
		if err != nil {
			return fmt.Errorf("giving a message back to %s: %w", url, err)
		}
	}
	return nil
}

// read finds out what is known of a message.
func (d *DeadLetters) read(ctx context.Context, q Queue, m types.Message) (letter, error) {
	l := letter{id: aws.ToString(m.MessageId), receipt: aws.ToString(m.ReceiptHandle), body: aws.ToString(m.Body)}
	if ms, err := strconv.ParseInt(m.Attributes["SentTimestamp"], 10, 64); err == nil {
		l.sent = time.UnixMilli(ms)
	}
	if q.DeadOnly {
		l.why = lambdasWord(q, m)
		return l, nil
	}
	body, found, err := d.Find(ctx, pipeline.DeadLetterKey(NamePrefix+q.Name, l.id))
	if err == nil && found {
		err = json.Unmarshal(body, &l.why)
	}
	if err != nil {
		return l, fmt.Errorf("reading why message %s died: %w", l.id, err)
	}
	return l, nil
}

// lambdasWord is what Lambda itself says of an asynchronous invocation that it gave up: three attributes of the message
// (Lambda developer guide, "Dead-letter queues").
func lambdasWord(q Queue, m types.Message) pipeline.DeadLetter {
	attribute := func(name string) string { return aws.ToString(m.MessageAttributes[name].StringValue) }
	return pipeline.DeadLetter{
		Queue: NamePrefix + q.Name, MessageID: aws.ToString(m.MessageId), Function: NamePrefix + q.Name,
		Error: attribute("ErrorMessage"), RequestID: attribute("RequestID"),
	}
}
