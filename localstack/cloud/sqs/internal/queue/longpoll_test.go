package queue_test

import (
	"context"
	"errors"
	"fmt"
	"path/filepath"
	"testing"
	"testing/synctest"
	"time"

	"acequia/localstack/cloud/sqs/internal/queue"
)

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

// A receiver whose wait ends at the moment of its turn either takes the message or leaves it to the next one at once.
func TestReceiverThatGivesUpLosesNobodysTurn(t *testing.T) {
	inTime(t, nil, func(t *testing.T, s *queue.Store) {
		for range 20 {
			began := time.Now()
			got := make(chan time.Duration, 2)
			for _, wait := range []time.Duration{time.Second, 10 * time.Second} {
				go func() {
					if len(receive(t, s, "chunks", wait)) > 0 {
						got <- time.Since(began)
					}
				}()
				synctest.Wait() // the impatient one is first in line
			}
			late := time.Second
			must(t, s.Send("chunks", queue.Draft{ID: queue.NewID(), Body: "b", Delay: &late}))
			if waited := <-got; waited != late {
				t.Fatalf("a message that was visible after %s was received after %s", late, waited)
			}
			must(t, s.Purge("chunks"))
			time.Sleep(10 * time.Second)
		}
	})
}

// With as many receivers as messages each gets one at once.
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
