package template

import (
	"encoding/json"
	"fmt"
	"strconv"
)

// queueAttributes are named alike in CloudFormation and in SQS's API.
var queueAttributes = []string{
	"VisibilityTimeout", "MessageRetentionPeriod", "DelaySeconds", "MaximumMessageSize", "ReceiveMessageWaitTimeSeconds",
}

func (l *loader) queue(r resource) error {
	name, p, err := l.open(r, r.properties)
	if err != nil {
		return err
	}
	q := Queue{Name: name, Attributes: map[string]string{}}
	for _, attribute := range queueAttributes {
		if n := p.integer(attribute); n != nil {
			q.Attributes[attribute] = strconv.Itoa(*n)
		}
	}
	if redrive := p.child("RedrivePolicy"); redrive.node != nil {
		q.DeadLetterARN = redrive.required("deadLetterTargetArn")
		policy, err := json.Marshal(map[string]any{
			"deadLetterTargetArn": q.DeadLetterARN, "maxReceiveCount": redrive.integerOr("maxReceiveCount", 0),
		})
		if err != nil {
			return fmt.Errorf("%s.RedrivePolicy: %w", r.id, err)
		}
		q.Attributes["RedrivePolicy"] = string(policy)
		redrive.done(nil)
	}
	p.done(inertQueue)
	l.stack.Queues = append(l.stack.Queues, q)
	return nil
}
