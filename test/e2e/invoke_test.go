package e2e

import (
	"os"
	"path/filepath"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/lambda"
	"github.com/aws/aws-sdk-go-v2/service/lambda/types"
)

// event gives a sample event of the folder events.
func (w *world) event(name string) []byte {
	w.Helper()
	b, err := os.ReadFile(filepath.Join(w.paths.Events(), name))
	if err != nil {
		w.Fatal(err)
	}
	return b
}

// invoke calls a function, waits, and gives its answer.
func (w *world) invoke(function string, event []byte) string {
	w.Helper()
	out, err := w.lambda.Invoke(w.Context(), &lambda.InvokeInput{FunctionName: aws.String("acequia-" + function), Payload: event})
	if err != nil {
		w.Fatal(err)
	}
	if out.FunctionError != nil {
		w.Fatalf("%s: %s: %s", function, *out.FunctionError, out.Payload)
	}
	return string(out.Payload)
}

// deliver hands a function an event as S3 does: asynchronously.
func (w *world) deliver(function string, event []byte) {
	w.Helper()
	_, err := w.lambda.Invoke(w.Context(), &lambda.InvokeInput{
		FunctionName: aws.String("acequia-" + function), Payload: event, InvocationType: types.InvocationTypeEvent,
	})
	if err != nil {
		w.Fatal(err)
	}
}

// summarize invokes the function of that name as EventBridge's rule does, and gives its answer.
func (w *world) summarize() string {
	w.Helper()
	return w.invoke("summarize", w.event("summarize/scheduled.json"))
}
