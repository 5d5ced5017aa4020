package lambda

import (
	"cmp"
	"errors"
	"fmt"
	"sync/atomic"
	"time"

	"acequia/localstack/cloud/internal/uuid"
)

// Mapping is the configuration of an event source mapping from an SQS queue to a function.
type Mapping struct {
	QueueARN string
	// Function is the function's name or ARN.
	Function string
	// BatchSize is the most messages in a batch: 1 to 10, or to 10,000 with a Window; 10 by default.
	BatchSize int
	// Window is how long messages are gathered until a batch is full, up to 300 s.
	Window time.Duration
	// MaximumConcurrency bounds the batches that are handled at once: 2 to 1,000, or 0 for no bound but the function's own.
	MaximumConcurrency int
	// ReportBatchItemFailures tells that the function answers with the messages that failed.
	ReportBatchItemFailures bool
	Disabled                bool
}

// check holds a mapping to the limits of https://docs.aws.amazon.com/lambda/latest/api/API_CreateEventSourceMapping.html.
func (m *Mapping) check() error {
	switch {
	case m.BatchSize < 1 || m.BatchSize > 10_000:
		return fmt.Errorf("BatchSize %d is not from 1 to 10000", m.BatchSize)
	case m.BatchSize > 10 && m.Window < time.Second:
		return errors.New("a BatchSize of more than 10 needs a MaximumBatchingWindowInSeconds of at least 1")
	case m.Window < 0 || m.Window > 300*time.Second:
		return errors.New("MaximumBatchingWindowInSeconds is not from 0 to 300")
	case m.MaximumConcurrency != 0 && (m.MaximumConcurrency < 2 || m.MaximumConcurrency > 1000):
		return fmt.Errorf("MaximumConcurrency %d is not from 2 to 1000", m.MaximumConcurrency)
	}
	return nil
}

// mapping is a mapping at work.
type mapping struct {
	Mapping
	id       string
	function *function
	added    time.Time
	// inFlight counts the batches that are being handled, failed those that failed as a whole.
	inFlight, failed atomic.Int64
}

// AddMapping adds a mapping to a function that was added before. Its pollers begin with [Server.Start].
func (s *Server) AddMapping(m Mapping) (id string, err error) {
	m.BatchSize = cmp.Or(m.BatchSize, 10)
	if err := m.check(); err != nil {
		return "", fmt.Errorf("map %s to %s: %w", m.QueueARN, m.Function, err)
	}
	f, err := s.find(m.Function)
	if err != nil {
		return "", fmt.Errorf("map %s to %s: %w", m.QueueARN, m.Function, err)
	}
	added := &mapping{Mapping: m, id: uuid.Of(m.QueueARN + " " + f.arn), function: f, added: s.options.Now()}
	s.mu.Lock()
	defer s.mu.Unlock()
	s.mappings = append(s.mappings, added)
	return added.id, nil
}

// pollers is how many batches of the mapping may be handled at once.
func (m *mapping) pollers() int {
	if m.Disabled {
		return 0
	}
	return min(cmp.Or(m.MaximumConcurrency, m.function.pool.Width()), m.function.pool.Width())
}

func (m *mapping) state() string {
	if m.Disabled {
		return "Disabled"
	}
	return "Enabled"
}

func (s *Server) allMappings() []*mapping {
	s.mu.Lock()
	defer s.mu.Unlock()
	return s.mappings
}
