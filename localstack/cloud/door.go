package cloud

import (
	"context"
	"sync"
)

// door counts the requests that are being answered, so that the state is not closed under them.
type door struct {
	mu      sync.Mutex
	ready   bool
	closed  bool
	inside  int
	emptied chan struct{} // closed when the door is shut and nobody is inside
}

// enter lets a request in, unless the door is shut.
func (d *door) enter() bool {
	d.mu.Lock()
	defer d.mu.Unlock()
	if !d.closed {
		d.inside++
	}
	return !d.closed
}

func (d *door) leave() {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.inside--
	d.tellIfEmpty()
}

func (d *door) shut() {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.closed = true
	d.emptied = make(chan struct{})
	d.tellIfEmpty()
}

func (d *door) tellIfEmpty() {
	if d.closed && d.inside == 0 {
		close(d.emptied)
	}
}

// empty waits until the last request has left, or ctx ends.
func (d *door) empty(ctx context.Context) {
	select {
	case <-d.emptied:
	case <-ctx.Done():
	}
}

func (d *door) setReady() {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.ready = true
}

func (d *door) isReady() bool {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.ready && !d.closed
}
