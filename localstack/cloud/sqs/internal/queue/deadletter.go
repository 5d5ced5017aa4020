package queue

import (
	"fmt"
	"time"

	"go.etcd.io/bbolt"
)

// spent tells whether a message has been received as often as its queue's redrive policy allows. If the dead-letter queue
// does not exist the message goes on being received: it is not lost.
func (s *Store) spent(q *queue, m *message) bool {
	return q.redrive != nil && m.count >= q.redrive.max && s.deadLetters(q) != nil
}

// deadLetters gives the queue's dead-letter queue, or nil.
func (s *Store) deadLetters(q *queue) *queue {
	if q.redrive == nil {
		return nil
	}
	return s.queues[NameOf(q.redrive.TargetARN)]
}

// bury moves messages to the dead-letter queue, in one transaction. They keep id, body, attributes and time of sending (AWS:
// "the enqueue timestamp is unchanged", so a dead-letter queue should keep its messages for longer), are visible at once,
// and count their receipts from zero: AWS does not say, and a dead-letter queue may have one itself.
func (s *Store) bury(q *queue, spent []*message, now time.Time) error {
	if len(spent) == 0 {
		return nil
	}
	target := s.deadLetters(q)
	seqs, records := make([]uint64, len(spent)), make([]record, len(spent))
	err := s.db.Update(func(tx *bbolt.Tx) error {
		from, to := tx.Bucket([]byte(q.name)), tx.Bucket([]byte(target.name))
		for i, m := range spent {
			r, err := getRecord(from, m)
			if err != nil {
				return err
			}
			r.Due, r.Source = now, s.ARN(q.name)
			if seqs[i], err = putRecord(to, r); err != nil {
				return err
			}
			records[i] = r
		}
		return erase(from, spent)
	})
	if err != nil {
		return fmt.Errorf("move messages from queue %s to its dead-letter queue %s: %w", q.name, target.name, err)
	}
	for i, m := range spent {
		q.remove(m)
		target.insert(seqs[i], records[i], receipts{}, now)
	}
	target.settle(now)
	return nil
}
