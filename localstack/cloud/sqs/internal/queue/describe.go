package queue

import (
	"fmt"
	"maps"
	"time"
)

// Depths counts a queue's messages.
type Depths struct {
	Visible, InFlight, Delayed int
}

// Depths counts the queue's messages as they are now.
func (s *Store) Depths(name string) (Depths, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	q, _, err := s.current(name)
	if err != nil {
		return Depths{}, err
	}
	return q.depths(), nil
}

func (q *queue) depths() Depths {
	return Depths{Visible: q.ready.size, InFlight: q.hidden.Len() - q.delayed, Delayed: q.delayed}
}

// Attributes gives all attributes of a queue: those that can be set, and what the queue says of itself. Times are seconds
// since 1970.
func (s *Store) Attributes(name string) (map[string]string, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	q, _, err := s.current(name)
	if err != nil {
		return nil, err
	}
	depths := q.depths()
	all := s.settable(q)
	maps.Copy(all, map[string]string{
		"ApproximateNumberOfMessages":           fmt.Sprint(depths.Visible),
		"ApproximateNumberOfMessagesDelayed":    fmt.Sprint(depths.Delayed),
		"ApproximateNumberOfMessagesNotVisible": fmt.Sprint(depths.InFlight),
		"CreatedTimestamp":                      unix(q.meta.Created),
		"LastModifiedTimestamp":                 unix(q.meta.Modified),
		"QueueArn":                              s.ARN(name),
	})
	return all, nil
}

// settable gives the attributes that can be set, with the defaults of those that were not.
func (s *Store) settable(q *queue) map[string]string {
	all := map[string]string{"SqsManagedSseEnabled": "true"}
	for name, limits := range numeric {
		all[name] = fmt.Sprint(limits.standard)
	}
	for name, value := range q.meta.Attributes {
		if value != "" {
			all[name] = value
		}
	}
	return all
}

func unix(t time.Time) string { return fmt.Sprint(t.Unix()) }
