// Package testfunction is a Lambda function for the local cloud's tests: commands in, a bootstrap that obeys them out.
package testfunction

import (
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"testing"
)

// Command is the function's payload, or with the handler "batch" the body of an SQS message: what to do.
type Command struct {
	// Do is "echo" (the default), "environment", "sleep", "allocate", "peak" (allocate, and give back), "exit", "panic",
	// "fail", "print" or "respond".
	Do string `json:"do,omitempty"`
	// Text is what to print, to respond with as it is, or to say as an error.
	Text string `json:"text,omitempty"`
	// Amount is in milliseconds to sleep, MB to allocate, bytes to respond with, or an exit status.
	Amount int `json:"amount,omitempty"`
	// Note names a file that gets a line for each invocation: the process's id and the payload. The environment variable
	// NOTE does so for all invocations.
	Note string `json:"note,omitempty"`
}

// JSON gives the command as a payload.
func (c Command) JSON() []byte {
	b, _ := json.Marshal(c) // strings and a number can be encoded
	return b
}

// build builds the function into dir, which then is its CodeUri, and gives the path of its bootstrap.
func build(dir string) (bootstrap string, err error) {
	bootstrap = filepath.Join(dir, "bootstrap")
	out, err := exec.Command("go", "build", "-tags", "lambda.norpc", "-ldflags", "-s -w", "-o", bootstrap,
		"acequia/localstack/cloud/internal/testfunction/bootstrap").CombinedOutput()
	if err != nil {
		return "", fmt.Errorf("build the test function: %w\n%s", err, out)
	}
	return bootstrap, nil
}

// Run builds the function into a folder of its own, puts the path of its bootstrap there, and runs the tests. It gives the
// status to exit with.
func Run(m *testing.M, bootstrap *string) int {
	dir, err := os.MkdirTemp("", "testfunction")
	if err == nil {
		defer os.RemoveAll(dir)
		*bootstrap, err = build(dir)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		return 1
	}
	return m.Run()
}
