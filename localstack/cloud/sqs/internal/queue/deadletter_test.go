package queue_test

import (
	"context"
	"slices"
	"testing"
	"time"

	"acequia/localstack/cloud/sqs/internal/queue"
)

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
