package queue

import (
	"crypto/rand"
	"encoding/hex"
	"fmt"
	"time"

	"go.etcd.io/bbolt"
)

// MaxBytes gives the limit of a message's size in the queue, in bytes.
func (s *Store) MaxBytes(name string) (int, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	q, err := s.find(name)
	if err != nil {
		return 0, err
	}
	return q.maxBytes, nil
}

// Send adds messages to the queue, all or none of them. The caller has checked the drafts.
func (s *Store) Send(name string, drafts ...Draft) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	q, now, err := s.current(name)
	if err != nil {
		return err
	}
	seqs, records := make([]uint64, len(drafts)), make([]record, len(drafts))
	err = s.write(q, func(b *bbolt.Bucket) error {
		for i, d := range drafts {
			records[i] = q.newRecord(d, now)
			if seqs[i], err = putRecord(b, records[i]); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return fmt.Errorf("send: %w", err)
	}
	for i, r := range records {
		q.insert(seqs[i], r, receipts{}, now)
	}
	q.settle(now)
	return nil
}

// newRecord makes a record of a draft that is sent now.
func (q *queue) newRecord(d Draft, now time.Time) record {
	delay := q.delay
	if d.Delay != nil {
		delay = *d.Delay
	}
	return record{
		ID: d.ID, Sent: now, Due: now.Add(delay), GroupID: d.GroupID, Trace: d.Trace, Attributes: d.Attributes,
		body: []byte(d.Body),
	}
}

// NewID draws the id of a message, a UUID (version 4).
func NewID() string {
	var b [16]byte
	// crypto/rand's Read does not fail: it ends the process if the system gives no random numbers.
	_, _ = rand.Read(b[:])
	b[6] = b[6]&0x0f | 0x40
	b[8] = b[8]&0x3f | 0x80
	h := hex.EncodeToString(b[:])
	return h[:8] + "-" + h[8:12] + "-" + h[12:16] + "-" + h[16:20] + "-" + h[20:]
}
