package queue

import (
	"bytes"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"sync"
	"time"

	"go.etcd.io/bbolt"
	bolterrors "go.etcd.io/bbolt/errors"

	"acequia/localstack/cloud/faults"
	"acequia/localstack/cloud/sqs/internal/fault"
)

// Account is the local cloud's only account.
const Account = "000000000000"

// Store is a set of queues in one file. Its methods may be called at once from anywhere. An error that is the request's own
// fault is a *fault.Error.
type Store struct {
	db     *bbolt.DB
	now    func() time.Time
	region string
	log    *slog.Logger
	faults *faults.Injector
	closed chan struct{}
	work   sync.WaitGroup // the message move tasks that run

	// mu guards all queues together: a message may move from one to another, and bbolt writes for one caller at a time
	// anyway.
	mu     sync.Mutex
	queues map[string]*queue
}

// Options are what a Store is told.
type Options struct {
	Region string
	Now    func() time.Time
	// Log is told of what no caller waits for.
	Log *slog.Logger
	// Faults happen to deliveries; nil for none.
	Faults *faults.Injector
}

// Open opens the store in the file path, and makes it if it does not exist. Every message that was in flight is visible, and
// message move tasks go on.
func Open(path string, opt Options) (*Store, error) {
	db, err := bbolt.Open(path, 0o600, &bbolt.Options{
		Timeout: time.Second, // another process that has the file open is a mistake, not something to wait for
		NoSync:  true, NoGrowSync: true, NoFreelistSync: true, FreelistType: bbolt.FreelistMapType,
	})
	if errors.Is(err, bolterrors.ErrTimeout) {
		return nil, fmt.Errorf("%s is open in another process: stop the local cloud that runs already, or use another folder", path)
	}
	if err != nil {
		return nil, fmt.Errorf("open queues in %s: %w", path, err)
	}
	s := &Store{
		db: db, now: opt.Now, region: opt.Region, log: opt.Log, faults: opt.Faults,
		closed: make(chan struct{}), queues: map[string]*queue{},
	}
	if err := db.View(s.load); err != nil {
		return nil, errors.Join(fmt.Errorf("read queues from %s: %w", path, err), db.Close())
	}
	s.resumeMoves()
	return s, nil
}

// Close ends all waiting receivers with fault.Closing and closes the file. It is called once.
func (s *Store) Close() error {
	close(s.closed)
	s.work.Wait()
	s.mu.Lock()
	defer s.mu.Unlock()
	for _, q := range s.queues {
		q.alarm.Stop()
	}
	return s.db.Close()
}

// ARN gives the ARN of the queue of this name.
func (s *Store) ARN(name string) string {
	return "arn:aws:sqs:" + s.region + ":" + Account + ":" + name
}

// NameOf gives the name in a queue's ARN or URL: what follows the last colon or slash.
func NameOf(arn string) string {
	return arn[strings.LastIndexAny(arn, ":/")+1:]
}

// load builds the queues' state in memory from the file.
func (s *Store) load(tx *bbolt.Tx) error {
	return tx.ForEach(func(name []byte, b *bbolt.Bucket) error {
		var m meta
		if err := json.Unmarshal(b.Get(metaKey), &m); err != nil {
			return fmt.Errorf("queue %s: %w", name, err)
		}
		set, err := parseSettings(m.Attributes)
		if err != nil {
			return fmt.Errorf("queue %s: %w", name, err)
		}
		q := newQueue(string(name), m, set, s.onAlarm)
		s.queues[q.name] = q
		if err := q.loadMoveTasks(b); err != nil {
			return err
		}
		return s.loadMessages(q, b)
	})
}

func (s *Store) loadMessages(q *queue, b *bbolt.Bucket) error {
	now := s.now()
	c := b.Cursor()
	prefix := []byte{recordKind}
	for k, v := c.Seek(prefix); bytes.HasPrefix(k, prefix); k, v = c.Next() {
		r, err := decodeRecord(v)
		if err != nil {
			return fmt.Errorf("queue %s, message %x: %w", q.name, k, err)
		}
		seq := binary.BigEndian.Uint64(k[1:])
		q.insert(seq, r, decodeReceipts(b.Get(keyOf(receiptsKind, seq))), now)
	}
	return nil
}

// onAlarm settles a queue because time has passed.
func (s *Store) onAlarm(q *queue) {
	s.mu.Lock()
	defer s.mu.Unlock()
	q.settle(s.now())
}

// find gives the queue of this name. The caller holds the mutex, here and below.
func (s *Store) find(name string) (*queue, error) {
	q := s.queues[name]
	if q == nil {
		return nil, fault.QueueDoesNotExist(name)
	}
	return q, nil
}

// current gives the queue of this name as it is now: without what has expired.
func (s *Store) current(name string) (*queue, time.Time, error) {
	q, err := s.find(name)
	if err != nil {
		return nil, time.Time{}, err
	}
	now := s.now()
	if err := s.expire(q, now); err != nil {
		return nil, time.Time{}, err
	}
	q.settle(now)
	return q, now, nil
}

// expire removes the messages that are past the retention period.
func (s *Store) expire(q *queue, now time.Time) error {
	dead := q.expired(now)
	if len(dead) == 0 {
		return nil
	}
	if err := s.write(q, func(b *bbolt.Bucket) error { return erase(b, dead) }); err != nil {
		return fmt.Errorf("expire messages: %w", err)
	}
	for _, m := range dead {
		q.remove(m)
	}
	return nil
}

// write changes one queue on the disk. Memory is changed after it has returned without an error, never before: what a call
// answered is on the disk, and what failed there has not happened.
func (s *Store) write(q *queue, change func(*bbolt.Bucket) error) error {
	err := s.db.Update(func(tx *bbolt.Tx) error {
		b := tx.Bucket([]byte(q.name))
		// Keys come in order, so a page that is split will not be filled up later.
		b.FillPercent = 0.9
		return change(b)
	})
	if err != nil {
		return fmt.Errorf("queue %s: %w", q.name, err)
	}
	return nil
}
