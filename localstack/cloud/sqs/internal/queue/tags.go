package queue

import "maps"

// Tags gives the queue's tags.
func (s *Store) Tags(name string) (map[string]string, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	q, err := s.find(name)
	if err != nil {
		return nil, err
	}
	return maps.Clone(q.meta.Tags), nil
}

// Retag sets some of the queue's tags and removes others.
func (s *Store) Retag(name string, set map[string]string, remove []string) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	q, err := s.find(name)
	if err != nil {
		return err
	}
	return s.modify(q, func(m *meta) {
		m.Tags = merged(m.Tags, set)
		for _, key := range remove {
			delete(m.Tags, key)
		}
	})
}
