package sqs_test

import (
	"fmt"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"acequia/localstack/cloud/sqs"
)

func TestPollersOfThisProcess(t *testing.T) {
	t.Parallel()
	s, url := start(t)
	arn, err := s.EnsureQueue("rows", map[string]string{"VisibilityTimeout": "60"})
	must(t, err)
	if arn != "arn:aws:sqs:us-east-1:000000000000:rows" || len(s.Queues()) != 1 || s.Queues()[0] != arn {
		t.Errorf("ARN %s, queues %v", arn, s.Queues())
	}
	must(t, s.Send(t.Context(), arn, "a"))
	attributes := map[string]sqs.MessageAttribute{"kind": {DataType: "String", StringValue: "rows"}}
	must(t, s.SendWithAttributes(t.Context(), arn, "b", attributes))
	got, err := s.Receive(t.Context(), arn, 10, time.Second)
	must(t, err)
	if len(got) != 2 || got[0].Body != "a" || got[0].Attributes["ApproximateReceiveCount"] != "1" {
		t.Fatalf("received %+v", got)
	}
	if got[1].MessageAttributes["kind"].StringValue != "rows" || got[1].MD5OfMessageAttributes == "" {
		t.Errorf("message attributes: %+v", got[1].MessageAttributes)
	}
	must(t, s.ChangeVisibility(t.Context(), arn, got[0].ReceiptHandle, 0))
	must(t, s.Delete(t.Context(), arn, got[1].ReceiptHandle))
	if visible, inFlight, delayed := s.Depths(arn); visible != 1 || inFlight != 0 || delayed != 0 {
		t.Errorf("depths %d, %d, %d", visible, inFlight, delayed)
	}
	if err := s.Send(t.Context(), arn+"x", "a"); err == nil || !strings.Contains(err.Error(), `"rowsx" does not exist`) {
		t.Errorf("sent to a queue that does not exist: %v", err)
	}
	wantCounts(t, connect(url), &arn, "1", "0", "0")
}

// Many receivers at once: each message comes to exactly one of them.
func TestNoMessageComesTwiceWithinItsVisibilityTimeout(t *testing.T) {
	t.Parallel()
	s, _ := start(t)
	arn, err := s.EnsureQueue("chunks", map[string]string{"VisibilityTimeout": "600"})
	must(t, err)
	const messages, receivers, senders = 2000, 16, 4
	var mu sync.Mutex
	times := map[string]int{}
	var busy sync.WaitGroup
	for range receivers {
		busy.Go(func() {
			for n := 1; n > 0; {
				got, err := s.Receive(t.Context(), arn, 7, time.Second)
				if err != nil {
					t.Error(err)
					return
				}
				mu.Lock()
				for _, m := range got {
					times[m.Body]++
				}
				mu.Unlock()
				n = len(got)
				for i, m := range got {
					if i%2 == 0 {
						if err := s.Delete(t.Context(), arn, m.ReceiptHandle); err != nil {
							t.Error(err)
						}
					}
				}
			}
		})
	}
	for sender := range senders {
		busy.Go(func() {
			for i := range messages / senders {
				if err := s.Send(t.Context(), arn, fmt.Sprint(sender, i)); err != nil {
					t.Error(err)
				}
			}
		})
	}
	busy.Wait()
	if len(times) != messages {
		t.Errorf("%d of %d messages came", len(times), messages)
	}
	for body, n := range times {
		if n != 1 {
			t.Errorf("message %s came %d times", body, n)
		}
	}
}

func TestQueuesHaveOneOwner(t *testing.T) {
	t.Parallel()
	dir := filepath.Join(t.TempDir(), "queues")
	s, err := sqs.Open(dir, sqs.Options{Region: "eu-west-1"})
	must(t, err)
	if _, err := sqs.Open(dir, sqs.Options{}); err == nil || !strings.Contains(err.Error(), "open in another process") {
		t.Errorf("the queues were opened twice: %v", err)
	}
	arn, err := s.EnsureQueue("q", nil)
	must(t, err)
	if arn != "arn:aws:sqs:eu-west-1:000000000000:q" {
		t.Errorf("ARN %s", arn)
	}
	must(t, s.Close())
}
