package sqsqueue_test

import (
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/sqs"

	"acequia/shared/sqsqueue"
	"acequia/test/cloudtest"
)

// A message counts wherever it is: waiting, delayed, or with somebody who received it.
func TestDepth(t *testing.T) {
	t.Parallel()
	client := cloudtest.NewSQS(t)
	url := cloudtest.NewQueue(t, client, "acequia-chunks-dlq")
	for _, delay := range []int32{0, 0, 600} {
		if _, err := client.SendMessage(t.Context(), &sqs.SendMessageInput{QueueUrl: &url, MessageBody: aws.String("x"), DelaySeconds: delay}); err != nil {
			t.Fatal(err)
		}
	}
	if _, err := client.ReceiveMessage(t.Context(), &sqs.ReceiveMessageInput{QueueUrl: &url}); err != nil {
		t.Fatal(err)
	}
	depth, err := sqsqueue.Depth(t.Context(), client, url)
	if err != nil || depth.Queue != "acequia-chunks-dlq" || depth.Messages != 3 {
		t.Errorf("%+v, %v", depth, err)
	}
	if _, err := sqsqueue.Depth(t.Context(), client, url+"-not"); err == nil {
		t.Error("a queue that is not there has a depth")
	}
}
