package queue_test

import (
	"fmt"
	"testing"
	"time"

	"acequia/localstack/cloud/sqs/internal/queue"
)

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
