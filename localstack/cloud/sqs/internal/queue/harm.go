package queue

import (
	"slices"
	"time"

	"acequia/localstack/cloud/faults"
)

// harm is what faults have done to a message. It is kept in memory only: a restart ends the faults.
type harm struct {
	// drawn tells that it is decided whether the message is delivered late at first.
	drawn bool
	// held tells that it is hidden by a fault alone, and visible once the faults end.
	held bool
}

// holdBack hides a message that is to be delivered for the first time, if it is to be delivered late.
func (s *Store) holdBack(q *queue, m *message, now time.Time) bool {
	if m.count > 0 || m.harm.drawn {
		return false
	}
	m.harm.drawn = true
	f, happens := s.faults.Draw(faults.MessageDelayed)
	if happens {
		q.unplace(m)
		m.due, m.harm.held = now.Add(f.Delay()), true
		q.park(m)
	}
	return happens
}

// next gives the message whose turn it is, or by a fault any one that is ready. There is one.
func (s *Store) next(q *queue, want Want) *message {
	if want.Delivery && q.ready.size > 1 {
		if f, happens := s.faults.Draw(faults.MessageReordered); happens {
			return q.ready.any(f.Below)
		}
	}
	return q.ready.first()
}

// harmReceipt lets others receive a message that has just been received: at once, or while it is worked on.
func (s *Store) harmReceipt(q *queue, m *message, now time.Time) {
	if q.last(m) {
		return
	}
	if _, happens := s.faults.Draw(faults.MessageDoubled); happens {
		m.voided = m.count // the other copy is there whatever becomes of this one
		q.hide(m, now)
		return
	}
	if f, happens := s.faults.Draw(faults.VisibilityExpired); happens {
		q.hide(m, now.Add(min(f.Delay(), m.due.Sub(now))))
	}
}

// harmDeletion keeps a message that was deleted, to be delivered again later. True tells that it does.
func (s *Store) harmDeletion(q *queue, m *message, now time.Time) bool {
	if q.last(m) {
		return false
	}
	f, happens := s.faults.Draw(faults.MessageRepeated)
	if happens {
		m.voided = m.count
		q.hide(m, now.Add(f.Delay()))
		m.harm.held = true
		q.settle(now)
	}
	return happens
}

// last tells whether a message has been received as often as it may be: received again, it would be a dead letter.
func (q *queue) last(m *message) bool { return q.redrive != nil && m.count >= q.redrive.max }

// FaultsChanged makes up for what is hidden already: what faults have held back is visible once there are none, and what is
// in flight when they begin keeps to their limit.
func (s *Store) FaultsChanged() {
	s.mu.Lock()
	defer s.mu.Unlock()
	now := s.now()
	for _, q := range s.queues {
		for _, m := range slices.Clone(q.hidden.messages) {
			limit := s.faults.Visibility(m.due.Sub(now))
			if m.harm.held && !s.faults.On() {
				limit = 0
			}
			if until := now.Add(limit); until.Before(m.due) && (m.harm.held || !m.delayed) {
				q.reschedule(m, until)
			}
		}
		q.settle(now)
	}
}

// reschedule lets a hidden message become visible at another time.
func (q *queue) reschedule(m *message, due time.Time) {
	q.hidden.remove(m)
	m.due = due
	q.hidden.add(m)
}
