package load

import (
	"cmp"
	"context"
	"time"
)

// beat is how often a transaction shows that it is alive while it waits for the work bucket, which may take minutes.
const beat = 15 * time.Second

// heartbeat keeps a publication's transaction alive while it has nothing to say. The transaction must be free meanwhile.
type heartbeat struct {
	every time.Duration
	beat  func() error
}

func (l *Loader) heartbeat(ctx context.Context, t Table) heartbeat {
	return heartbeat{cmp.Or(l.beat, beat), func() error { return t.KeepAlive(ctx) }}
}

// during runs do, which leaves the transaction alone. An error of the transaction does not end do, and comes after its own.
func (h heartbeat) during(do func() error) error {
	done := make(chan error, 1)
	go func() { done <- do() }()
	err, _, dead := await(h, done)
	return cmp.Or(err, dead)
}

// await gives what comes out of the channel, and whether anything does, and the error of a transaction that died meanwhile.
func await[T any](h heartbeat, from <-chan T) (got T, open bool, dead error) {
	ticker := time.NewTicker(h.every)
	defer ticker.Stop()
	for {
		select {
		case got, open = <-from:
			return got, open, dead
		case <-ticker.C:
			if dead == nil {
				dead = h.beat()
			}
		}
	}
}
