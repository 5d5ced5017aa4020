package s3

import (
	"context"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"log/slog"
	"math/rand/v2"
	"sync"
	"time"
)

const (
	// deliveries is how many notifications are on their way at once.
	deliveries = 8
	// A delivery that failed is tried again after firstBackoff, which doubles up to maxBackoff.
	firstBackoff = 100 * time.Millisecond
	maxBackoff   = 20 * time.Second
	// deliveryTimeout ends a delivery that hangs, so that it does not keep the others back.
	deliveryTimeout = time.Minute
)

// outbox delivers the notifications that transactions left in the index: at least once each, whatever happens to the
// process.
type outbox struct {
	db      *store
	deliver func(context.Context, Notification) error
	logger  *slog.Logger

	cancel  context.CancelFunc
	workers sync.WaitGroup
	ring    chan struct{} // has an element if there may be a row that nobody has claimed

	mu sync.Mutex
	// claimed holds the rows that are being delivered or wait for their next try, tries how often a row has failed.
	claimed map[uint64]bool
	tries   map[uint64]int
}

func newOutbox(db *store, deliver func(context.Context, Notification) error, logger *slog.Logger) *outbox {
	return &outbox{
		db: db, deliver: deliver, logger: logger, cancel: func() {},
		ring: make(chan struct{}, 1), claimed: map[uint64]bool{}, tries: map[uint64]int{},
	}
}

// enqueue writes an outbox row.
func (t *tx) enqueue(n Notification) error {
	rows := t.Bucket(inOutbox)
	id, err := rows.NextSequence()
	if err != nil {
		return err
	}
	t.told = true
	return put(rows, bigEndian(id), n)
}

func (o *outbox) start(ctx context.Context) {
	if o.deliver == nil {
		return
	}
	ctx, o.cancel = context.WithCancel(ctx)
	for range deliveries {
		o.workers.Go(func() { o.work(ctx) })
	}
	o.wake()
}

// stop ends delivery and waits for what is on its way.
func (o *outbox) stop() {
	o.cancel()
	o.workers.Wait()
}

// wake makes an idle worker look for rows.
func (o *outbox) wake() {
	select {
	case o.ring <- struct{}{}:
	default:
	}
}

func (o *outbox) work(ctx context.Context) {
	for {
		select {
		case <-ctx.Done():
			return
		case <-o.ring:
		}
		for ctx.Err() == nil {
			id, n, err := o.claim()
			if err != nil {
				o.logger.Error("S3 outbox cannot be read", "error", err)
			}
			if err != nil || n == nil {
				break
			}
			o.wake() // There may be another row, for another worker.
			o.send(ctx, id, *n)
		}
	}
}

// claim gives the oldest row that nobody has claimed; nil if there is none.
func (o *outbox) claim() (id uint64, n *Notification, err error) {
	o.mu.Lock()
	defer o.mu.Unlock()
	err = o.db.view(func(t *tx) error {
		cursor := t.Bucket(inOutbox).Cursor()
		for key, value := cursor.First(); key != nil; key, value = cursor.Next() {
			if id = binary.BigEndian.Uint64(key); o.claimed[id] {
				continue
			}
			n = &Notification{}
			o.claimed[id] = true
			if err := json.Unmarshal(value, n); err != nil {
				return fmt.Errorf("decode outbox row %d: %w", id, err)
			}
			return nil
		}
		return nil
	})
	return id, n, err
}

// send delivers one notification and deletes its row. If that fails the row stays, and is free again after a while.
func (o *outbox) send(ctx context.Context, id uint64, n Notification) {
	bounded, cancel := context.WithTimeout(ctx, deliveryTimeout)
	err := o.deliver(bounded, n)
	cancel()
	if err == nil {
		err = o.db.update(func(t *tx) error { return t.Bucket(inOutbox).Delete(bigEndian(id)) })
	}
	if err == nil {
		o.mu.Lock()
		delete(o.claimed, id)
		delete(o.tries, id)
		o.mu.Unlock()
		return
	}
	if ctx.Err() == nil {
		o.retryLater(id, n, err)
	}
}

func (o *outbox) retryLater(id uint64, n Notification, err error) {
	o.mu.Lock()
	tries := o.tries[id]
	o.tries[id]++
	o.mu.Unlock()
	backoff := min(maxBackoff, firstBackoff<<min(tries, 16))
	backoff = backoff/2 + rand.N(backoff/2)
	o.logger.Warn("S3 notification was not delivered", "target", n.Target, "tries", tries+1, "retry_in", backoff, "error", err)
	time.AfterFunc(backoff, func() {
		o.mu.Lock()
		delete(o.claimed, id)
		o.mu.Unlock()
		o.wake()
	})
}
