package sqs_test

import (
	"errors"
	"net/http"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	client "github.com/aws/aws-sdk-go-v2/service/sqs"
	"github.com/aws/aws-sdk-go-v2/service/sqs/types"
)

func TestLimitsOfMessages(t *testing.T) {
	t.Parallel()
	c, queue := withQueue(t)
	send := func(in client.SendMessageInput) error {
		in.QueueUrl = queue
		_, err := c.SendMessage(t.Context(), &in)
		return err
	}
	full := strings.Repeat("b", 1<<20)
	must(t, send(client.SendMessageInput{MessageBody: &full}))
	wantCode(t, send(client.SendMessageInput{MessageBody: aws.String(full + "b")}), "InvalidParameterValue")
	wantCode(t, send(client.SendMessageInput{MessageBody: aws.String("")}), "MissingParameter")
	wantCode(t, send(client.SendMessageInput{MessageBody: aws.String("b\x00")}), "InvalidMessageContents")
	wantCode(t, send(client.SendMessageInput{MessageBody: aws.String("b"), MessageDeduplicationId: aws.String("d")}),
		"InvalidParameterValue")
	for name, a := range map[string]types.MessageAttributeValue{
		"empty":  {DataType: aws.String("String"), StringValue: aws.String("")},
		"a..b":   {DataType: aws.String("String"), StringValue: aws.String("v")},
		"AWS.id": {DataType: aws.String("String"), StringValue: aws.String("v")},
		"typed":  {DataType: aws.String("Text"), StringValue: aws.String("v")},
	} {
		wantCode(t, send(client.SendMessageInput{
			MessageBody: aws.String("b"), MessageAttributes: map[string]types.MessageAttributeValue{name: a},
		}), "InvalidParameterValue")
	}
	_, err := c.SetQueueAttributes(t.Context(), &client.SetQueueAttributesInput{
		QueueUrl: queue, Attributes: map[string]string{"MaximumMessageSize": "1024"},
	})
	must(t, err)
	wantCode(t, send(client.SendMessageInput{MessageBody: aws.String(full[:1025])}), "InvalidParameterValue")
}

func TestErrorsAreTyped(t *testing.T) {
	t.Parallel()
	c, queue := withQueue(t)
	_, err := c.GetQueueUrl(t.Context(), &client.GetQueueUrlInput{QueueName: aws.String("nowhere")})
	var missing *types.QueueDoesNotExist
	if !errors.As(err, &missing) || missing.ErrorCode() != "AWS.SimpleQueueService.NonExistentQueue" {
		t.Errorf("a queue that does not exist: %v", err)
	}
	_, err = c.CreateQueue(t.Context(), &client.CreateQueueInput{QueueName: aws.String("orders.fifo")})
	var unsupported *types.UnsupportedOperation
	if !errors.As(err, &unsupported) || !strings.Contains(err.Error(), "FIFO queue orders.fifo") {
		t.Errorf("a FIFO queue: %v", err)
	}
	_, err = c.AddPermission(t.Context(), &client.AddPermissionInput{
		QueueUrl: queue, Label: aws.String("l"), AWSAccountIds: []string{"1"}, Actions: []string{"SendMessage"},
	})
	if !errors.As(err, &unsupported) || !strings.Contains(err.Error(), "AddPermission") {
		t.Errorf("AddPermission: %v", err)
	}
	for _, n := range []int32{-1, 11} {
		_, err = c.ReceiveMessage(t.Context(), &client.ReceiveMessageInput{QueueUrl: queue, MaxNumberOfMessages: n})
		wantCode(t, err, "InvalidParameterValue")
	}
	_, err = c.ReceiveMessage(t.Context(), &client.ReceiveMessageInput{QueueUrl: queue, WaitTimeSeconds: 21})
	wantCode(t, err, "InvalidParameterValue")
	_, err = c.DeleteMessage(t.Context(), &client.DeleteMessageInput{QueueUrl: queue, ReceiptHandle: aws.String("h")})
	wantCode(t, err, "ReceiptHandleIsInvalid")
}

func TestUnknownActionIsNamed(t *testing.T) {
	t.Parallel()
	_, url := start(t)
	r, err := http.NewRequestWithContext(t.Context(), http.MethodPost, url, strings.NewReader("{}"))
	must(t, err)
	r.Header.Set("X-Amz-Target", "AmazonSQS.MakeCoffee")
	status, body := do(t, r)
	if status != http.StatusBadRequest || !strings.Contains(body, "UnknownOperationException") || !strings.Contains(body, "MakeCoffee") {
		t.Errorf("%d %s", status, body)
	}
}
