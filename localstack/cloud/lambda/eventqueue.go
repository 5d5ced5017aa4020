package lambda

import (
	"container/heap"
	"context"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"sync"
	"time"

	"go.etcd.io/bbolt"
)

// event is an asynchronous invocation as it is stored until it has succeeded, or has been given up.
type event struct {
	RequestID string
	Received  time.Time
	Payload   []byte
	// Due is when the next attempt may be made.
	Due time.Time
	// Attempts counts those that ended with the function's error, and Response is what the last one answered.
	Attempts int
	Response []byte
}

// openEvents opens the database of events. NoSync leaves it to the operating system when to write to the disk: what a
// process has written survives its end (kill -9), which is what the local cloud promises, and costs no fsync per event.
func openEvents(path string) (*bbolt.DB, error) {
	db, err := bbolt.Open(path, 0o600, &bbolt.Options{Timeout: time.Second, NoSync: true, NoFreelistSync: true})
	if err != nil {
		return nil, fmt.Errorf("open Lambda's events in %s (does another local cloud run there?): %w", path, err)
	}
	return db, nil
}

// eventQueue is the queue of one function's events: the events in a bucket of the database, keyed by the order of their
// arrival, and in memory when each is due.
type eventQueue struct {
	db     *bbolt.DB
	bucket []byte

	mu      sync.Mutex
	waiting dueHeap
	// changed is closed, and replaced, when an event is added.
	changed chan struct{}
}

func newEventQueue(db *bbolt.DB, function string) *eventQueue {
	return &eventQueue{db: db, bucket: []byte(function), changed: make(chan struct{})}
}

// load finds the events that were stored before.
func (q *eventQueue) load() error {
	err := q.db.Update(func(tx *bbolt.Tx) error {
		b, err := tx.CreateBucketIfNotExists(q.bucket)
		if err != nil {
			return err
		}
		return b.ForEach(func(key, value []byte) error {
			var e event
			if err := json.Unmarshal(value, &e); err != nil {
				return err
			}
			q.waiting = append(q.waiting, dueEvent{e.Due, binary.BigEndian.Uint64(key)})
			return nil
		})
	})
	if err != nil {
		return fmt.Errorf("load the stored events of function %s: %w", q.bucket, err)
	}
	heap.Init(&q.waiting)
	return nil
}

// add stores an event; when it returns, the event survives the end of this process.
func (q *eventQueue) add(e event) error {
	var key uint64
	err := q.db.Update(func(tx *bbolt.Tx) error {
		b := tx.Bucket(q.bucket)
		var err error
		if key, err = b.NextSequence(); err != nil {
			return err
		}
		return put(b, key, e)
	})
	if err != nil {
		return fmt.Errorf("store an event for function %s: %w", q.bucket, err)
	}
	q.wait(key, e.Due)
	return nil
}

// update stores an event again, to be attempted when it is due.
func (q *eventQueue) update(key uint64, e event) error {
	if err := q.db.Update(func(tx *bbolt.Tx) error { return put(tx.Bucket(q.bucket), key, e) }); err != nil {
		return fmt.Errorf("store an event for function %s: %w", q.bucket, err)
	}
	q.wait(key, e.Due)
	return nil
}

func (q *eventQueue) get(key uint64) (e event, err error) {
	err = q.db.View(func(tx *bbolt.Tx) error { return json.Unmarshal(tx.Bucket(q.bucket).Get(keyBytes(key)), &e) })
	if err != nil {
		return e, fmt.Errorf("read an event for function %s: %w", q.bucket, err)
	}
	return e, nil
}

func (q *eventQueue) remove(key uint64) error {
	err := q.db.Update(func(tx *bbolt.Tx) error { return tx.Bucket(q.bucket).Delete(keyBytes(key)) })
	if err != nil {
		return fmt.Errorf("remove an event for function %s: %w", q.bucket, err)
	}
	return nil
}

// wait lets an event be taken by next when it is due.
func (q *eventQueue) wait(key uint64, due time.Time) {
	q.mu.Lock()
	defer q.mu.Unlock()
	heap.Push(&q.waiting, dueEvent{due, key})
	close(q.changed)
	q.changed = make(chan struct{})
}

// next takes the event that has been due longest, once there is one; false means that ctx has ended.
func (q *eventQueue) next(ctx context.Context) (key uint64, ok bool) {
	for ctx.Err() == nil {
		key, wait, changed := q.take()
		if wait == 0 {
			return key, true
		}
		timer := time.NewTimer(wait)
		select {
		case <-ctx.Done():
		case <-changed:
		case <-timer.C:
		}
		timer.Stop()
	}
	return 0, false
}

// take takes the first event if it is due, or says how long to wait and what may end the wait.
func (q *eventQueue) take() (key uint64, wait time.Duration, changed <-chan struct{}) {
	q.mu.Lock()
	defer q.mu.Unlock()
	if len(q.waiting) == 0 {
		return 0, time.Hour, q.changed
	}
	if wait = time.Until(q.waiting[0].due); wait > 0 {
		return 0, wait, q.changed
	}
	//nolint:errcheck // the heap holds nothing else
	return heap.Pop(&q.waiting).(dueEvent).key, 0, nil
}

// depth counts the events that wait.
func (q *eventQueue) depth() int {
	q.mu.Lock()
	defer q.mu.Unlock()
	return len(q.waiting)
}

func put(b *bbolt.Bucket, key uint64, e event) error {
	value, err := json.Marshal(e)
	if err != nil {
		return err
	}
	return b.Put(keyBytes(key), value)
}

func keyBytes(key uint64) []byte { return binary.BigEndian.AppendUint64(nil, key) }
