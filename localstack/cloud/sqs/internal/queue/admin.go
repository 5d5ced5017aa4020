package queue

import (
	"fmt"
	"maps"
	"regexp"
	"strings"

	"go.etcd.io/bbolt"

	"acequia/localstack/cloud/sqs/internal/fault"
)

var queueName = regexp.MustCompile(`^[A-Za-z0-9_-]{1,80}$`)

func checkName(name string) error {
	if strings.HasSuffix(name, ".fifo") {
		return fault.Unsupported("CreateQueue of the FIFO queue "+name, "it has standard queues only. Choose a name without .fifo.")
	}
	if !queueName.MatchString(name) {
		return fault.InvalidParameter("QueueName", name,
			"Can only include alphanumeric characters, hyphens, or underscores. 1 to 80 in length.")
	}
	return nil
}

// Create makes a queue. If one of this name exists already with the same values of the given attributes, that one is meant.
func (s *Store) Create(name string, attributes, tags map[string]string) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if q := s.queues[name]; q != nil {
		have := s.settable(q)
		for attribute, value := range attributes {
			if have[attribute] != value {
				return fault.QueueNameExists(name, attribute)
			}
		}
		return nil
	}
	if err := s.checkTarget(name, attributes); err != nil {
		return err
	}
	return s.create(name, attributes, tags)
}

func (s *Store) create(name string, attributes, tags map[string]string) error {
	if err := checkName(name); err != nil {
		return err
	}
	set, err := parseSettings(attributes)
	if err != nil {
		return err
	}
	now := s.now()
	m := meta{Attributes: maps.Clone(attributes), Tags: maps.Clone(tags), Created: now, Modified: now}
	err = s.db.Update(func(tx *bbolt.Tx) error { return putQueue(tx, name, m) })
	if err != nil {
		return fmt.Errorf("create queue %s: %w", name, err)
	}
	s.queues[name] = newQueue(name, m, set, s.onAlarm)
	return nil
}

// checkTarget tells whether the dead-letter queue exists that the attributes of the queue name give, as AWS asks.
func (s *Store) checkTarget(name string, attributes map[string]string) error {
	p, err := parseRedrive(attributes[redriveAttribute])
	if p == nil || err != nil {
		return err
	}
	target := NameOf(p.TargetARN)
	if s.queues[target] == nil || target == name {
		return fault.InvalidParameter(redriveAttribute, attributes[redriveAttribute], "Dead letter target does not exist.")
	}
	return nil
}

// Ensure makes sure that a queue exists and has these attributes, and AWS's defaults for all others. Its messages and tags
// stay. The dead-letter queue may come later.
func (s *Store) Ensure(name string, attributes map[string]string) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	q := s.queues[name]
	if q == nil {
		return s.create(name, attributes, nil)
	}
	return s.modify(q, func(m *meta) { m.Attributes = maps.Clone(attributes) })
}

// SetAttributes changes the given attributes of a queue.
func (s *Store) SetAttributes(name string, attributes map[string]string) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	q, err := s.find(name)
	if err != nil {
		return err
	}
	if err := s.checkTarget(name, attributes); err != nil {
		return err
	}
	return s.modify(q, func(m *meta) { m.Attributes = merged(m.Attributes, attributes) })
}

// modify changes what is kept of the queue itself.
func (s *Store) modify(q *queue, change func(*meta)) error {
	m := q.meta
	change(&m)
	set, err := parseSettings(m.Attributes)
	if err != nil {
		return err
	}
	m.Modified = s.now()
	if err := s.write(q, m.put); err != nil {
		return fmt.Errorf("modify: %w", err)
	}
	q.meta, q.settings = m, set
	return nil
}

func merged(a, b map[string]string) map[string]string {
	all := map[string]string{}
	maps.Copy(all, a)
	maps.Copy(all, b)
	return all
}

// Drop removes a queue with its messages. Receivers that wait are told that it does not exist.
func (s *Store) Drop(name string) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	q, err := s.find(name)
	if err != nil {
		return err
	}
	if err := s.db.Update(func(tx *bbolt.Tx) error { return tx.DeleteBucket([]byte(name)) }); err != nil {
		return fmt.Errorf("delete queue %s: %w", name, err)
	}
	delete(s.queues, name)
	q.alarm.Stop()
	q.receivers.wake(len(q.receivers.waiting))
	return nil
}

// Purge removes all messages of a queue, those in flight too.
func (s *Store) Purge(name string) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	q, err := s.find(name)
	if err != nil {
		return err
	}
	err = s.db.Update(func(tx *bbolt.Tx) error {
		sequence := tx.Bucket([]byte(name)).Sequence()
		if err := tx.DeleteBucket([]byte(name)); err != nil {
			return err
		}
		if err := putQueue(tx, name, q.meta); err != nil {
			return err
		}
		return q.putMoveTasks(tx.Bucket([]byte(name)), sequence)
	})
	if err != nil {
		return fmt.Errorf("purge queue %s: %w", name, err)
	}
	q.clear()
	return nil
}
