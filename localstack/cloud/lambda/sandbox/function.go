package sandbox

import (
	"encoding/json"
	"errors"
	"fmt"
	"time"
)

// Function is what the sandbox must know of a function.
type Function struct {
	Name string
	ARN  string
	// Binary is the path of the executable that speaks the Runtime API: "bootstrap" in the function's package.
	Binary  string
	Handler string
	// MemorySize is in MB, as AWS counts: 1 MB is 2^20 bytes.
	MemorySize int
	Timeout    time.Duration
	// Reserved is ReservedConcurrentExecutions; nil reserves nothing, 0 keeps the function from running at all.
	Reserved *int
	// Variables are the environment variables of the function's configuration.
	Variables map[string]string
}

// Invocation is one call of a function.
type Invocation struct {
	RequestID string
	Payload   []byte
	// ClientContext is JSON that the caller passes beside the payload; most pass none.
	ClientContext string
}

// Result is how an invocation ended.
type Result struct {
	// Payload is the function's response, or if Failed a JSON object with errorType and errorMessage.
	Payload []byte
	Failed  bool
	// LogTail holds the last 4 KB of the invocation's log.
	LogTail []byte

	report report
}

// Error gives what the function's error says, for a person; empty if the invocation did not fail.
func (r Result) Error() string {
	if !r.Failed {
		return ""
	}
	var f failure
	if err := json.Unmarshal(r.Payload, &f); err != nil || f.Type == "" {
		return string(r.Payload)
	}
	return f.Type + ": " + f.Message
}

// ErrThrottled says that the function runs as often at once as its reserved concurrency allows.
var ErrThrottled = errors.New("the function's reserved concurrency is used up")

// ErrClosed says that the pool takes no more invocations.
var ErrClosed = errors.New("the local cloud is stopping")

// MaxPayload is the largest payload in bytes, either way, of a synchronous invocation.
const MaxPayload = 6 << 20

// The error types that Lambda itself gives.
const (
	errorTimeout    = "Sandbox.Timedout"
	errorExit       = "Runtime.ExitError"
	errorMemory     = "Runtime.OutOfMemory"
	errorEntrypoint = "Runtime.InvalidEntrypoint"
	errorTooLarge   = "Function.ResponseSizeTooLarge"
)

// failure is the payload of an invocation that failed.
type failure struct {
	Type    string `json:"errorType"`
	Message string `json:"errorMessage"`
}

// outcome is an invocation's end before it is reported.
type outcome struct {
	payload []byte
	// failed is the error's type; empty means success.
	failed string
	// note is Lambda's own line in the log about the failure.
	note string
}

// failedOutcome is the outcome of an invocation that Lambda itself ended.
func failedOutcome(requestID, errorType, message string) outcome {
	message = fmt.Sprintf("RequestId: %s Error: %s", requestID, message)
	// Marshalling two strings cannot fail.
	payload, _ := json.Marshal(failure{errorType, message})
	return outcome{payload: payload, failed: errorType, note: message + " " + errorType}
}
