package lambda

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"acequia/localstack/cloud/internal/uuid"
	"acequia/localstack/cloud/lambda/sandbox"
)

// receiveWait is how long a poller waits for a message at a time.
const receiveWait = 20 * time.Second

// poll receives batches and has them handled, one after another, until the server stops.
func (s *Server) poll(m *mapping) {
	for s.stopping.Err() == nil {
		batch, err := s.collect(m)
		if err != nil {
			if s.stopping.Err() == nil {
				s.options.Logger.Warn("an event source mapping cannot receive", "queue", m.QueueARN, "error", err)
				s.pause(setbackDelay)
			}
			continue
		}
		for _, part := range payloads(batch) {
			s.handle(m, part)
		}
	}
}

func (s *Server) pause(d time.Duration) {
	select {
	case <-s.stopping.Done():
	case <-time.After(d):
	}
}

// collect receives a batch: what the first answer holds, or if there is a window, what comes until it ends.
func (s *Server) collect(m *mapping) ([]Message, error) {
	batch, err := s.options.Queues.Receive(s.stopping, m.QueueARN, min(m.BatchSize, 10), receiveWait)
	if err != nil || len(batch) == 0 {
		return nil, err
	}
	end := time.Now().Add(m.Window)
	for len(batch) < m.BatchSize && time.Until(end) > 0 {
		more, err := s.options.Queues.Receive(s.stopping, m.QueueARN, min(m.BatchSize-len(batch), 10), time.Until(end))
		if err != nil {
			return nil, err // what was received comes back when its visibility timeout ends
		}
		batch = append(batch, more...)
	}
	return batch, nil
}

// handle invokes the function with a batch and deletes the messages that it handled. The others become visible again when
// their visibility timeout ends.
func (s *Server) handle(m *mapping, batch []Message) {
	m.inFlight.Add(1)
	defer m.inFlight.Add(-1)
	handled, err := s.invokeBatch(m, batch)
	if err != nil {
		m.failed.Add(1)
		s.options.Logger.Warn("a batch failed", "queue", m.QueueARN, "function", m.function.Name,
			"messages", len(batch), "error", err)
	}
	if len(handled) == 0 {
		return
	}
	// What was handled is deleted even while the server stops.
	if err := s.options.Queues.Delete(context.WithoutCancel(s.stopping), m.QueueARN, handled); err != nil {
		s.options.Logger.Warn("messages that were handled cannot be deleted, and will come again", "queue", m.QueueARN, "error", err)
	}
}

// invokeBatch gives the receipt handles of the messages that were handled; the error says why none was.
func (s *Server) invokeBatch(m *mapping, batch []Message) (handled []string, err error) {
	payload, err := json.Marshal(sqsEvent(batch, m.QueueARN, s.options.Region))
	if err != nil {
		return nil, fmt.Errorf("make an SQS event: %w", err)
	}
	result, err := s.invokeUnthrottled(m.function, payload)
	switch {
	case err != nil:
		return nil, err
	case result.Failed:
		return nil, errors.New(result.Error())
	case m.ReportBatchItemFailures:
		return withoutFailures(batch, result.Payload)
	}
	return withoutFailures(batch, nil)
}

// invokeUnthrottled tries again while the function's reserved concurrency is used up, for as long as an invocation may last.
func (s *Server) invokeUnthrottled(f *function, payload []byte) (sandbox.Result, error) {
	deadline := time.Now().Add(f.Timeout)
	for {
		result, err := s.invoke(s.stopping, f, sandbox.Invocation{RequestID: uuid.New(), Payload: payload})
		if !errors.Is(err, sandbox.ErrThrottled) || time.Now().After(deadline) {
			return result, err
		}
		s.pause(setbackDelay / 4)
	}
}
