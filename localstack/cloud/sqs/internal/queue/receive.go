package queue

import (
	"context"
	"fmt"
	"time"

	"go.etcd.io/bbolt"

	"acequia/localstack/cloud/sqs/internal/fault"
)

// Want says what a receiver wants.
type Want struct {
	// Max is how many messages at most, at least 1.
	Max int
	// Visibility is how long the messages stay hidden from others; nil leaves it to the queue.
	Visibility *time.Duration
	// Wait is how long to wait for a first message; nil leaves it to the queue.
	Wait *time.Duration
	// Delivery tells that Lambda receives, for a function: faults may happen.
	Delivery bool
}

// Receive puts up to want.Max visible messages in flight and gives them. It returns at once if there are any, and else waits
// for the first; at the end of the wait it gives none. A message that was received as often as the redrive policy
// allows moves to the dead-letter queue instead.
func (s *Store) Receive(ctx context.Context, name string, want Want) ([]Message, error) {
	wait, err := s.waitOf(name, want)
	if err != nil {
		return nil, err
	}
	deadline := time.NewTimer(wait)
	defer deadline.Stop()
	for {
		messages, turn, err := s.takeOrJoin(ctx, name, want)
		if len(messages) > 0 || err != nil {
			return messages, err
		}
		select {
		case <-turn:
			continue
		case <-deadline.C:
		case <-ctx.Done():
			err = ctx.Err()
		case <-s.closed:
			err = fault.Closing()
		}
		s.leave(name, turn)
		return nil, err
	}
}

func (s *Store) waitOf(name string, want Want) (time.Duration, error) {
	if want.Wait != nil {
		return *want.Wait, nil
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	q, err := s.find(name)
	if err != nil {
		return 0, err
	}
	return q.wait, nil
}

// takeOrJoin gives messages, or if there are none a place among the queue's waiting receivers.
func (s *Store) takeOrJoin(ctx context.Context, name string, want Want) ([]Message, chan struct{}, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	q, now, err := s.current(name)
	if err != nil {
		return nil, nil, err
	}
	// A client that has gone must not take messages with it.
	if err := ctx.Err(); err != nil {
		return nil, nil, err
	}
	messages, err := s.take(q, now, want)
	var turn chan struct{}
	if len(messages) == 0 && err == nil {
		turn = q.receivers.join()
	}
	q.settle(s.now())
	return messages, turn, err
}

func (s *Store) leave(name string, turn chan struct{}) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if q := s.queues[name]; q != nil {
		q.receivers.leave(turn)
		q.settle(s.now())
	}
}

// take puts messages in flight, and what was received too often into the dead-letter queue.
func (s *Store) take(q *queue, now time.Time, want Want) ([]Message, error) {
	live, spent := s.choose(q, now, want)
	if err := s.bury(q, spent, now); err != nil {
		return nil, err
	}
	if len(live) == 0 {
		return nil, nil
	}
	messages := make([]Message, len(live))
	err := s.write(q, func(b *bbolt.Bucket) error {
		for i, m := range live {
			got := m.received(now)
			if err := b.Put(keyOf(receiptsKind, m.seq), got.encode()); err != nil {
				return err
			}
			r, err := getRecord(b, m)
			if err != nil {
				return err
			}
			messages[i] = received(q.name, r, got)
		}
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("receive: %w", err)
	}
	visibility := q.visibility
	if want.Visibility != nil {
		visibility = *want.Visibility
	}
	for _, m := range live {
		m.receipts = m.received(now)
		q.hide(m, now.Add(s.faults.Visibility(visibility)))
		if want.Delivery {
			s.harmReceipt(q, m, now)
		}
	}
	return messages, nil
}

// received gives the receipts with one more.
func (r receipts) received(now time.Time) receipts {
	if r.count == 0 {
		r.first = now
	}
	r.count++
	return r
}

// choose picks up to want.Max visible messages to receive, and those it meets on the way that were received too often. All
// of them stay where they are, but for those that a fault delays.
func (s *Store) choose(q *queue, now time.Time, want Want) (live, spent []*message) {
	for len(live) < want.Max && q.ready.size > 0 {
		m := s.next(q, want)
		if want.Delivery && s.holdBack(q, m, now) {
			continue
		}
		q.ready.remove(m)
		q.ready.fly(m.group, 1) // so that the next message is another group's, if need be
		if s.spent(q, m) {
			spent = append(spent, m)
		} else {
			live = append(live, m)
		}
	}
	for _, m := range append(live, spent...) {
		q.ready.fly(m.group, -1)
		q.ready.add(m)
	}
	return live, spent
}
