package queue

import (
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"go.etcd.io/bbolt"
)

// The file has one bucket per queue, named as the queue, with four kinds of key:
//
//	q               meta as JSON
//	m<sequence>     a record, written when the message is sent and never changed
//	r<sequence>     the message's receipts, written at each receipt
//	t<sequence>     a message move task as JSON, written whenever it has moved something
//
// A sequence is eight bytes, big-endian, drawn from the bucket.
var metaKey = []byte("q")

const (
	recordKind   = 'm'
	receiptsKind = 'r'
	moveTaskKind = 't'
)

func keyOf(kind byte, seq uint64) []byte {
	return binary.BigEndian.AppendUint64([]byte{kind}, seq)
}

// meta is what the disk holds of a queue itself.
type meta struct {
	// Attributes holds those that were set, as they were set.
	Attributes map[string]string `json:"attributes,omitempty"`
	Tags       map[string]string `json:"tags,omitempty"`
	Created    time.Time         `json:"created"`
	Modified   time.Time         `json:"modified"`
}

func (m meta) put(b *bbolt.Bucket) error {
	value, err := json.Marshal(m)
	if err != nil {
		return err
	}
	return b.Put(metaKey, value)
}

// putQueue makes an empty queue.
func putQueue(tx *bbolt.Tx, name string, m meta) error {
	b, err := tx.CreateBucket([]byte(name))
	if err != nil {
		return err
	}
	return m.put(b)
}

// record is what the disk holds of a message. On the disk the body follows the JSON of the other fields, so that opening a
// file need not read the bodies.
type record struct {
	ID         string                      `json:"id"`
	Sent       time.Time                   `json:"sent"`
	Due        time.Time                   `json:"due"`
	GroupID    string                      `json:"group,omitempty"`
	Trace      string                      `json:"trace,omitempty"`
	Source     string                      `json:"source,omitempty"` // the ARN of the queue that this one is the dead-letter queue of
	Attributes map[string]MessageAttribute `json:"attributes,omitempty"`
	body       []byte
}

// encode gives the record's bytes: the length of the JSON, the JSON, the body.
func (r record) encode() ([]byte, error) {
	head, err := json.Marshal(r)
	if err != nil {
		return nil, err
	}
	b := make([]byte, 0, binary.MaxVarintLen64+len(head)+len(r.body))
	b = binary.AppendUvarint(b, uint64(len(head)))
	b = append(b, head...)
	return append(b, r.body...), nil
}

var errDamaged = errors.New("the record is damaged")

// decodeRecord reads a record; its body is a part of b.
func decodeRecord(b []byte) (record, error) {
	length, n := binary.Uvarint(b)
	if n <= 0 || length > uint64(len(b)-n) {
		return record{}, errDamaged
	}
	var r record
	if err := json.Unmarshal(b[n:n+int(length)], &r); err != nil {
		return record{}, fmt.Errorf("%w: %w", errDamaged, err)
	}
	r.body = b[n+int(length):]
	return r, nil
}

// receipts counts how often a message was received.
type receipts struct {
	count int
	first time.Time
}

func (r receipts) encode() []byte {
	b := binary.BigEndian.AppendUint64(nil, uint64(r.count))
	return binary.BigEndian.AppendUint64(b, uint64(r.first.UnixMilli()))
}

// decodeReceipts reads receipts; a message without any was never received.
func decodeReceipts(b []byte) receipts {
	if len(b) != 16 {
		return receipts{}
	}
	return receipts{
		count: int(binary.BigEndian.Uint64(b)),
		first: time.UnixMilli(int64(binary.BigEndian.Uint64(b[8:]))),
	}
}

// putRecord stores a record under a new sequence of the bucket.
func putRecord(b *bbolt.Bucket, r record) (seq uint64, err error) {
	value, err := r.encode()
	if err != nil {
		return 0, err
	}
	if seq, err = b.NextSequence(); err != nil {
		return 0, err
	}
	return seq, b.Put(keyOf(recordKind, seq), value)
}

// getRecord reads a message's record; its body is valid until the transaction ends.
func getRecord(b *bbolt.Bucket, m *message) (record, error) {
	r, err := decodeRecord(b.Get(keyOf(recordKind, m.seq)))
	if err != nil {
		return record{}, fmt.Errorf("read message %s: %w", m.id, err)
	}
	return r, nil
}

// erase removes all that the disk holds of the messages.
func erase(b *bbolt.Bucket, messages []*message) error {
	for _, m := range messages {
		if err := b.Delete(keyOf(recordKind, m.seq)); err != nil {
			return err
		}
		if err := b.Delete(keyOf(receiptsKind, m.seq)); err != nil {
			return err
		}
	}
	return nil
}
