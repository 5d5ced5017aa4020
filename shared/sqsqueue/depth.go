package sqsqueue

import (
	"context"
	"fmt"
	"path"
	"strconv"

	"github.com/aws/aws-sdk-go-v2/service/sqs"
	"github.com/aws/aws-sdk-go-v2/service/sqs/types"

	"acequia/shared/pipeline"
)

// depthAttributes add up to all the messages that a queue holds. SQS calls each an approximation: it takes about a minute after the
// last change until they agree.
var depthAttributes = []types.QueueAttributeName{
	types.QueueAttributeNameApproximateNumberOfMessages,
	types.QueueAttributeNameApproximateNumberOfMessagesNotVisible,
	types.QueueAttributeNameApproximateNumberOfMessagesDelayed,
}

// Depth tells how many messages the queue at the URL holds, those in flight included.
func Depth(ctx context.Context, client *sqs.Client, url string) (pipeline.QueueDepth, error) {
	depth := pipeline.QueueDepth{Queue: path.Base(url)}
	got, err := client.GetQueueAttributes(ctx, &sqs.GetQueueAttributesInput{QueueUrl: &url, AttributeNames: depthAttributes})
	if err != nil {
		return depth, fmt.Errorf("asking how many messages are in %s: %w", url, err)
	}
	for _, name := range depthAttributes {
		n, err := strconv.ParseInt(got.Attributes[string(name)], 10, 64)
		if err != nil {
			return depth, fmt.Errorf("asking how many messages are in %s: %s is %q", url, name, got.Attributes[string(name)])
		}
		depth.Messages += n
	}
	return depth, nil
}
