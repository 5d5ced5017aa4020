package queue

import (
	"bytes"
	"encoding/base64"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"slices"
	"time"

	"go.etcd.io/bbolt"

	"acequia/localstack/cloud/sqs/internal/fault"
)

// MoveStatus is how far a message move task is (AWS: ListMessageMoveTasks).
type MoveStatus string

// The states of a task. The last three are final.
const (
	MoveRunning    MoveStatus = "RUNNING"
	MoveCancelling MoveStatus = "CANCELLING"
	MoveCancelled  MoveStatus = "CANCELLED"
	MoveCompleted  MoveStatus = "COMPLETED"
	MoveFailed     MoveStatus = "FAILED"
)

// MoveTask is a task that moves a dead-letter queue's messages elsewhere.
type MoveTask struct {
	ID string
	// SourceARN is the dead-letter queue's; DestinationARN is empty where each message goes back to the queue that it died in.
	SourceARN      string
	DestinationARN string
	// PerSecond is how many messages move in a second; 0 means as many as go.
	PerSecond int
	Started   time.Time
	// ToMove counts the messages that were visible at the start, Moved those that have been moved.
	ToMove, Moved int
	Status        MoveStatus
	// FailureReason is AWS's code of what ended a failed task.
	FailureReason string
	// Last is the sequence of the queue's newest message at the start: what dies later is not moved, or a message that dies
	// again and again would keep the task going for ever.
	Last uint64
	// number is the task's key on the disk.
	number uint64
}

// moveTaskLimit is how many tasks of a queue are remembered, as many as AWS lists.
const moveTaskLimit = 10

func (t *MoveTask) active() bool { return t.Status == MoveRunning || t.Status == MoveCancelling }

func (t *MoveTask) put(b *bbolt.Bucket) error {
	value, err := json.Marshal(t)
	if err != nil {
		return err
	}
	return b.Put(keyOf(moveTaskKind, t.number), value)
}

// moveTaskHandle is what a task's handle says, as on AWS.
type moveTaskHandle struct {
	TaskID    string `json:"taskId"`
	SourceARN string `json:"sourceArn"`
}

// Handle names the task to CancelMove.
func (t *MoveTask) Handle() string {
	// Strings can be encoded.
	b, _ := json.Marshal(moveTaskHandle{t.ID, t.SourceARN})
	return base64.StdEncoding.EncodeToString(b)
}

// loadMoveTasks reads a queue's tasks, the oldest first.
func (q *queue) loadMoveTasks(b *bbolt.Bucket) error {
	c := b.Cursor()
	prefix := []byte{moveTaskKind}
	for k, v := c.Seek(prefix); bytes.HasPrefix(k, prefix); k, v = c.Next() {
		t := &MoveTask{number: binary.BigEndian.Uint64(k[1:])}
		if err := json.Unmarshal(v, t); err != nil {
			return fmt.Errorf("queue %s, message move task %x: %w", q.name, k, err)
		}
		q.moveTasks = append(q.moveTasks, t)
	}
	return nil
}

// putMoveTasks writes a queue's tasks where all keys were removed. The sequence goes on, as tasks refer to it.
func (q *queue) putMoveTasks(b *bbolt.Bucket, sequence uint64) error {
	if err := b.SetSequence(sequence); err != nil {
		return err
	}
	for _, t := range q.moveTasks {
		if err := t.put(b); err != nil {
			return err
		}
	}
	return nil
}

// StartMove starts a task that moves the messages of a dead-letter queue. Both queues are named by ARN; an empty destination
// means that each message goes back to where it died. perSecond is from 1 to 500, or 0 for as fast as it goes.
func (s *Store) StartMove(source, destination string, perSecond int) (MoveTask, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	q, err := s.moveSource(source)
	if err != nil {
		return MoveTask{}, err
	}
	if err := s.checkMove(q, source, destination); err != nil {
		return MoveTask{}, err
	}
	t := &MoveTask{
		ID: NewID(), SourceARN: source, DestinationARN: destination, PerSecond: perSecond, Started: s.now(),
		ToMove: q.ready.size, Status: MoveRunning,
	}
	forgotten := max(0, len(q.moveTasks)+1-moveTaskLimit)
	err = s.write(q, func(b *bbolt.Bucket) error {
		t.Last = b.Sequence()
		if t.number, err = b.NextSequence(); err != nil {
			return err
		}
		for _, old := range q.moveTasks[:forgotten] {
			if err := b.Delete(keyOf(moveTaskKind, old.number)); err != nil {
				return err
			}
		}
		return t.put(b)
	})
	if err != nil {
		return MoveTask{}, fmt.Errorf("start to move messages: %w", err)
	}
	q.moveTasks = append(slices.Clone(q.moveTasks[forgotten:]), t)
	s.work.Go(func() { s.move(q, t) })
	return *t, nil
}

// moveSource gives the queue of this ARN.
func (s *Store) moveSource(arn string) (*queue, error) {
	if s.ARN(NameOf(arn)) != arn || s.queues[NameOf(arn)] == nil {
		return nil, fault.ResourceNotFound("SourceArn")
	}
	q, _, err := s.current(NameOf(arn))
	return q, err
}

// checkMove tells why messages cannot be moved, in AWS's words.
func (s *Store) checkMove(q *queue, source, destination string) error {
	isDeadLetterQueue := false
	for _, other := range s.queues {
		isDeadLetterQueue = isDeadLetterQueue || s.deadLetters(other) == q
	}
	switch {
	case !isDeadLetterQueue:
		return fault.InvalidValue("Source queue must be configured as a Dead Letter Queue.")
	case destination == source:
		return fault.InvalidValue("Source queue and destination queue must not be the same.")
	case destination != "" && (s.ARN(NameOf(destination)) != destination || s.queues[NameOf(destination)] == nil):
		return fault.ResourceNotFound("DestinationArn")
	case slices.ContainsFunc(q.moveTasks, (*MoveTask).active):
		return fault.InvalidValue("There is already a task running. " +
			"Only one active task is allowed for a source queue arn at a given time.")
	}
	return nil
}

// CancelMove ends a task before it is through, and tells how many messages it has moved: those stay where they are.
func (s *Store) CancelMove(handle string) (moved int, err error) {
	var named moveTaskHandle
	b, err := base64.StdEncoding.DecodeString(handle)
	if err == nil {
		err = json.Unmarshal(b, &named)
	}
	if err != nil {
		return 0, fault.InvalidValue("Value for parameter TaskHandle is invalid.")
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	q, err := s.moveSource(named.SourceARN)
	if err != nil {
		return 0, err
	}
	i := slices.IndexFunc(q.moveTasks, func(t *MoveTask) bool { return t.ID == named.TaskID })
	if i < 0 {
		return 0, fault.TaskDoesNotExist()
	}
	t := q.moveTasks[i]
	if t.Status != MoveRunning {
		return 0, fault.TaskNotRunning()
	}
	next := *t
	next.Status = MoveCancelling
	if err := s.write(q, next.put); err != nil {
		return 0, fmt.Errorf("cancel the move of messages: %w", err)
	}
	*t = next
	return t.Moved, nil
}

// Moves gives up to limit tasks of the queue of this ARN, the newest first.
func (s *Store) Moves(source string, limit int) ([]MoveTask, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	q, err := s.moveSource(source)
	if err != nil {
		return nil, err
	}
	var newest []MoveTask
	for i := len(q.moveTasks) - 1; i >= 0 && len(newest) < limit; i-- {
		newest = append(newest, *q.moveTasks[i])
	}
	return newest, nil
}
