package queue_test

import (
	"errors"
	"path/filepath"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"acequia/localstack/cloud/sqs/internal/fault"
	"acequia/localstack/cloud/sqs/internal/queue"
)

// inTime runs a test on a clock of its own, on which waiting takes no time, with a store that has the queue "chunks".
func inTime(t *testing.T, attributes map[string]string, test func(t *testing.T, s *queue.Store)) {
	t.Helper()
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := open(t, filepath.Join(t.TempDir(), "queues.db"))
		defer closeStore(t, s)
		must(t, s.Ensure("chunks", attributes))
		test(t, s)
	})
}

func open(t *testing.T, path string) *queue.Store {
	t.Helper()
	s, err := queue.Open(path, queue.Options{Region: "us-east-1", Now: time.Now})
	must(t, err)
	return s
}

func closeStore(t *testing.T, s *queue.Store) {
	t.Helper()
	must(t, s.Close())
}

func must(t *testing.T, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

func send(t *testing.T, s *queue.Store, bodies ...string) {
	t.Helper()
	for _, body := range bodies {
		must(t, s.Send("chunks", queue.Draft{ID: queue.NewID(), Body: body}))
	}
}

// receive receives up to ten messages from a queue within wait.
func receive(t *testing.T, s *queue.Store, name string, wait time.Duration) []queue.Message {
	t.Helper()
	messages, err := s.Receive(t.Context(), name, queue.Want{Max: 10, Wait: &wait})
	must(t, err)
	return messages
}

// wantBodies compares the bodies of messages with what is expected, in order.
func wantBodies(t *testing.T, messages []queue.Message, want ...string) {
	t.Helper()
	var got []string
	for _, m := range messages {
		got = append(got, m.Body)
	}
	if !slices.Equal(got, want) {
		t.Fatalf("received %q, want %q", got, want)
	}
}

func wantDepths(t *testing.T, s *queue.Store, name string, want queue.Depths) {
	t.Helper()
	got, err := s.Depths(name)
	must(t, err)
	if got != want {
		t.Fatalf("%s has %+v, want %+v", name, got, want)
	}
}

func receipt(t *testing.T, m queue.Message) queue.Receipt {
	t.Helper()
	r, err := queue.ParseReceipt("chunks", m.ReceiptHandle)
	must(t, err)
	return r
}

// wantFault checks that an error is the API's error of this shape.
func wantFault(t *testing.T, err error, shape string) {
	t.Helper()
	var f *fault.Error
	if !errors.As(err, &f) || f.Shape != shape {
		t.Fatalf("got %v, want %s", err, shape)
	}
}

func TestReopenedStoreHasEverything(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		path := filepath.Join(t.TempDir(), "queues.db")
		s := open(t, path)
		must(t, s.Ensure("chunks", map[string]string{"VisibilityTimeout": "60"}))
		must(t, s.Retag("chunks", map[string]string{"team": "data"}, nil))
		send(t, s, "deleted")
		must(t, s.Delete("chunks", receipt(t, receive(t, s, "chunks", 0)[0])))
		send(t, s, "in flight")
		before := receive(t, s, "chunks", 0)[0]
		send(t, s, "visible")
		late := 10 * time.Second
		must(t, s.Send("chunks", queue.Draft{ID: queue.NewID(), Body: "delayed", Delay: &late, GroupID: "g", Trace: "r"}))
		closeStore(t, s)

		s = open(t, path)
		defer func() { closeStore(t, s) }()
		wantDepths(t, s, "chunks", queue.Depths{Visible: 2, Delayed: 1})
		must(t, s.Delete("chunks", receipt(t, before))) // the worker that had it has finished
		wantBodies(t, receive(t, s, "chunks", 0), "visible")
		delayed := receive(t, s, "chunks", 2*late)
		wantBodies(t, delayed, "delayed")
		if a := delayed[0].Attributes; a["MessageGroupId"] != "g" || a["AWSTraceHeader"] != "r" {
			t.Errorf("attributes after reopening: %v", a)
		}
		tags, err := s.Tags("chunks")
		must(t, err)
		if tags["team"] != "data" {
			t.Errorf("tags after reopening: %v", tags)
		}

		closeStore(t, s)
		s = open(t, path)
		again := receive(t, s, "chunks", 0)
		wantBodies(t, again, "visible", "delayed")
		if got := again[0].Attributes["ApproximateReceiveCount"]; got != "2" {
			t.Errorf("received for the %sth time, counting the time before the restart, want 2", got)
		}
	})
}
