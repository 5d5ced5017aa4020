package queue

import "container/heap"

// schedule is a heap of messages that any of its messages can be taken out of.
type schedule struct {
	messages []*message
	before   func(a, b *message) bool
	slot     slot
}

// slot tells apart the places that a message has in the schedules it is on at one time.
type slot int

const (
	byDue slot = iota // on ready or hidden
	byAge             // on ages
	slots
)

func (s *schedule) Len() int           { return len(s.messages) }
func (s *schedule) Less(i, j int) bool { return s.before(s.messages[i], s.messages[j]) }

func (s *schedule) Swap(i, j int) {
	s.messages[i], s.messages[j] = s.messages[j], s.messages[i]
	s.messages[i].places[s.slot] = i
	s.messages[j].places[s.slot] = j
}

// Push is for container/heap; add is for everybody else.
func (s *schedule) Push(x any) {
	m, _ := x.(*message)
	m.places[s.slot] = len(s.messages)
	s.messages = append(s.messages, m)
}

// Pop is for container/heap; remove is for everybody else.
func (s *schedule) Pop() any {
	last := len(s.messages) - 1
	m := s.messages[last]
	s.messages[last] = nil
	s.messages = s.messages[:last]
	return m
}

func (s *schedule) add(m *message)    { heap.Push(s, m) }
func (s *schedule) remove(m *message) { heap.Remove(s, m.places[s.slot]) }

// first gives the message whose turn it is, or nil.
func (s *schedule) first() *message {
	if len(s.messages) == 0 {
		return nil
	}
	return s.messages[0]
}

// soonest orders by the time of visibility; of equals, the one that was sent first comes first.
func soonest(a, b *message) bool {
	if !a.due.Equal(b.due) {
		return a.due.Before(b.due)
	}
	return a.seq < b.seq
}

// oldest orders by the time of sending.
func oldest(a, b *message) bool { return a.sent.Before(b.sent) }
