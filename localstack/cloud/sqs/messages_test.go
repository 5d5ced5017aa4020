package sqs_test

import (
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	client "github.com/aws/aws-sdk-go-v2/service/sqs"
	"github.com/aws/aws-sdk-go-v2/service/sqs/types"
	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
)

func TestMessageMakesItsRound(t *testing.T) {
	t.Parallel()
	c, queue := withQueue(t)
	attributes := map[string]types.MessageAttributeValue{
		"order.kind": {DataType: aws.String("String"), StringValue: aws.String("año")},
		"order.id":   {DataType: aws.String("Number.int"), StringValue: aws.String("12")},
		"raw":        {DataType: aws.String("Binary"), BinaryValue: []byte{0, 255}},
	}
	body := "tab\t, lines\r\n, <markup> & \"quotes\", año, 🌾"
	// The client checks the checksums of bodies itself.
	sent, err := c.SendMessage(t.Context(), &client.SendMessageInput{
		QueueUrl: queue, MessageBody: &body, MessageAttributes: attributes, MessageGroupId: aws.String("tenant"),
		MessageSystemAttributes: map[string]types.MessageSystemAttributeValue{
			"AWSTraceHeader": {DataType: aws.String("String"), StringValue: aws.String("Root=1")},
		},
	})
	must(t, err)
	got, err := c.ReceiveMessage(t.Context(), &client.ReceiveMessageInput{
		QueueUrl: queue, MessageSystemAttributeNames: []types.MessageSystemAttributeName{"All"},
		MessageAttributeNames: []string{"All"},
	})
	must(t, err)
	if len(got.Messages) != 1 {
		t.Fatalf("received %d messages", len(got.Messages))
	}
	m := got.Messages[0]
	if *m.Body != body || *m.MessageId != *sent.MessageId || *m.MD5OfMessageAttributes != *sent.MD5OfMessageAttributes {
		t.Errorf("received %+v, sent %+v", m, sent)
	}
	if diff := cmp.Diff(attributes, m.MessageAttributes, cmpopts.IgnoreUnexported(types.MessageAttributeValue{})); diff != "" {
		t.Errorf("message attributes differ (-sent +received):\n%s", diff)
	}
	for _, name := range []string{"ApproximateFirstReceiveTimestamp", "SenderId", "SentTimestamp"} {
		if m.Attributes[name] == "" {
			t.Errorf("%s is missing from %v", name, m.Attributes)
		}
	}
	if m.Attributes["MessageGroupId"] != "tenant" || m.Attributes["AWSTraceHeader"] != "Root=1" ||
		m.Attributes["ApproximateReceiveCount"] != "1" {
		t.Errorf("attributes: %v", m.Attributes)
	}
	_, err = c.DeleteMessage(t.Context(), &client.DeleteMessageInput{QueueUrl: queue, ReceiptHandle: m.ReceiptHandle})
	must(t, err)
	wantCounts(t, c, queue, "0", "0", "0")
}

// The checksums are AWS's own: those in the example of send-message in the CLI's reference, which shows them with their
// middles left out (51b0a325…39163aa0, 00484c68…59e48f06).
func TestChecksumOfAttributesIsAWSs(t *testing.T) {
	t.Parallel()
	c, queue := withQueue(t)
	sent, err := c.SendMessage(t.Context(), &client.SendMessageInput{
		QueueUrl: queue, MessageBody: aws.String("Information about the largest city in Any Region."),
		DelaySeconds: 10,
		MessageAttributes: map[string]types.MessageAttributeValue{
			"City":       {DataType: aws.String("String"), StringValue: aws.String("Any City")},
			"Greeting":   {DataType: aws.String("Binary"), BinaryValue: []byte("SGVsbG8sIFdvcmxkIQ==")},
			"Population": {DataType: aws.String("Number"), StringValue: aws.String("1250800")},
		},
	})
	must(t, err)
	if *sent.MD5OfMessageBody != "51b0a3256d59467f973009b739163aa0" ||
		*sent.MD5OfMessageAttributes != "00484c6852e072874de421e059e48f06" {
		t.Errorf("checksums %s, %s", *sent.MD5OfMessageBody, *sent.MD5OfMessageAttributes)
	}
}

func wantCounts(t *testing.T, c *client.Client, queue *string, visible, inFlight, delayed string) {
	t.Helper()
	got, err := c.GetQueueAttributes(t.Context(), &client.GetQueueAttributesInput{
		QueueUrl: queue, AttributeNames: []types.QueueAttributeName{
			"ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible", "ApproximateNumberOfMessagesDelayed",
		},
	})
	must(t, err)
	want := map[string]string{
		"ApproximateNumberOfMessages": visible, "ApproximateNumberOfMessagesNotVisible": inFlight,
		"ApproximateNumberOfMessagesDelayed": delayed,
	}
	if diff := cmp.Diff(want, got.Attributes); diff != "" {
		t.Errorf("counts differ (-want +got):\n%s", diff)
	}
}

func TestReceiverGetsTheAttributesThatItAsksFor(t *testing.T) {
	t.Parallel()
	c, queue := withQueue(t)
	text := func(s string) types.MessageAttributeValue {
		return types.MessageAttributeValue{DataType: aws.String("String"), StringValue: &s}
	}
	_, err := c.SendMessage(t.Context(), &client.SendMessageInput{
		QueueUrl: queue, MessageBody: aws.String("b"),
		MessageAttributes: map[string]types.MessageAttributeValue{"order.id": text("1"), "order.kind": text("2"), "trace": text("3")},
	})
	must(t, err)
	for wanted, want := range map[string]int{"": 0, "trace": 1, "order.*": 2, ".*": 3, "All": 3, "absent": 0} {
		got, err := c.ReceiveMessage(t.Context(), &client.ReceiveMessageInput{
			QueueUrl: queue, MessageAttributeNames: []string{wanted}, VisibilityTimeout: 1, WaitTimeSeconds: 5,
		})
		must(t, err)
		m := got.Messages[0]
		if len(m.MessageAttributes) != want || (m.MD5OfMessageAttributes != nil) != (want > 0) || len(m.Attributes) != 0 {
			t.Errorf("%q: received %v and %v, want %d attributes", wanted, m.MessageAttributes, m.Attributes, want)
		}
		_, err = c.ChangeMessageVisibility(t.Context(), &client.ChangeMessageVisibilityInput{
			QueueUrl: queue, ReceiptHandle: m.ReceiptHandle, VisibilityTimeout: 0,
		})
		must(t, err)
	}
}

func TestLongPollIsAnsweredAtOnce(t *testing.T) {
	t.Parallel()
	c, queue := withQueue(t)
	received := make(chan time.Time, 1)
	go func() {
		got, err := c.ReceiveMessage(t.Context(), &client.ReceiveMessageInput{QueueUrl: queue, WaitTimeSeconds: 20})
		if err == nil && len(got.Messages) == 1 {
			received <- time.Now()
		}
		close(received)
	}()
	time.Sleep(50 * time.Millisecond) // the poll arrives first, or else the test shows less, but does not fail
	_, err := c.SendMessage(t.Context(), &client.SendMessageInput{QueueUrl: queue, MessageBody: aws.String("b")})
	must(t, err)
	select {
	case at := <-received:
		if at.IsZero() {
			t.Error("the poll ended without the message")
		}
	case <-time.After(10 * time.Second):
		t.Error("the poll still waits, 10 s after the message was sent")
	}
}
