package queue

import "slices"

// waitlist holds the receivers that wait for a message, the longest-waiting first. Only as many are woken as there are
// messages: with a thousand receivers, one message must not wake them all.
type waitlist struct {
	waiting []chan struct{}
}

// join gives a channel that is closed when it is the receiver's turn to look again.
func (w *waitlist) join() chan struct{} {
	turn := make(chan struct{})
	w.waiting = append(w.waiting, turn)
	return turn
}

// leave takes a receiver off the list, if it is still on it.
func (w *waitlist) leave(turn chan struct{}) {
	if i := slices.Index(w.waiting, turn); i >= 0 {
		w.waiting = slices.Delete(w.waiting, i, i+1)
	}
}

// wake tells up to n receivers to look again.
func (w *waitlist) wake(n int) {
	n = min(n, len(w.waiting))
	for _, turn := range w.waiting[:n] {
		close(turn)
	}
	w.waiting = slices.Delete(w.waiting, 0, n)
}
