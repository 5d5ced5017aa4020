package lambda

import "time"

// dueEvent says when the event with the key is due; dueHeap has the earliest first.
type dueEvent struct {
	due time.Time
	key uint64
}

type dueHeap []dueEvent

func (h dueHeap) Len() int { return len(h) }

func (h dueHeap) Less(i, j int) bool {
	if h[i].due.Equal(h[j].due) {
		return h[i].key < h[j].key
	}
	return h[i].due.Before(h[j].due)
}

func (h dueHeap) Swap(i, j int) { h[i], h[j] = h[j], h[i] }

// Push and Pop are for package heap.
func (h *dueHeap) Push(x any) { *h = append(*h, x.(dueEvent)) } //nolint:errcheck // the heap holds nothing else

func (h *dueHeap) Pop() any {
	last := (*h)[len(*h)-1]
	*h = (*h)[:len(*h)-1]
	return last
}
