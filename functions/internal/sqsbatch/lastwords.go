package sqsbatch

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"github.com/aws/aws-lambda-go/events"
	"github.com/aws/aws-lambda-go/lambdacontext"

	"acequia/shared/pipeline"
)

// LastWords leave word of why a message died. The zero value leaves none.
type LastWords struct {
	// MaxReceives is the queue's maxReceiveCount: a message that is received so often and fails goes to the dead-letter queue.
	MaxReceives int
	// Put writes to the work bucket.
	Put func(ctx context.Context, key string, body []byte) error
	Now func() time.Time
}

// due tells whether the message dies if it fails now.
func (w LastWords) due(message events.SQSMessage) bool {
	return w.MaxReceives > 0 && receives(message) >= w.MaxReceives
}

// leave says why the message died.
func (w LastWords) leave(ctx context.Context, message events.SQSMessage, cause error) error {
	queue := message.EventSourceARN[strings.LastIndexByte(message.EventSourceARN, ':')+1:]
	letter := pipeline.DeadLetter{
		Queue: queue, MessageID: message.MessageId, Receives: receives(message),
		Error: pipeline.Bounded(cause.Error()), ErrorType: fmt.Sprintf("%T", cause),
		Function: lambdacontext.FunctionName, At: w.Now().UTC(),
	}
	if lc, ok := lambdacontext.FromContext(ctx); ok {
		letter.RequestID = lc.AwsRequestID
	}
	body, err := json.Marshal(letter)
	if err != nil {
		return fmt.Errorf("encoding why message %s died: %w", message.MessageId, err)
	}
	return w.Put(ctx, pipeline.DeadLetterKey(queue, message.MessageId), body)
}
