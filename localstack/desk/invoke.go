package desk

import (
	"bytes"
	"context"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"regexp"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/lambda"
	"github.com/aws/aws-sdk-go-v2/service/lambda/types"
)

// Invocation is how an invocation ended.
type Invocation struct {
	// Response is the function's answer, or with Failed an object with errorType and errorMessage.
	Response []byte
	Failed   bool
	// Log is the end of the invocation's log, at most 4 KB.
	Log string
}

// Invoker calls functions.
type Invoker interface {
	// Invoke calls the function of that full name and waits for its answer.
	Invoke(ctx context.Context, name string, event []byte) (Invocation, error)
}

// Lambda invokes functions through Lambda's API.
type Lambda struct {
	Client *lambda.Client
}

// Invoke implements Invoker.
func (l Lambda) Invoke(ctx context.Context, name string, event []byte) (Invocation, error) {
	out, err := l.Client.Invoke(ctx, &lambda.InvokeInput{FunctionName: &name, Payload: event, LogType: types.LogTypeTail})
	if err != nil {
		return Invocation{}, fmt.Errorf("invoking %s: %w", name, err)
	}
	log, err := base64.StdEncoding.DecodeString(aws.ToString(out.LogResult))
	if err != nil {
		return Invocation{}, fmt.Errorf("reading the log of %s: %w", name, err)
	}
	return Invocation{Response: out.Payload, Failed: out.FunctionError != nil, Log: string(log)}, nil
}

// LocalInvoke invokes a function with an event, which is a file's path or the name of one of the function's samples, and
// shows its log, its answer, and what it took. ErrNotWell if the function failed.
func (d *Desk) LocalInvoke(ctx context.Context, function, event string) error {
	function = strings.TrimPrefix(function, NamePrefix)
	payload, err := d.event(ctx, function, event)
	if err != nil {
		return err
	}
	result, err := d.Functions.Invoke(ctx, NamePrefix+function, payload)
	if err != nil {
		return err
	}
	d.Term.Heading("Log")
	d.Term.Line("%s", d.Term.paint(dim, strings.TrimSpace(result.Log)))
	title, paint := "Response", plain
	if result.Failed {
		title, paint = "Error", red
	}
	d.Term.Heading(title)
	d.Term.Line("%s", d.Term.paint(paint, indented(result.Response)))
	d.Term.Line("\n%s: %s", function, usage(result.Log))
	if result.Failed {
		return ErrNotWell
	}
	return nil
}

// event reads the event from a file or a sample. The files are tried in this order, so that a sample's name needs no path.
func (d *Desk) event(ctx context.Context, function, event string) ([]byte, error) {
	samples := filepath.Join(d.Paths.Events(), function)
	if info, err := os.Stat(samples); err != nil || !info.IsDir() {
		return nil, &UsageError{fmt.Sprintf("there is no function %q: choose %s", function, d.names(d.Paths.Events(), ""))}
	}
	if event == "" {
		return nil, &UsageError{fmt.Sprintf("which event? A file, or one of the samples of %s: %s", function, d.names(samples, ".json"))}
	}
	if payload, err := os.ReadFile(filepath.Join(samples, strings.TrimSuffix(event, ".json")+".json")); err == nil {
		return d.fill(ctx, payload)
	}
	payload, err := os.ReadFile(event)
	if errors.Is(err, os.ErrNotExist) {
		return nil, &UsageError{fmt.Sprintf("%q is neither a file nor a sample of %s: choose %s", event, function, d.names(samples, ".json"))}
	}
	if err != nil {
		return nil, err
	}
	if !json.Valid(payload) && !bytes.Contains(payload, []byte("{{")) {
		return nil, &UsageError{event + " is not JSON"}
	}
	return d.fill(ctx, payload)
}

// names lists what a directory holds: its directories, or its files with the extension.
func (d *Desk) names(dir, extension string) string {
	entries, err := os.ReadDir(dir)
	if err != nil {
		return "none (" + err.Error() + ")"
	}
	var names []string
	for _, e := range entries {
		name, ok := strings.CutSuffix(e.Name(), extension)
		if ok && e.IsDir() == (extension == "") {
			names = append(names, name)
		}
	}
	return strings.Join(names, ", ")
}

func indented(response []byte) string {
	var b bytes.Buffer
	if err := json.Indent(&b, response, "", "  "); err != nil {
		return string(response)
	}
	return b.String()
}

// reportPattern finds what Lambda reports at the end of an invocation's log.
var reportPattern = regexp.MustCompile(`(Duration|Memory Size|Max Memory Used|Init Duration): ([\d.]+ \w+)`)

// usage says what an invocation took.
func usage(log string) string {
	_, report, found := strings.Cut(log, "REPORT ")
	if !found {
		return "no report"
	}
	values := map[string]string{}
	for _, match := range reportPattern.FindAllStringSubmatch(strings.ReplaceAll(report, "Billed Duration", "Billed"), -1) {
		values[match[1]] = match[2]
	}
	s := values["Duration"]
	if init := values["Init Duration"]; init != "" {
		s += " (after " + init + " to start)"
	}
	return s + ", " + values["Max Memory Used"] + " of " + values["Memory Size"]
}
