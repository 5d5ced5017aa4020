// Command bootstrap is a Lambda function that does what its payload says.
package main

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"runtime"
	"runtime/debug"
	"strings"
	"time"

	"github.com/aws/aws-lambda-go/lambda"
	"github.com/aws/aws-lambda-go/lambdacontext"

	"acequia/localstack/cloud/internal/testfunction"
)

func main() {
	switch os.Getenv("_HANDLER") {
	case "broken":
		fmt.Fprintln(os.Stderr, "the initialization failed")
		os.Exit(7)
	case "batch":
		lambda.Start(batch)
	default:
		lambda.Start(single)
	}
}

// failedError has a name of its own, which Lambda reports.
type failedError struct{ text string }

// Error gives the text.
func (e *failedError) Error() string { return e.text }

func single(ctx context.Context, payload json.RawMessage) (any, error) {
	var c testfunction.Command
	if err := json.Unmarshal(payload, &c); err != nil {
		return nil, err
	}
	if path := cmp.Or(c.Note, os.Getenv("NOTE")); path != "" {
		if err := note(path, payload); err != nil {
			return nil, err
		}
	}
	return obey(ctx, c, payload)
}

// hoard keeps what was allocated from being collected.
var hoard [][]byte

func obey(ctx context.Context, c testfunction.Command, payload json.RawMessage) (any, error) {
	switch c.Do {
	case "environment":
		return environment(ctx), nil
	case "sleep":
		time.Sleep(time.Duration(c.Amount) * time.Millisecond)
	case "allocate":
		for range c.Amount {
			hoard = append(hoard, []byte(strings.Repeat("x", 1<<20)))
			time.Sleep(time.Millisecond)
		}
	case "peak":
		runtime.KeepAlive(strings.Repeat("x", c.Amount<<20))
		debug.FreeOSMemory()
	case "exit":
		os.Exit(c.Amount)
	case "panic":
		panic(c.Text)
	case "fail":
		return nil, &failedError{c.Text}
	case "print":
		fmt.Fprint(os.Stdout, c.Text)
	case "respond":
		if c.Amount > 0 {
			return strings.Repeat("x", c.Amount), nil
		}
		return strings.NewReader(c.Text), nil
	}
	return payload, nil
}

// environment tells what the process sees.
func environment(ctx context.Context) map[string]string {
	seen := map[string]string{}
	for _, variable := range os.Environ() {
		name, value, _ := strings.Cut(variable, "=")
		seen[name] = value
	}
	if lc, ok := lambdacontext.FromContext(ctx); ok {
		seen["request id"], seen["arn"] = lc.AwsRequestID, lc.InvokedFunctionArn
		seen["client"] = lc.ClientContext.Client.AppTitle
	}
	if deadline, ok := ctx.Deadline(); ok {
		seen["deadline in"] = time.Until(deadline).Round(time.Second).String()
	}
	return seen
}

// note adds a line with the process's id and the payload.
func note(path string, payload []byte) error {
	f, err := os.OpenFile(path, os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	_, err = fmt.Fprintln(f, os.Getpid(), string(payload))
	return errors.Join(err, f.Close())
}

// batch obeys each message, and answers with those that failed. "respond" makes it answer with the text instead.
func batch(ctx context.Context, event struct {
	Records []struct {
		MessageID string `json:"messageId"`
		Body      string `json:"body"`
	}
},
) (any, error) {
	failures := []map[string]string{}
	for _, r := range event.Records {
		answer, err := single(ctx, json.RawMessage(r.Body))
		if response, ok := answer.(io.Reader); ok {
			return response, nil
		}
		if err != nil {
			failures = append(failures, map[string]string{"itemIdentifier": r.MessageID})
		}
	}
	return map[string]any{"batchItemFailures": failures}, nil
}
