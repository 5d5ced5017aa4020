package queue

import "container/heap"

// fair is the visible messages of a queue, by whose turn it is. The turn is of the group with the fewest messages in flight, and
// in it of the message that has been visible longest. AWS says as much of its fair queues: it "detects noisy neighbors" by their
// share of the messages in flight, and prefers the messages of the others ("Amazon SQS fair queues" in its Developer Guide).
// Here the rule always holds, whether a neighbor is noisy or not. Messages without a group are one group together, so a queue
// without groups is first come, first served.
type fair struct {
	groups map[string]*group
	// turns is a heap of the groups that have visible messages.
	turns []*group
	size  int
}

// group is what a queue knows of the messages with one MessageGroupId.
type group struct {
	name     string
	ready    schedule
	inFlight int
	// messages counts all of the group that are in the queue; the last one takes the group with it.
	messages int
	place    int // on turns; meaningless while nothing is ready
}

func newFair() fair { return fair{groups: map[string]*group{}} }

// join makes a message one of its group.
func (f *fair) join(m *message, name string) {
	g := f.groups[name]
	if g == nil {
		g = &group{name: name, ready: schedule{before: soonest, slot: byDue}}
		f.groups[name] = g
	}
	g.messages++
	m.group = g
}

// leave takes a message that is not visible out of its group.
func (f *fair) leave(m *message) {
	if m.group.messages--; m.group.messages == 0 {
		delete(f.groups, m.group.name)
	}
}

// add makes a message visible.
func (f *fair) add(m *message) {
	m.group.ready.add(m)
	f.size++
	if m.group.ready.Len() == 1 {
		heap.Push(f, m.group)
	} else {
		heap.Fix(f, m.group.place)
	}
}

// remove takes a visible message out.
func (f *fair) remove(m *message) {
	m.group.ready.remove(m)
	f.size--
	if m.group.ready.Len() == 0 {
		heap.Remove(f, m.group.place)
	} else {
		heap.Fix(f, m.group.place)
	}
}

// fly counts messages of the group that went into flight, or with a negative number came out of it.
func (f *fair) fly(g *group, n int) {
	g.inFlight += n
	if g.ready.Len() > 0 {
		heap.Fix(f, g.place)
	}
}

// first gives the message whose turn it is, or nil.
func (f *fair) first() *message {
	if f.size == 0 {
		return nil
	}
	return f.turns[0].ready.first()
}

// any gives one of the visible messages, of which there is at least one; below draws a number below n.
func (f *fair) any(below func(n int64) int64) *message {
	ready := f.turns[below(int64(len(f.turns)))].ready.messages
	return ready[below(int64(len(ready)))]
}

// Len, Less, Swap, Push and Pop are for container/heap: those of the groups.
func (f *fair) Len() int { return len(f.turns) }

// Less tells whose turn comes first.
func (f *fair) Less(i, j int) bool {
	a, b := f.turns[i], f.turns[j]
	if a.inFlight != b.inFlight {
		return a.inFlight < b.inFlight
	}
	return soonest(a.ready.first(), b.ready.first())
}

// Swap swaps two groups.
func (f *fair) Swap(i, j int) {
	f.turns[i], f.turns[j] = f.turns[j], f.turns[i]
	f.turns[i].place, f.turns[j].place = i, j
}

// Push adds a group behind the others.
func (f *fair) Push(x any) {
	g, _ := x.(*group)
	g.place = len(f.turns)
	f.turns = append(f.turns, g)
}

// Pop takes the group behind the others.
func (f *fair) Pop() any {
	last := len(f.turns) - 1
	g := f.turns[last]
	f.turns[last] = nil
	f.turns = f.turns[:last]
	return g
}
