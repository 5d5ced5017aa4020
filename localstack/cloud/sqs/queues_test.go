package sqs_test

import (
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	client "github.com/aws/aws-sdk-go-v2/service/sqs"
	"github.com/google/go-cmp/cmp"
)

func TestQueuesAreListedInParts(t *testing.T) {
	t.Parallel()
	c, _ := withQueue(t)
	for _, name := range []string{"rows", "cleaned", "chunks-dlq"} {
		_, err := c.CreateQueue(t.Context(), &client.CreateQueueInput{QueueName: &name, Tags: map[string]string{"team": "data"}})
		must(t, err)
	}
	var got []string
	pages := client.NewListQueuesPaginator(c, &client.ListQueuesInput{MaxResults: aws.Int32(3)})
	for pages.HasMorePages() {
		page, err := pages.NextPage(t.Context())
		must(t, err)
		for _, url := range page.QueueUrls {
			got = append(got, url[strings.LastIndex(url, "/")+1:])
		}
	}
	if diff := cmp.Diff([]string{"chunks", "chunks-dlq", "cleaned", "rows"}, got); diff != "" {
		t.Errorf("queues differ (-want +got):\n%s", diff)
	}
	some, err := c.ListQueues(t.Context(), &client.ListQueuesInput{QueueNamePrefix: aws.String("chunks")})
	must(t, err)
	if len(some.QueueUrls) != 2 {
		t.Errorf("queues that start with chunks: %v", some.QueueUrls)
	}
}

func TestTags(t *testing.T) {
	t.Parallel()
	c, queue := withQueue(t)
	_, err := c.TagQueue(t.Context(), &client.TagQueueInput{QueueUrl: queue, Tags: map[string]string{"team": "data", "env": "dev"}})
	must(t, err)
	_, err = c.UntagQueue(t.Context(), &client.UntagQueueInput{QueueUrl: queue, TagKeys: []string{"env"}})
	must(t, err)
	got, err := c.ListQueueTags(t.Context(), &client.ListQueueTagsInput{QueueUrl: queue})
	must(t, err)
	if diff := cmp.Diff(map[string]string{"team": "data"}, got.Tags); diff != "" {
		t.Errorf("tags differ (-want +got):\n%s", diff)
	}
}

func TestPurgeAndDelete(t *testing.T) {
	t.Parallel()
	c, queue := withQueue(t)
	for range 2 {
		_, err := c.SendMessage(t.Context(), &client.SendMessageInput{QueueUrl: queue, MessageBody: aws.String("b")})
		must(t, err)
		_, err = c.PurgeQueue(t.Context(), &client.PurgeQueueInput{QueueUrl: queue})
		must(t, err)
		wantCounts(t, c, queue, "0", "0", "0")
	}
	_, err := c.DeleteQueue(t.Context(), &client.DeleteQueueInput{QueueUrl: queue})
	must(t, err)
	_, err = c.SendMessage(t.Context(), &client.SendMessageInput{QueueUrl: queue, MessageBody: aws.String("b")})
	wantCode(t, err, "AWS.SimpleQueueService.NonExistentQueue")
}

// A queue is the same by whatever host its URL names, and by its bare name.
func TestQueueURLs(t *testing.T) {
	t.Parallel()
	c, queue := withQueue(t)
	if !strings.HasPrefix(*queue, "http://127.0.0.1:") || !strings.HasSuffix(*queue, "/000000000000/chunks") {
		t.Errorf("URL of the queue: %s", *queue)
	}
	for _, url := range []string{
		*queue, *queue + "/", "chunks", "http://sqs.us-east-1.localhost.localstack.cloud:4566/000000000000/chunks",
	} {
		_, err := c.SendMessage(t.Context(), &client.SendMessageInput{QueueUrl: &url, MessageBody: aws.String("b")})
		must(t, err)
	}
	wantCounts(t, c, queue, "4", "0", "0")
}
