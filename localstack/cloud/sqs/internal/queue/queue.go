package queue

import "time"

// queue is one queue's state in memory. The store's mutex guards it.
type queue struct {
	name string
	meta meta
	settings

	byID map[string]*message
	// ready holds the visible messages; hidden those in flight and those delayed.
	ready  fair
	hidden schedule
	// ages holds all messages, the oldest first.
	ages schedule
	// delayed counts the messages on hidden that have not been visible yet; the others are in flight.
	delayed int

	// moveTasks are those that move messages out of here, the oldest first.
	moveTasks []*MoveTask

	receivers waitlist
	// alarm settles the queue when the next hidden message is due. It is set while receivers wait.
	alarm *time.Timer
}

// message is what memory holds of a message.
type message struct {
	seq   uint64 // its key on the disk
	id    string
	group *group
	sent  time.Time
	// due is when it is, or was, to become visible.
	due     time.Time
	delayed bool
	hidden  bool
	// voided counts the receipts that cannot delete it any more, though none came after them.
	voided int
	// harm is what faults have done to it.
	harm harm
	receipts
	places [slots]int
}

// newQueue makes an empty queue. onAlarm is called when a hidden message is due.
func newQueue(name string, m meta, s settings, onAlarm func(*queue)) *queue {
	q := &queue{name: name, meta: m, settings: s}
	q.clear()
	q.alarm = time.AfterFunc(time.Hour, func() { onAlarm(q) })
	q.alarm.Stop()
	return q
}

// clear forgets all messages.
func (q *queue) clear() {
	q.byID = map[string]*message{}
	q.ready = newFair()
	q.hidden = schedule{before: soonest, slot: byDue}
	q.ages = schedule{before: oldest, slot: byAge}
	q.delayed = 0
}

// insert adds the message with this record, which is not in the queue yet.
func (q *queue) insert(seq uint64, r record, got receipts, now time.Time) {
	m := &message{seq: seq, id: r.ID, sent: r.Sent, due: r.Due, receipts: got}
	q.byID[m.id] = m
	q.ready.join(m, r.GroupID)
	q.ages.add(m)
	if m.due.After(now) {
		q.park(m)
	} else {
		q.ready.add(m)
	}
}

// park puts a message where it waits to be visible for the first time.
func (q *queue) park(m *message) {
	m.hidden, m.delayed = true, true
	q.hidden.add(m)
	q.delayed++
}

// unplace takes a message away from where it is.
func (q *queue) unplace(m *message) {
	switch {
	case m.delayed:
		q.hidden.remove(m)
		q.delayed--
	case m.hidden:
		q.hidden.remove(m)
		q.ready.fly(m.group, -1)
	default:
		q.ready.remove(m)
	}
	m.hidden, m.delayed = false, false
}

// hide puts a message in flight until the given time.
func (q *queue) hide(m *message, until time.Time) {
	q.unplace(m)
	m.due, m.hidden = until, true
	q.hidden.add(m)
	q.ready.fly(m.group, 1)
}

// remove takes a message out of the queue.
func (q *queue) remove(m *message) {
	q.unplace(m)
	q.ready.leave(m)
	q.ages.remove(m)
	delete(q.byID, m.id)
}

// settle makes visible what is due, wakes receivers for what is visible, and sets the alarm for what is due next. It ends
// every change of the queue, and a receiver that leaves calls it too, since it may have been woken for a message that it
// did not take.
func (q *queue) settle(now time.Time) {
	for m := q.hidden.first(); m != nil && !m.due.After(now); m = q.hidden.first() {
		q.unplace(m)
		m.harm.held = false
		q.ready.add(m)
	}
	q.receivers.wake(q.ready.size)
	next := q.hidden.first()
	if next == nil || len(q.receivers.waiting) == 0 {
		q.alarm.Stop()
		return
	}
	q.alarm.Reset(next.due.Sub(now))
}

// expired gives the messages that are older than the queue keeps them. They stay in the queue.
func (q *queue) expired(now time.Time) []*message {
	limit := now.Add(-q.retention)
	var dead []*message
	for m := q.ages.first(); m != nil && m.sent.Before(limit); m = q.ages.first() {
		dead = append(dead, m)
		q.ages.remove(m)
	}
	for _, m := range dead {
		q.ages.add(m)
	}
	return dead
}
