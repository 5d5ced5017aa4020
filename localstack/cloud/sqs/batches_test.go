package sqs_test

import (
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	client "github.com/aws/aws-sdk-go-v2/service/sqs"
	"github.com/aws/aws-sdk-go-v2/service/sqs/types"
	"github.com/google/go-cmp/cmp"
)

func TestBatchesFailByEntry(t *testing.T) {
	t.Parallel()
	c, queue := withQueue(t)
	entries := []types.SendMessageBatchRequestEntry{
		{Id: aws.String("good"), MessageBody: aws.String("b")},
		{Id: aws.String("control"), MessageBody: aws.String("\x01")},
		{Id: aws.String("late"), MessageBody: aws.String("b"), DelaySeconds: 901},
		{Id: aws.String("also-good"), MessageBody: aws.String("b")},
	}
	sent, err := c.SendMessageBatch(t.Context(), &client.SendMessageBatchInput{QueueUrl: queue, Entries: entries})
	must(t, err)
	failed := map[string]string{}
	for _, f := range sent.Failed {
		failed[*f.Id] = *f.Code
		if !f.SenderFault {
			t.Errorf("%s is said to be the server's fault", *f.Id)
		}
	}
	if diff := cmp.Diff(map[string]string{"control": "InvalidMessageContents", "late": "InvalidParameterValue"}, failed); diff != "" {
		t.Errorf("failed entries differ (-want +got):\n%s", diff)
	}
	got, err := c.ReceiveMessage(t.Context(), &client.ReceiveMessageInput{QueueUrl: queue, MaxNumberOfMessages: 10})
	must(t, err)
	if len(sent.Successful) != 2 || len(got.Messages) != 2 {
		t.Fatalf("sent %d, received %d, want 2", len(sent.Successful), len(got.Messages))
	}

	changed, err := c.ChangeMessageVisibilityBatch(t.Context(), &client.ChangeMessageVisibilityBatchInput{
		QueueUrl: queue, Entries: []types.ChangeMessageVisibilityBatchRequestEntry{
			{Id: aws.String("a"), ReceiptHandle: got.Messages[0].ReceiptHandle, VisibilityTimeout: 0},
			{Id: aws.String("b"), ReceiptHandle: aws.String("nonsense"), VisibilityTimeout: 0},
		},
	})
	must(t, err)
	if len(changed.Successful) != 1 || len(changed.Failed) != 1 || *changed.Failed[0].Code != "ReceiptHandleIsInvalid" {
		t.Errorf("changed %+v, failed %+v", changed.Successful, changed.Failed)
	}
	deleted, err := c.DeleteMessageBatch(t.Context(), &client.DeleteMessageBatchInput{
		QueueUrl: queue, Entries: []types.DeleteMessageBatchRequestEntry{
			{Id: aws.String("a"), ReceiptHandle: got.Messages[1].ReceiptHandle},
			{Id: aws.String("b"), ReceiptHandle: aws.String("nonsense")},
		},
	})
	must(t, err)
	if len(deleted.Successful) != 1 || len(deleted.Failed) != 1 || *deleted.Successful[0].Id != "a" {
		t.Errorf("deleted %+v, failed %+v", deleted.Successful, deleted.Failed)
	}
	wantCounts(t, c, queue, "1", "0", "0")
}

func TestBatchesThatFailWhole(t *testing.T) {
	t.Parallel()
	c, queue := withQueue(t)
	make := func(n int, body string) []types.SendMessageBatchRequestEntry {
		var entries []types.SendMessageBatchRequestEntry
		for i := range n {
			entries = append(entries, types.SendMessageBatchRequestEntry{Id: aws.String(string(rune('a' + i))), MessageBody: &body})
		}
		return entries
	}
	twice := append(make(1, "b"), make(1, "b")...)
	odd := make(1, "b")
	odd[0].Id = aws.String("a b")
	for code, entries := range map[string][]types.SendMessageBatchRequestEntry{
		"AWS.SimpleQueueService.EmptyBatchRequest":            {},
		"AWS.SimpleQueueService.TooManyEntriesInBatchRequest": make(11, "b"),
		"AWS.SimpleQueueService.BatchEntryIdsNotDistinct":     twice,
		"AWS.SimpleQueueService.InvalidBatchEntryId":          odd,
		"AWS.SimpleQueueService.BatchRequestTooLong":          make(2, strings.Repeat("b", 1<<19+1)),
	} {
		_, err := c.SendMessageBatch(t.Context(), &client.SendMessageBatchInput{QueueUrl: queue, Entries: entries})
		wantCode(t, err, code)
	}
	_, err := c.SendMessageBatch(t.Context(), &client.SendMessageBatchInput{
		QueueUrl: queue, Entries: make(2, strings.Repeat("b", 1<<19)),
	})
	must(t, err)
	wantCounts(t, c, queue, "2", "0", "0")
}
