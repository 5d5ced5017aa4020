package lambda

import (
	"fmt"
	"regexp"
	"strings"
	"time"

	"acequia/localstack/cloud/lambda/sandbox"
)

// Function is a function's configuration.
type Function struct {
	Name        string
	Description string
	Runtime     string
	Handler     string
	// Binary is the path of the executable, which need not exist before the first invocation.
	Binary string
	// MemorySize is in MB.
	MemorySize int
	Timeout    time.Duration
	// Reserved is ReservedConcurrentExecutions; nil reserves nothing.
	Reserved    *int
	Environment map[string]string
	// DeadLetterARN and OnFailureARN name SQS queues for the asynchronous invocations that failed; empty means none.
	DeadLetterARN string
	OnFailureARN  string
	// MaxRetries is MaximumRetryAttempts of asynchronous invocations; nil means AWS's default, 2.
	MaxRetries *int
	// MaxEventAge bounds how long an asynchronous invocation is tried; 0 means AWS's default, 6 hours.
	MaxEventAge time.Duration
}

// The defaults of https://docs.aws.amazon.com/lambda/latest/api/API_PutFunctionEventInvokeConfig.html.
const (
	defaultRetries  = 2
	defaultEventAge = 6 * time.Hour
)

func (f *Function) retries() int {
	if f.MaxRetries == nil {
		return defaultRetries
	}
	return *f.MaxRetries
}

func (f *Function) eventAge() time.Duration {
	if f.MaxEventAge == 0 {
		return defaultEventAge
	}
	return f.MaxEventAge
}

// function is a function with what runs it.
type function struct {
	Function
	arn   string
	pool  *sandbox.Pool
	queue *eventQueue
}

// functionName is any of the forms that AWS takes for a function's name: name, account:function:name or ARN, each with or
// without a qualifier.
var functionName = regexp.MustCompile(`^(?:(?:arn:[^:]+:lambda:[^:]+:)?\d{12}:function:|function:)?([a-zA-Z0-9_-]+)(?::([^:]+))?$`)

// find gives the function with the name, which may be an ARN and carry a qualifier. The error is an [*apiError].
func (s *Server) find(name string) (*function, error) {
	match := functionName.FindStringSubmatch(name)
	if match == nil {
		return nil, &apiError{400, "InvalidParameterValueException", fmt.Sprintf("%q is not a function's name or ARN.", name)}
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	f, ok := s.functions[match[1]]
	if !ok || (match[2] != "" && match[2] != "$LATEST") {
		arn := strings.TrimSuffix(s.arn(match[1])+":"+match[2], ":")
		return nil, &apiError{404, "ResourceNotFoundException", "Function not found: " + arn}
	}
	return f, nil
}

func (s *Server) arn(name string) string {
	return fmt.Sprintf("arn:aws:lambda:%s:%s:function:%s", s.options.Region, s.options.AccountID, name)
}
