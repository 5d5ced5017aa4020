package sqsqueue_test

import (
	"encoding/json"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/sqs"
	"github.com/aws/aws-sdk-go-v2/service/sqs/types"
	"github.com/google/go-cmp/cmp"

	"acequia/shared/pipeline"
	"acequia/shared/sqsqueue"
	"acequia/test/cloudtest"
)

// receive gives the messages that are visible now.
func receive(t *testing.T, client *sqs.Client, url string) []types.Message {
	t.Helper()
	got, err := client.ReceiveMessage(t.Context(), &sqs.ReceiveMessageInput{QueueUrl: &url, MaxNumberOfMessages: 10})
	if err != nil {
		t.Fatal(err)
	}
	return got.Messages
}

func TestAMessageArrivesAsItWasSent(t *testing.T) {
	t.Parallel()
	client := cloudtest.NewSQS(t)
	url := cloudtest.NewQueue(t, client, "rows")
	want := pipeline.Report{
		Kind: pipeline.ChunkFailed, Attempt: 2, Reason: "año: <b>&\u2028",
		Object: pipeline.Object{
			ID: pipeline.NewObjectID("raw", "k", "v"), Bucket: "raw", Key: "sales/año 1 + 2.csv", VersionID: "v", Size: 1 << 40,
			LastModified: time.Date(2026, 11, 24, 10, 0, 0, 0, time.UTC),
		},
		Rows: &pipeline.Rows{Chunk: pipeline.Chunk{Number: 3, Start: 1 << 35, End: 1<<35 + 1}},
	}
	if err := sqsqueue.New[pipeline.Report](client, url).Send(t.Context(), want); err != nil {
		t.Fatal(err)
	}
	messages := receive(t, client, url)
	if len(messages) != 1 {
		t.Fatalf("%d messages", len(messages))
	}
	var got pipeline.Report
	if err := json.Unmarshal([]byte(*messages[0].Body), &got); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestPostpone(t *testing.T) {
	t.Parallel()
	client := cloudtest.NewSQS(t)
	url := cloudtest.NewQueue(t, client, "chunks")
	queue := sqsqueue.New[string](client, url)
	if err := queue.Send(t.Context(), "try me"); err != nil {
		t.Fatal(err)
	}
	first := receive(t, client, url)
	if len(first) != 1 || len(receive(t, client, url)) != 0 {
		t.Fatal("a message in flight is not hidden")
	}
	// The queue hides messages for 30 s; this one comes back at once.
	if err := queue.Postpone(t.Context(), *first[0].ReceiptHandle, 0); err != nil {
		t.Fatal(err)
	}
	second := receive(t, client, url)
	if len(second) != 1 || *second[0].MessageId != *first[0].MessageId {
		t.Fatalf("%d messages", len(second))
	}
	if err := queue.Postpone(t.Context(), *second[0].ReceiptHandle, time.Minute); err != nil {
		t.Fatal(err)
	}
	if again := receive(t, client, url); len(again) != 0 {
		t.Error("a message that was postponed for a minute is there at once")
	}
}

func TestFailuresNameTheQueue(t *testing.T) {
	t.Parallel()
	client := cloudtest.NewSQS(t)
	url := cloudtest.NewQueue(t, client, "chunks")
	queue := sqsqueue.New[string](client, url)
	gone := sqsqueue.New[string](client, url+"-gone")
	for name, err := range map[string]error{
		"postponing what was never received": queue.Postpone(t.Context(), "no handle", time.Second),
		"sending to no queue":                gone.Send(t.Context(), "x"),
		"sending more than 1 MiB":            queue.Send(t.Context(), strings.Repeat("x", 1<<20+1)),
		"sending what is no JSON":            sqsqueue.New[func()](client, url).Send(t.Context(), nil),
	} {
		if err == nil || !strings.Contains(err.Error(), url) {
			t.Errorf("%s: %v", name, err)
		}
	}
}
