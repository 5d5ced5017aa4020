package queue

import (
	"fmt"
	"time"

	"go.etcd.io/bbolt"
)

// moveBatch is how many messages a task without a rate moves in one transaction.
const moveBatch = 100

// move does a task's work until it is through or the store is closed; it then goes on when the store is opened again. A task
// whose queue is deleted ends with it.
func (s *Store) move(q *queue, t *MoveTask) {
	batch, pace := moveBatch, time.Duration(0)
	if t.PerSecond > 0 {
		batch, pace = 1, time.Second/time.Duration(t.PerSecond)
	}
	for {
		select {
		case <-s.closed:
			return
		case <-time.After(pace):
		}
		more, err := s.moveSome(q, t, batch)
		if err != nil {
			s.log.Error("sqs: a message move task stops until the next start", "task", t.ID, "error", err.Error())
		}
		if !more || err != nil {
			return
		}
	}
}

// resumeMoves goes on with the tasks that were not through when the store was closed.
func (s *Store) resumeMoves() {
	for _, q := range s.queues {
		for _, t := range q.moveTasks {
			if t.active() {
				s.work.Go(func() { s.move(q, t) })
			}
		}
	}
}

// moveSome moves the next messages of a task, each once: they leave one queue and enter the other, and the task counts them,
// in one transaction. It tells whether there is more to do.
func (s *Store) moveSome(q *queue, t *MoveTask, limit int) (more bool, err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.queues[q.name] != q || !t.active() {
		return false, nil
	}
	now := s.now()
	if err := s.expire(q, now); err != nil {
		return false, err
	}
	q.settle(now)
	next, moves := *t, []redriven(nil)
	err = s.db.Update(func(tx *bbolt.Tx) error {
		moves, err = s.redrive(tx, q, &next, limit, now)
		if err != nil {
			return err
		}
		return next.put(tx.Bucket([]byte(q.name)))
	})
	if err != nil {
		return false, fmt.Errorf("move messages out of queue %s: %w", q.name, err)
	}
	*t = next
	for _, m := range moves {
		q.remove(m.message)
		m.to.insert(m.seq, m.record, receipts{}, now)
		m.to.settle(now)
	}
	return t.active(), nil
}

// redriven is a message on its way to another queue, where it has a new sequence.
type redriven struct {
	message *message
	to      *queue
	seq     uint64
	record  record
}

// redrive moves messages on the disk, and says in the task how far it is.
func (s *Store) redrive(tx *bbolt.Tx, q *queue, t *MoveTask, limit int, now time.Time) (moves []redriven, err error) {
	if t.Status == MoveCancelling {
		t.Status = MoveCancelled
		return nil, nil
	}
	from := tx.Bucket([]byte(q.name))
	messages := q.visibleUpTo(t.Last, limit)
	if len(messages) == 0 {
		t.Status = MoveCompleted
		return nil, nil
	}
	for _, m := range messages {
		r, err := getRecord(from, m)
		if err != nil {
			return nil, err
		}
		to, reason := s.destinationOf(t, r)
		if reason != "" {
			t.Status, t.FailureReason = MoveFailed, reason
			return moves, nil
		}
		// AWS: "redriven messages are considered new messages with a new messageID and enqueueTime".
		r.ID, r.Sent, r.Due, r.Source = NewID(), now, now.Add(to.delay), ""
		seq, err := putRecord(tx.Bucket([]byte(to.name)), r)
		if err != nil {
			return nil, err
		}
		if err := erase(from, []*message{m}); err != nil {
			return nil, err
		}
		moves = append(moves, redriven{m, to, seq, r})
		t.Moved++
	}
	return moves, nil
}

// destinationOf gives the queue that a message goes to, or AWS's code for why there is none (AWS: "Troubleshoot dead-letter
// queue redrive").
func (s *Store) destinationOf(t *MoveTask, r record) (to *queue, failure string) {
	arn := t.DestinationARN
	if arn == "" {
		arn = r.Source
	}
	if arn == "" {
		return nil, "CouldNotDetermineMessageSource" // it was sent here, and did not die elsewhere
	}
	if to = s.queues[NameOf(arn)]; to == nil {
		return nil, "AWS.SimpleQueueService.NonExistentQueue"
	}
	return to, ""
}

// visibleUpTo gives up to limit visible messages that were there when the sequence was drawn. They stay where they are.
func (q *queue) visibleUpTo(last uint64, limit int) (found []*message) {
	var late []*message
	for len(found) < limit && q.ready.size > 0 {
		m := q.ready.first()
		q.ready.remove(m)
		if m.seq <= last {
			found = append(found, m)
		} else {
			late = append(late, m)
		}
	}
	for _, m := range append(late, found...) {
		q.ready.add(m)
	}
	return found
}
