package desk

import (
	"context"
	"fmt"
	"sync/atomic"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/sqs"
	"github.com/aws/aws-sdk-go-v2/service/sqs/types"
)

// sendBack has all messages of the dead-letter queue processed again, and counts in moved how many are on their way. If it ends
// early, the others are where they were.
func (d *DeadLetters) sendBack(ctx context.Context, q Queue, moved *atomic.Int64) error {
	url, err := d.url(ctx, q)
	if err != nil {
		return err
	}
	if q.DeadOnly {
		return d.invokeAgain(ctx, q, url, moved)
	}
	return d.move(ctx, q, url, moved)
}

// move has SQS itself move the messages to the queue that they died in.
func (d *DeadLetters) move(ctx context.Context, q Queue, url string, moved *atomic.Int64) error {
	attributes, err := d.SQS.GetQueueAttributes(ctx, &sqs.GetQueueAttributesInput{
		QueueUrl: &url, AttributeNames: []types.QueueAttributeName{types.QueueAttributeNameQueueArn},
	})
	if err != nil {
		return fmt.Errorf("asking for the ARN of %s: %w", url, err)
	}
	arn := attributes.Attributes[string(types.QueueAttributeNameQueueArn)]
	if _, err := d.SQS.StartMessageMoveTask(ctx, &sqs.StartMessageMoveTaskInput{SourceArn: &arn}); err != nil {
		return fmt.Errorf("sending back what died in %s: %w", q.Name, err)
	}
	for {
		tasks, err := d.SQS.ListMessageMoveTasks(ctx, &sqs.ListMessageMoveTasksInput{SourceArn: &arn, MaxResults: aws.Int32(1)})
		if err != nil {
			return fmt.Errorf("asking how many messages are back in %s: %w", q.Name, err)
		}
		if len(tasks.Results) > 0 {
			task := tasks.Results[0]
			moved.Store(task.ApproximateNumberOfMessagesMoved)
			switch aws.ToString(task.Status) {
			case "COMPLETED":
				return nil
			case "FAILED", "CANCELLED":
				return fmt.Errorf("sending back what died in %s: the task is %s after %d messages %s: the others are still there",
					q.Name, *task.Status, task.ApproximateNumberOfMessagesMoved, aws.ToString(task.FailureReason))
			}
		}
		if err := pause(ctx, pollPeriod); err != nil {
			return err
		}
	}
}

// invokeAgain has a function take in the events that it could not: SQS moves only what died in a queue, and these never were in
// one. An event is removed when Lambda has it, so that a crash between the two doubles it, which changes nothing.
func (d *DeadLetters) invokeAgain(ctx context.Context, q Queue, url string, moved *atomic.Int64) error {
	for moved.Load() < q.Dead {
		messages, err := d.receive(ctx, url)
		if err != nil || len(messages) == 0 {
			return err
		}
		for _, m := range messages {
			if err := d.Invoke(ctx, NamePrefix+q.Name, []byte(aws.ToString(m.Body))); err != nil {
				return err
			}
			_, err := d.SQS.DeleteMessage(ctx, &sqs.DeleteMessageInput{QueueUrl: &url, ReceiptHandle: m.ReceiptHandle})
			if err != nil {
				return fmt.Errorf("removing an event that was sent back from %s: %w", url, err)
			}
			moved.Add(1)
		}
	}
	return nil
}

// pause waits, unless ctx ends before.
func pause(ctx context.Context, d time.Duration) error {
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-time.After(d):
		return nil
	}
}
