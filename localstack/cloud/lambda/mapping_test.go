package lambda_test

import (
	"encoding/json"
	"fmt"
	"slices"
	"testing"
	"time"

	"acequia/localstack/cloud/internal/testfunction"
	"acequia/localstack/cloud/lambda"
)

const queue = "arn:aws:sqs:us-east-1:000000000000:q"

// mapped starts a server whose function handles the batches of the queue.
func mapped(t *testing.T, queues *queues, f lambda.Function, m lambda.Mapping) *lambda.Server {
	t.Helper()
	s := newServer(t, t.TempDir(), lambda.Options{Queues: queues})
	f.Handler = "batch"
	add(t, s, f)
	m.QueueARN, m.Function = queue, "fn"
	if _, err := s.AddMapping(m); err != nil {
		t.Fatal(err)
	}
	s.Start()
	return s
}

func TestBatchOutcomes(t *testing.T) {
	t.Parallel()
	ok, fail := testfunction.Command{}, testfunction.Command{Do: "fail"}
	answers := func(text string) testfunction.Command { return testfunction.Command{Do: "respond", Text: text} }
	all := []string{"m-0", "m-1"}
	for _, test := range []struct {
		name     string
		commands []testfunction.Command
		whole    bool // without ReportBatchItemFailures
		deleted  []string
	}{
		{name: "success", commands: []testfunction.Command{ok, ok}, deleted: all},
		{name: "partial failure", commands: []testfunction.Command{fail, ok}, deleted: []string{"m-1"}},
		{name: "failures are not asked for", commands: []testfunction.Command{fail, ok}, whole: true, deleted: all},
		{name: "error", commands: []testfunction.Command{ok, {Do: "exit", Amount: 1}}},
		{name: "null", commands: []testfunction.Command{ok, answers(`null`)}, deleted: all},
		{name: "empty answer", commands: []testfunction.Command{ok, answers(``)}, deleted: all},
		{name: "null list", commands: []testfunction.Command{ok, answers(`{"batchItemFailures":null}`)}, deleted: all},
		{name: "empty list", commands: []testfunction.Command{ok, answers(`{"batchItemFailures":[]}`)}, deleted: all},
		{name: "malformed", commands: []testfunction.Command{ok, answers(`{"batchItemFailures":{}}`)}},
		{name: "not JSON", commands: []testfunction.Command{ok, answers(`{`)}},
		{name: "unknown id", commands: []testfunction.Command{ok, answers(`{"batchItemFailures":[{"itemIdentifier":"m-9"}]}`)}},
		{name: "empty id", commands: []testfunction.Command{ok, answers(`{"batchItemFailures":[{"itemIdentifier":""}]}`)}},
		{name: "misnamed id", commands: []testfunction.Command{ok, answers(`{"batchItemFailures":[{"id":"m-0"}]}`)}},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			note := notePath(t)
			test.commands[0].Note = note
			queues := newQueues()
			queues.put(queue, test.commands...)
			s := mapped(t, queues, lambda.Function{}, lambda.Mapping{ReportBatchItemFailures: !test.whole})
			waitUntil(t, "the batch was handled", func() bool {
				return lines(note) == 1 && s.Mappings()[0].InFlight == 0
			})
			if got := queues.deletedIDs(); !slices.Equal(got, test.deleted) {
				t.Errorf("deleted %v, want %v", got, test.deleted)
			}
			if failed := s.Mappings()[0].Failed == 1; failed != (test.deleted == nil) {
				t.Errorf("the batch counts as failed: %t", failed)
			}
		})
	}
}

func TestBatchesAreHandledConcurrently(t *testing.T) {
	t.Parallel()
	queues := newQueues()
	s := mapped(t, queues, lambda.Function{}, lambda.Mapping{BatchSize: 1, MaximumConcurrency: 3})
	for range 5 {
		queues.put(queue, testfunction.Command{Do: "sleep", Amount: 700})
	}
	most := int64(0)
	waitUntil(t, "all batches were handled", func() bool {
		most = max(most, s.Mappings()[0].InFlight)
		return len(queues.deletedIDs()) == 5
	})
	if most != 3 {
		t.Errorf("%d batches were in flight at most, want 3", most)
	}
}

func TestWindowGathersABatch(t *testing.T) {
	t.Parallel()
	queues := newQueues()
	note := notePath(t)
	mapped(t, queues, lambda.Function{}, lambda.Mapping{BatchSize: 12, Window: 10 * time.Second, MaximumConcurrency: 2})
	// With two pollers, one of them gets its twelve only if it waits for them.
	for i := range 30 {
		queues.put(queue, testfunction.Command{Note: note, Text: fmt.Sprint(i)})
		time.Sleep(5 * time.Millisecond)
	}
	waitUntil(t, "a full batch was handled", func() bool { return len(queues.deletedIDs()) >= 12 })
}

// The event that a function receives has the fields that AWS gives it.
func TestSQSEvent(t *testing.T) {
	t.Parallel()
	message := lambda.Message{
		ID: "id", ReceiptHandle: "handle", Body: "body", MD5OfBody: "841a2d689ad86bd1611447453c22c6fc",
		Attributes:        map[string]string{"ApproximateReceiveCount": "2", "SentTimestamp": "1545082649183"},
		MessageAttributes: map[string]lambda.Attribute{"a": {DataType: "String", StringValue: "x"}, "b": {DataType: "Binary", BinaryValue: []byte("y")}},
	}
	event, err := json.Marshal(lambda.SQSEvent([]lambda.Message{message}, queue, "us-east-1"))
	const want = `{"Records":[{"messageId":"id","receiptHandle":"handle","body":"body",` +
		`"attributes":{"ApproximateReceiveCount":"2","SentTimestamp":"1545082649183"},` +
		`"messageAttributes":{"a":{"stringValue":"x","stringListValues":[],"binaryListValues":[],"dataType":"String"},` +
		`"b":{"binaryValue":"eQ==","stringListValues":[],"binaryListValues":[],"dataType":"Binary"}},` +
		`"md5OfBody":"841a2d689ad86bd1611447453c22c6fc","eventSource":"aws:sqs",` +
		`"eventSourceARN":"arn:aws:sqs:us-east-1:000000000000:q","awsRegion":"us-east-1"}]}`
	if err != nil || string(event) != want {
		t.Errorf("event = %s, %v\nwant    %s", event, err, want)
	}
}

func TestLargeBatchIsCut(t *testing.T) {
	t.Parallel()
	var batch []lambda.Message
	for range 10 {
		batch = append(batch, lambda.Message{Body: string(make([]byte, 200<<10))}) // a NUL takes six bytes of JSON
	}
	parts := lambda.Payloads(batch)
	total := 0
	for _, part := range parts {
		event, err := json.Marshal(lambda.SQSEvent(part, queue, "us-east-1"))
		if err != nil || len(event) > 6<<20 {
			t.Errorf("%d messages make an event of %d bytes, %v", len(part), len(event), err)
		}
		total += len(part)
	}
	if total != 10 || len(parts) != 2 {
		t.Errorf("%d messages in %d parts, want 10 in 2", total, len(parts))
	}
}
