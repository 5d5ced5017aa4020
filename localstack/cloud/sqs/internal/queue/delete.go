package queue

import (
	"fmt"
	"slices"
	"time"

	"go.etcd.io/bbolt"

	"acequia/localstack/cloud/sqs/internal/fault"
)

// Delete removes the messages whose last receipts these are, visible again or not, all in one transaction. A receipt that
// is not the last, because the message was received again or is gone, is passed over: AWS too answers that such a request
// has succeeded, and leaves the message (AWS: DeleteMessage, ReceiptHandle).
func (s *Store) Delete(name string, of ...Receipt) error {
	return s.delete(name, of, func(*queue, *message, time.Time) bool { return false })
}

// DeleteDelivered is Delete for what Lambda has received with Want.Delivery: faults may happen.
func (s *Store) DeleteDelivered(name string, of ...Receipt) error {
	return s.delete(name, of, s.harmDeletion)
}

// delete removes the messages that spare does not spare.
func (s *Store) delete(name string, of []Receipt, spare func(*queue, *message, time.Time) bool) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	q, now, err := s.current(name)
	if err != nil {
		return err
	}
	messages := slices.DeleteFunc(q.messages(of), func(m *message) bool { return spare(q, m, now) })
	if len(messages) == 0 {
		return nil
	}
	if err := s.write(q, func(b *bbolt.Bucket) error { return erase(b, messages) }); err != nil {
		return fmt.Errorf("delete: %w", err)
	}
	for _, m := range messages {
		q.remove(m)
	}
	q.settle(now)
	return nil
}

// messages gives the messages whose last receipts these are, each once.
func (q *queue) messages(of []Receipt) []*message {
	var messages []*message
	seen := map[*message]bool{}
	for _, r := range of {
		if m := q.message(r); m != nil && !seen[m] {
			seen[m] = true
			messages = append(messages, m)
		}
	}
	return messages
}

// maxVisibility is AWS's limit of a visibility timeout.
const maxVisibility = 12 * time.Hour

// ChangeVisibility makes a message in flight visible after d from now, at once if d is 0. The change is kept in memory
// only: a restart makes the message visible anyway.
func (s *Store) ChangeVisibility(name string, r Receipt, d time.Duration) error {
	if err := CheckVisibility(d); err != nil {
		return err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	q, now, err := s.current(name)
	if err != nil {
		return err
	}
	m := q.message(r)
	switch {
	case m == nil:
		return fault.InvalidParameter("ReceiptHandle", r.String(),
			"Message does not exist or is not available for visibility timeout change.")
	case !m.hidden:
		return fault.MessageNotInflight()
	}
	q.hide(m, now.Add(s.faults.Visibility(d)))
	q.settle(now)
	return nil
}

// CheckVisibility tells whether d can be a visibility timeout.
func CheckVisibility(d time.Duration) error {
	if d < 0 || d > maxVisibility {
		return fault.InvalidParameter("VisibilityTimeout", seconds(d), "Must be from 0 to 43200.")
	}
	return nil
}
