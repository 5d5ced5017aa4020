package lambda

import (
	"encoding/json"
	"fmt"
	"time"

	"acequia/localstack/cloud/lambda/sandbox"
)

// setbackDelay is the wait after an attempt that was none: the function was throttled, or a queue could not be reached.
const setbackDelay = time.Second

// workAsync runs a function's events, one at a time, until the server stops. There are as many of it as the function can
// run at once.
func (s *Server) workAsync(f *function) {
	for {
		key, ok := f.queue.next(s.stopping)
		if !ok {
			return
		}
		if err := s.attempt(f, key); err != nil && s.stopping.Err() == nil {
			s.options.Logger.Warn("an asynchronous invocation is put off", "function", f.Name, "error", err)
			f.queue.wait(key, s.options.Now().Add(setbackDelay))
		}
	}
}

// attempt runs an event once, and removes it, stores it for a retry, or gives it up. After an error it is as it was.
func (s *Server) attempt(f *function, key uint64) error {
	e, err := f.queue.get(key)
	if err != nil {
		return err
	}
	if e.Attempts > f.retries() {
		return s.giveUp(f, key, e, "RetriesExhausted")
	}
	if s.options.Now().Sub(e.Received) > f.eventAge() {
		return s.giveUp(f, key, e, "EventAgeExceeded")
	}
	result, err := s.invoke(s.stopping, f, sandbox.Invocation{RequestID: e.RequestID, Payload: e.Payload})
	if err != nil {
		return err
	}
	if !result.Failed {
		return f.queue.remove(key)
	}
	if err := s.stopping.Err(); err != nil {
		return err // perhaps the function was ended with the server, so this attempt does not count
	}
	e.Attempts++
	e.Response = result.Payload
	s.options.Logger.Warn("an asynchronous invocation failed", "function", f.Name, "request_id", e.RequestID,
		"attempt", e.Attempts, "error", result.Error())
	if e.Attempts <= f.retries() {
		e.Due = s.options.Now().Add(s.retryDelay(e.Attempts))
	}
	return f.queue.update(key, e)
}

func (s *Server) retryDelay(attempts int) time.Duration {
	delays := s.options.RetryDelays
	return s.options.Faults.RetryDelay(delays[min(attempts, len(delays))-1])
}

// giveUp sends an event to where the function's failures go, and removes it. What AWS would drop, for a queue that does
// not take it, is tried again here.
func (s *Server) giveUp(f *function, key uint64, e event, condition string) error {
	s.options.Logger.Error("an asynchronous invocation is given up", "function", f.Name, "request_id", e.RequestID,
		"condition", condition, "dead_letter_queue", f.DeadLetterARN, "destination", f.OnFailureARN)
	if f.OnFailureARN != "" {
		body, err := s.failureRecord(f, e, condition)
		if err != nil {
			return err
		}
		if err := s.options.Queues.Send(s.stopping, f.OnFailureARN, string(body), nil); err != nil {
			return fmt.Errorf("send the event to the on-failure destination: %w", err)
		}
	}
	if f.DeadLetterARN != "" {
		if err := s.options.Queues.Send(s.stopping, f.DeadLetterARN, string(e.Payload), deadLetterAttributes(e)); err != nil {
			return fmt.Errorf("send the event to the dead-letter queue: %w", err)
		}
	}
	return f.queue.remove(key)
}

// deadLetterAttributes are the message attributes of
// https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-retain-records.html#invocation-dlq.
func deadLetterAttributes(e event) map[string]Attribute {
	message := sandbox.Result{Payload: e.Response, Failed: true}.Error()
	return map[string]Attribute{
		"RequestID":    {DataType: "String", StringValue: e.RequestID},
		"ErrorCode":    {DataType: "Number", StringValue: "200"},
		"ErrorMessage": {DataType: "String", StringValue: message[:min(len(message), 1<<10)]},
	}
}

// failureRecord is the record of a failed invocation that a destination receives; see
// https://docs.aws.amazon.com/lambda/latest/dg/invocation-async-retain-records.html#invocation-async-destinations.
func (s *Server) failureRecord(f *function, e event, condition string) ([]byte, error) {
	record := map[string]any{
		"version":   "1.0",
		"timestamp": s.options.Now().UTC().Format("2006-01-02T15:04:05.000Z"),
		"requestContext": map[string]any{
			"requestId": e.RequestID, "functionArn": f.arn + ":$LATEST", "condition": condition,
			"approximateInvokeCount": e.Attempts,
		},
		"requestPayload": json.RawMessage(e.Payload),
	}
	if e.Attempts > 0 {
		record["responseContext"] = map[string]any{
			"statusCode": 200, "executedVersion": "$LATEST", "functionError": "Unhandled",
		}
		record["responsePayload"] = json.RawMessage(e.Response)
	}
	body, err := json.Marshal(record)
	if err != nil {
		return nil, fmt.Errorf("describe the failure of request %s: %w", e.RequestID, err)
	}
	return body, nil
}
