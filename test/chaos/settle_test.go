package chaos

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/lambda"
	lambdatypes "github.com/aws/aws-sdk-go-v2/service/lambda/types"
	"github.com/aws/aws-sdk-go-v2/service/sqs"
)

// patience is how long everything may take to come to its end when the faults have ended.
const patience = time.Minute

// settle waits until everything has come to its end. What died while faults rained is sent back, as people do with what they find
// in a dead-letter queue; what dies again stays there.
func (w *world) settle(ctx context.Context) error {
	redriven := false
	var busy []string
	var dead map[string]int
	err := within(ctx, patience, "everything to come to its end", func(ctx context.Context) (bool, error) {
		var err error
		if busy, dead, err = w.cloud.busy(ctx); err != nil || len(busy) > 0 {
			return false, err
		}
		if len(dead) == 0 {
			return true, nil
		}
		if redriven {
			return false, fmt.Errorf("dead again, after the faults: %v", dead)
		}
		redriven = true
		return false, w.redrive(ctx, dead)
	})
	if err != nil && len(busy) > 0 {
		err = fmt.Errorf("%w; busy are still %s", err, strings.Join(busy, "; "))
	}
	return err
}

// redrive sends what lies in dead-letter queues back to where it came from.
func (w *world) redrive(ctx context.Context, dead map[string]int) error {
	for queue, n := range dead {
		for range n {
			if err := w.redriveOne(ctx, queue); err != nil {
				return err
			}
		}
		w.counts.add("redriven from "+queue, n)
	}
	return nil
}

func (w *world) redriveOne(ctx context.Context, queue string) error {
	c := w.cloud.now()
	from, err := c.sqs.GetQueueUrl(ctx, &sqs.GetQueueUrlInput{QueueName: &queue})
	if err != nil {
		return err
	}
	got, err := c.sqs.ReceiveMessage(ctx, &sqs.ReceiveMessageInput{QueueUrl: from.QueueUrl, MaxNumberOfMessages: 1})
	if err != nil || len(got.Messages) == 0 {
		return err
	}
	message := got.Messages[0]
	source := strings.TrimSuffix(queue, "-dlq")
	if strings.HasSuffix(source, "-ingest") { // it has no queue: what died is an event
		_, err = c.lambda.Invoke(ctx, &lambda.InvokeInput{
			FunctionName: &source, InvocationType: lambdatypes.InvocationTypeEvent, Payload: []byte(*message.Body),
		})
	} else {
		to, err := c.sqs.GetQueueUrl(ctx, &sqs.GetQueueUrlInput{QueueName: &source})
		if err != nil {
			return err
		}
		_, err = c.sqs.SendMessage(ctx, &sqs.SendMessageInput{QueueUrl: to.QueueUrl, MessageBody: message.Body})
		if err != nil {
			return err
		}
	}
	if err != nil {
		return err
	}
	_, err = c.sqs.DeleteMessage(ctx, &sqs.DeleteMessageInput{QueueUrl: from.QueueUrl, ReceiptHandle: message.ReceiptHandle})
	return err
}
