package lambda

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"

	"acequia/localstack/cloud/faults"
	"acequia/localstack/cloud/internal/uuid"
	"acequia/localstack/cloud/lambda/sandbox"
)

// maxEventPayload bounds the payload of an asynchronous invocation in bytes.
const maxEventPayload = 1 << 20

// Invoke runs a function, named by its name or ARN, and waits for its result. A function that fails is a result; an error
// says that it did not run.
func (s *Server) Invoke(ctx context.Context, name string, payload []byte) (sandbox.Result, error) {
	f, err := s.find(name)
	if err != nil {
		return sandbox.Result{}, err
	}
	return s.invoke(ctx, f, sandbox.Invocation{RequestID: uuid.New(), Payload: payload})
}

// InvokeAsync stores an event for a function, named by its name or ARN, and gives the id of the request that will run it.
func (s *Server) InvokeAsync(_ context.Context, name string, payload []byte) (requestID string, err error) {
	f, err := s.find(name)
	if err != nil {
		return "", err
	}
	requestID = uuid.New()
	return requestID, s.invokeAsync(f, requestID, payload)
}

func (s *Server) invoke(ctx context.Context, f *function, in sandbox.Invocation) (sandbox.Result, error) {
	if err := checkPayload(in.Payload, sandbox.MaxPayload); err != nil {
		return sandbox.Result{}, err
	}
	result, err := f.pool.Invoke(ctx, in)
	switch {
	case errors.Is(err, sandbox.ErrThrottled):
		return result, fmt.Errorf("%w: %w", &apiError{429, "TooManyRequestsException", "Rate Exceeded."}, err)
	case errors.Is(err, sandbox.ErrClosed):
		return result, fmt.Errorf("%w: %w", &apiError{503, "ServiceException", "The local cloud is stopping."}, err)
	}
	return result, err
}

func (s *Server) invokeAsync(f *function, requestID string, payload []byte) error {
	if err := checkPayload(payload, maxEventPayload); err != nil {
		return err
	}
	e := event{RequestID: requestID, Received: s.options.Now(), Payload: orEmptyObject(payload)}
	if err := f.queue.add(e); err != nil {
		return err
	}
	if _, happens := s.options.Faults.Draw(faults.InvocationDoubled); happens {
		return f.queue.add(e)
	}
	return nil
}

// Caller finds the process that signs its requests with an access key; see [sandbox.Pool.Caller].
func (s *Server) Caller(accessKey string) (kill func(), found bool) {
	for _, f := range s.sorted() {
		if kill, found = f.pool.Caller(accessKey); found {
			return kill, true
		}
	}
	return nil, false
}

func checkPayload(payload []byte, limit int) error {
	if len(payload) > limit {
		message := fmt.Sprintf("Request must be smaller than %d bytes for the InvokeFunction operation", limit)
		return &apiError{413, "RequestTooLargeException", message}
	}
	if len(payload) > 0 && !json.Valid(payload) {
		return &apiError{400, "InvalidRequestContentException", "Could not parse request body into json: it is not valid JSON."}
	}
	return nil
}

// orEmptyObject gives what a function sees when it is invoked without a payload.
func orEmptyObject(payload []byte) []byte {
	if len(payload) == 0 {
		return []byte("{}")
	}
	return payload
}
