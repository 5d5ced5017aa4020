package queue

import (
	"slices"
	"strings"
)

// Names gives the names of the queues that start with prefix, sorted.
func (s *Store) Names(prefix string) []string {
	return s.names(func(q *queue) bool { return strings.HasPrefix(q.name, prefix) })
}

// Sources gives the names of the queues whose dead-letter queue this is, sorted.
func (s *Store) Sources(name string) ([]string, error) {
	s.mu.Lock()
	_, err := s.find(name)
	s.mu.Unlock()
	if err != nil {
		return nil, err
	}
	return s.names(func(q *queue) bool { return q.redrive != nil && NameOf(q.redrive.TargetARN) == name }), nil
}

func (s *Store) names(which func(*queue) bool) []string {
	s.mu.Lock()
	defer s.mu.Unlock()
	var names []string
	for name, q := range s.queues {
		if which(q) {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	return names
}
