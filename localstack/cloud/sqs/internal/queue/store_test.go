package queue_test

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"slices"
	"strings"
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
	s, err := queue.Open(path, "us-east-1", time.Now)
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

func TestMessageIsHiddenForItsVisibilityTimeout(t *testing.T) {
	inTime(t, map[string]string{"VisibilityTimeout": "60"}, func(t *testing.T, s *queue.Store) {
		send(t, s, "a", "b")
		wantBodies(t, receive(t, s, "chunks", 0), "a", "b")
		wantDepths(t, s, "chunks", queue.Depths{InFlight: 2})
		time.Sleep(59 * time.Second)
		wantBodies(t, receive(t, s, "chunks", 0))
		time.Sleep(time.Second)
		wantDepths(t, s, "chunks", queue.Depths{Visible: 2})
		again := receive(t, s, "chunks", 0)
		wantBodies(t, again, "a", "b")
		if got := again[0].Attributes["ApproximateReceiveCount"]; got != "2" {
			t.Errorf("received for the %sth time, want 2", got)
		}
		sent, first := again[0].Attributes["SentTimestamp"], again[0].Attributes["ApproximateFirstReceiveTimestamp"]
		if want := fmt.Sprint(time.Now().Add(-time.Minute).UnixMilli()); sent != want || first != want {
			t.Errorf("sent at %s, first received at %s, want %s", sent, first, want)
		}
	})
}

func TestOnlyTheLastReceiptDeletes(t *testing.T) {
	inTime(t, nil, func(t *testing.T, s *queue.Store) {
		send(t, s, "a")
		first := receive(t, s, "chunks", 0)[0]
		time.Sleep(time.Minute)
		second := receive(t, s, "chunks", 0)[0]
		must(t, s.Delete("chunks", receipt(t, first)))
		wantDepths(t, s, "chunks", queue.Depths{InFlight: 1})
		wantFault(t, s.ChangeVisibility("chunks", receipt(t, first), 0), "InvalidParameterValueException")

		time.Sleep(time.Minute) // visible again, but not received by anybody else
		wantFault(t, s.ChangeVisibility("chunks", receipt(t, second), 0), "MessageNotInflight")
		must(t, s.Delete("chunks", receipt(t, second), receipt(t, second)))
		must(t, s.Delete("chunks", receipt(t, second)))
		wantDepths(t, s, "chunks", queue.Depths{})
	})
}

func TestVisibilityCanBeShortenedAndLengthened(t *testing.T) {
	inTime(t, map[string]string{"VisibilityTimeout": "60"}, func(t *testing.T, s *queue.Store) {
		send(t, s, "a", "b")
		got := receive(t, s, "chunks", 0)
		must(t, s.ChangeVisibility("chunks", receipt(t, got[0]), 0))
		must(t, s.ChangeVisibility("chunks", receipt(t, got[1]), 2*time.Minute))
		wantDepths(t, s, "chunks", queue.Depths{Visible: 1, InFlight: 1})
		wantBodies(t, receive(t, s, "chunks", 0), "a")
		time.Sleep(119 * time.Second)
		wantBodies(t, receive(t, s, "chunks", 0), "a")
		time.Sleep(time.Second)
		wantBodies(t, receive(t, s, "chunks", 0), "b")
		wantFault(t, s.ChangeVisibility("chunks", receipt(t, got[0]), 13*time.Hour), "InvalidParameterValueException")
	})
}

func TestDelayedMessage(t *testing.T) {
	inTime(t, map[string]string{"DelaySeconds": "5"}, func(t *testing.T, s *queue.Store) {
		send(t, s, "as the queue says")
		soon := time.Second
		must(t, s.Send("chunks", queue.Draft{ID: queue.NewID(), Body: "as the message says", Delay: &soon}))
		wantDepths(t, s, "chunks", queue.Depths{Delayed: 2})
		began := time.Now()
		wantBodies(t, receive(t, s, "chunks", 20*time.Second), "as the message says")
		if waited := time.Since(began); waited != soon {
			t.Errorf("waited %s for a message that was delayed by %s", waited, soon)
		}
		wantBodies(t, receive(t, s, "chunks", 20*time.Second), "as the queue says")
		if waited := time.Since(began); waited != 5*time.Second {
			t.Errorf("waited %s for a message that was delayed by 5 s", waited)
		}
		wantDepths(t, s, "chunks", queue.Depths{InFlight: 2})
	})
}

// Whatever makes a message visible ends a long poll at that moment.
func TestLongPollEndsWhenAMessageIsVisible(t *testing.T) {
	inTime(t, nil, func(t *testing.T, s *queue.Store) {
		for name, appear := range map[string]func(m queue.Message){
			"sent":     func(queue.Message) { send(t, s, "b") },
			"returned": func(m queue.Message) { must(t, s.ChangeVisibility("chunks", receipt(t, m), 0)) },
			"postponed": func(m queue.Message) {
				must(t, s.ChangeVisibility("chunks", receipt(t, m), time.Second))
				time.Sleep(time.Second)
			},
		} {
			must(t, s.Purge("chunks"))
			send(t, s, "a")
			held := receive(t, s, "chunks", 0)[0]
			received := make(chan time.Time)
			go func() {
				receive(t, s, "chunks", 20*time.Second)
				received <- time.Now()
			}()
			time.Sleep(3 * time.Second)
			appear(held)
			if at := <-received; !at.Equal(time.Now()) {
				t.Errorf("%s: received at %s, want %s", name, at, time.Now())
			}
		}
	})
}

func TestLongPollEndsEmpty(t *testing.T) {
	inTime(t, map[string]string{"ReceiveMessageWaitTimeSeconds": "7"}, func(t *testing.T, s *queue.Store) {
		began := time.Now()
		messages, err := s.Receive(t.Context(), "chunks", queue.Want{Max: 1})
		must(t, err)
		wantBodies(t, messages)
		if waited := time.Since(began); waited != 7*time.Second {
			t.Errorf("waited %s, want 7 s", waited)
		}
		ctx, cancel := context.WithTimeout(t.Context(), time.Second)
		defer cancel()
		if _, err = s.Receive(ctx, "chunks", queue.Want{Max: 1}); !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("a receiver that gives up is told %v", err)
		}
	})
}

// With as many receivers as messages each gets one, and a receiver that gives up loses nobody's turn.
func TestEachWaitingReceiverGetsAMessage(t *testing.T) {
	inTime(t, nil, func(t *testing.T, s *queue.Store) {
		const receivers = 20
		bodies := make(chan string)
		for range receivers {
			go func() {
				wait := 20 * time.Second
				messages, err := s.Receive(t.Context(), "chunks", queue.Want{Max: 1, Wait: &wait})
				must(t, err)
				bodies <- messages[0].Body
			}()
			impatient, cancel := context.WithTimeout(t.Context(), time.Second)
			defer cancel()
			go func() { _, _ = s.Receive(impatient, "chunks", queue.Want{Max: 1}) }()
		}
		time.Sleep(2 * time.Second)
		began := time.Now()
		got := map[string]bool{}
		for i := range receivers {
			send(t, s, fmt.Sprint(i))
		}
		for range receivers {
			got[<-bodies] = true
		}
		if len(got) != receivers || time.Since(began) != 0 {
			t.Errorf("%d of %d messages came, after %s", len(got), receivers, time.Since(began))
		}
	})
}

func TestMessageExpires(t *testing.T) {
	inTime(t, map[string]string{"MessageRetentionPeriod": "60"}, func(t *testing.T, s *queue.Store) {
		send(t, s, "a", "b")
		receive(t, s, "chunks", 0)
		time.Sleep(time.Minute)
		send(t, s, "c")
		wantDepths(t, s, "chunks", queue.Depths{Visible: 3})
		time.Sleep(time.Millisecond)
		wantDepths(t, s, "chunks", queue.Depths{Visible: 1})
		wantBodies(t, receive(t, s, "chunks", 0), "c")
	})
}

func TestMessageReceivedTooOftenMovesToTheDeadLetterQueue(t *testing.T) {
	policy := `{"deadLetterTargetArn":"arn:aws:sqs:us-east-1:000000000000:chunks-dlq","maxReceiveCount":"2"}`
	inTime(t, map[string]string{"RedrivePolicy": policy, "VisibilityTimeout": "1"}, func(t *testing.T, s *queue.Store) {
		attributes := map[string]queue.MessageAttribute{"kind": {DataType: "String", StringValue: "rows"}}
		must(t, s.Send("chunks", queue.Draft{ID: queue.NewID(), Body: "poison", Attributes: attributes}))
		first := receive(t, s, "chunks", 2*time.Second)[0]
		for range 2 { // without the queue that it should move to, a message is received for ever
			wantBodies(t, receive(t, s, "chunks", 2*time.Second), "poison")
		}
		must(t, s.Ensure("chunks-dlq", map[string]string{"MessageRetentionPeriod": "86400"}))
		send(t, s, "good")
		time.Sleep(time.Second)
		wantBodies(t, receive(t, s, "chunks", 0), "good")
		wantDepths(t, s, "chunks", queue.Depths{InFlight: 1})
		dead := receive(t, s, "chunks-dlq", 0)
		wantBodies(t, dead, "poison")
		m := dead[0]
		if m.MessageID != first.MessageID || m.MD5OfMessageAttributes != first.MD5OfMessageAttributes {
			t.Errorf("%+v moved and became %+v", first, m)
		}
		if m.Attributes["SentTimestamp"] != first.Attributes["SentTimestamp"] ||
			m.Attributes["DeadLetterQueueSourceArn"] != s.ARN("chunks") || m.Attributes["ApproximateReceiveCount"] != "1" {
			t.Errorf("attributes in the dead-letter queue: %v", m.Attributes)
		}
		sources, err := s.Sources("chunks-dlq")
		must(t, err)
		if !slices.Equal(sources, []string{"chunks"}) {
			t.Errorf("sources of the dead-letter queue: %v", sources)
		}
	})
}

func TestMoveToTheDeadLetterQueueWakesItsReceiver(t *testing.T) {
	policy := `{"deadLetterTargetArn":"arn:aws:sqs:us-east-1:000000000000:chunks-dlq","maxReceiveCount":1}`
	inTime(t, map[string]string{"RedrivePolicy": policy, "VisibilityTimeout": "1"}, func(t *testing.T, s *queue.Store) {
		must(t, s.Ensure("chunks-dlq", nil))
		send(t, s, "poison")
		receive(t, s, "chunks", 0)
		poll, stop := context.WithCancel(t.Context())
		defer stop()
		go func() {
			wait := 20 * time.Second
			_, _ = s.Receive(poll, "chunks", queue.Want{Max: 1, Wait: &wait})
		}()
		began := time.Now()
		wantBodies(t, receive(t, s, "chunks-dlq", 20*time.Second), "poison")
		if waited := time.Since(began); waited != time.Second {
			t.Errorf("waited %s, want the visibility timeout of 1 s", waited)
		}
	})
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

func TestReceiversOfAQueueThatGoes(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		s := open(t, filepath.Join(t.TempDir(), "queues.db"))
		must(t, s.Ensure("dropped", nil))
		must(t, s.Ensure("closed", nil))
		ends := map[string]chan error{"dropped": make(chan error, 1), "closed": make(chan error, 1)}
		for name, end := range ends {
			go func() {
				wait := 20 * time.Second
				_, err := s.Receive(t.Context(), name, queue.Want{Max: 1, Wait: &wait})
				end <- err
			}()
		}
		synctest.Wait()
		must(t, s.Drop("dropped"))
		wantFault(t, <-ends["dropped"], "QueueDoesNotExist")
		closeStore(t, s)
		wantFault(t, <-ends["closed"], "ServiceUnavailable")
	})
}

func TestQueueAttributes(t *testing.T) {
	t.Parallel()
	s := open(t, filepath.Join(t.TempDir(), "queues.db"))
	defer closeStore(t, s)
	must(t, s.Create("dlq", nil, nil))
	policy := `{"deadLetterTargetArn":"` + s.ARN("dlq") + `","maxReceiveCount":3}`
	must(t, s.Create("q", map[string]string{"DelaySeconds": "3", "RedrivePolicy": policy}, nil))
	must(t, s.Create("q", map[string]string{"DelaySeconds": "3", "VisibilityTimeout": "30"}, nil))
	wantFault(t, s.Create("q", map[string]string{"DelaySeconds": "4"}, nil), "QueueNameExists")
	must(t, s.SetAttributes("q", map[string]string{"RedrivePolicy": "", "VisibilityTimeout": "31"}))
	got, err := s.Attributes("q")
	must(t, err)
	if got["DelaySeconds"] != "3" || got["VisibilityTimeout"] != "31" || got["MaximumMessageSize"] != "1048576" {
		t.Errorf("attributes: %v", got)
	}
	if policy, has := got["RedrivePolicy"]; has {
		t.Errorf("the redrive policy %s was taken away", policy)
	}
	must(t, s.Ensure("q", map[string]string{"DelaySeconds": "5"}))
	if got, err = s.Attributes("q"); err != nil || got["DelaySeconds"] != "5" || got["VisibilityTimeout"] != "30" {
		t.Errorf("attributes: %v, %v", got, err)
	}
}

func TestAttributesThatCannotBe(t *testing.T) {
	t.Parallel()
	s := open(t, filepath.Join(t.TempDir(), "queues.db"))
	defer closeStore(t, s)
	must(t, s.Create("q", nil, nil))
	nowhere := `{"deadLetterTargetArn":"arn:aws:sqs:us-east-1:000000000000:nowhere","maxReceiveCount":3}`
	for attribute, bad := range map[string][]string{
		"InvalidAttributeName FifoQueue":                {"true"},
		"InvalidAttributeName QueueArn":                 {"arn:aws:sqs:us-east-1:000000000000:q"},
		"InvalidAttributeValue VisibilityTimeout":       {"43201", "-1", "soon", ""},
		"InvalidAttributeValue MessageRetentionPeriod":  {"59"},
		"InvalidAttributeValue RedrivePolicy":           {"{", strings.Replace(nowhere, "3", "0", 1), `{"maxReceiveCount":1}`},
		"InvalidParameterValueException RedrivePolicy":  {nowhere, strings.Replace(nowhere, "nowhere", "q", 1)},
		"InvalidAttributeValue MaximumMessageSize":      {"1048577"},
		"InvalidAttributeName ApproximateNumberOfMoons": {"1"},
	} {
		shape, name, _ := strings.Cut(attribute, " ")
		for _, value := range bad {
			wantFault(t, s.SetAttributes("q", map[string]string{name: value}), shape)
		}
	}
	for name, shape := range map[string]string{
		"orders.fifo": "UnsupportedOperation", "a b": "InvalidParameterValueException", "": "InvalidParameterValueException",
		strings.Repeat("q", 81): "InvalidParameterValueException",
	} {
		wantFault(t, s.Create(name, nil, nil), shape)
	}
}
