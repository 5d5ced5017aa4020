package lambda_test

import (
	"encoding/base64"
	"errors"
	"net/http"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	awslambda "github.com/aws/aws-sdk-go-v2/service/lambda"
	"github.com/aws/aws-sdk-go-v2/service/lambda/types"
	"github.com/aws/smithy-go"
	smithyhttp "github.com/aws/smithy-go/transport/http"

	"acequia/localstack/cloud/internal/testfunction"
	"acequia/localstack/cloud/lambda"
)

func TestInvoke(t *testing.T) {
	t.Parallel()
	s := newServer(t, t.TempDir(), lambda.Options{})
	add(t, s, lambda.Function{})
	c := client(t, s)
	for _, name := range []string{
		"fn", "fn:$LATEST", "000000000000:function:fn", "arn:aws:lambda:us-east-1:000000000000:function:fn",
	} {
		out, err := c.Invoke(t.Context(), &awslambda.InvokeInput{
			FunctionName: &name, Payload: []byte(`{"text":"hello"}`), LogType: types.LogTypeTail,
		})
		if err != nil {
			t.Fatalf("invoke %s: %v", name, err)
		}
		log, err := base64.StdEncoding.DecodeString(aws.ToString(out.LogResult))
		if out.StatusCode != 200 || out.FunctionError != nil || string(out.Payload) != `{"text":"hello"}` || err != nil ||
			*out.ExecutedVersion != "$LATEST" || !strings.HasPrefix(string(log), "START RequestId: ") {
			t.Errorf("invoke %s: %d %s\n%s", name, out.StatusCode, out.Payload, log)
		}
	}
	out, err := c.Invoke(t.Context(), &awslambda.InvokeInput{
		FunctionName: aws.String("fn"), Payload: testfunction.Command{Do: "fail", Text: "no"}.JSON(),
	})
	if err != nil || aws.ToString(out.FunctionError) != "Unhandled" ||
		string(out.Payload) != `{"errorMessage":"no","errorType":"failedError"}` || out.LogResult != nil {
		t.Errorf("a function's error: %v %+v", err, out)
	}
	out, err = c.Invoke(t.Context(), &awslambda.InvokeInput{
		FunctionName: aws.String("fn"), InvocationType: types.InvocationTypeDryRun,
	})
	if err != nil || out.StatusCode != http.StatusNoContent {
		t.Errorf("dry run: %v %+v", err, out)
	}
}

func TestInvokeErrors(t *testing.T) {
	t.Parallel()
	s := newServer(t, t.TempDir(), lambda.Options{})
	add(t, s, lambda.Function{})
	add(t, s, lambda.Function{Name: "never", Reserved: new(int)})
	c := client(t, s)
	big := func(n int) []byte { return []byte(`"` + strings.Repeat("x", n-2) + `"`) }
	tests := []struct {
		name   string
		input  awslambda.InvokeInput
		status int
		code   string
	}{
		{"unknown function", awslambda.InvokeInput{FunctionName: aws.String("other")}, 404, "ResourceNotFoundException"},
		{"unknown version", awslambda.InvokeInput{FunctionName: aws.String("fn"), Qualifier: aws.String("7")}, 404, "ResourceNotFoundException"},
		{"not a name", awslambda.InvokeInput{FunctionName: aws.String("a b")}, 400, "InvalidParameterValueException"},
		{"not JSON", awslambda.InvokeInput{FunctionName: aws.String("fn"), Payload: []byte("{")}, 400, "InvalidRequestContentException"},
		{"too large", awslambda.InvokeInput{FunctionName: aws.String("fn"), Payload: big(6<<20 + 1)}, 413, "RequestTooLargeException"},
		{
			"too large an event",
			awslambda.InvokeInput{FunctionName: aws.String("fn"), InvocationType: types.InvocationTypeEvent, Payload: big(1<<20 + 1)},
			413, "RequestTooLargeException",
		},
		{"throttled", awslambda.InvokeInput{FunctionName: aws.String("never")}, 429, "TooManyRequestsException"},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			_, err := c.Invoke(t.Context(), &test.input)
			var api smithy.APIError
			var response *smithyhttp.ResponseError
			if !errors.As(err, &api) || !errors.As(err, &response) || api.ErrorCode() != test.code ||
				response.HTTPStatusCode() != test.status || api.ErrorMessage() == "" {
				t.Errorf("error = %v, want %d %s", err, test.status, test.code)
			}
		})
	}
}

func TestDescriptions(t *testing.T) {
	t.Parallel()
	reserved := 3
	s := newServer(t, t.TempDir(), lambda.Options{Queues: newQueues()})
	add(t, s, lambda.Function{
		Name: "b", Description: "does b", Reserved: &reserved, Environment: map[string]string{"A": "1"}, DeadLetterARN: "arn:dlq",
	})
	add(t, s, lambda.Function{Name: "a"})
	queue := "arn:aws:sqs:us-east-1:000000000000:q"
	id, err := s.AddMapping(lambda.Mapping{QueueARN: queue, Function: "a", MaximumConcurrency: 5, ReportBatchItemFailures: true})
	if err != nil {
		t.Fatal(err)
	}
	c := client(t, s)

	list, err := c.ListFunctions(t.Context(), &awslambda.ListFunctionsInput{})
	if err != nil || len(list.Functions) != 2 || *list.Functions[0].FunctionName != "a" {
		t.Errorf("functions: %v %+v", err, list)
	}
	got, err := c.GetFunction(t.Context(), &awslambda.GetFunctionInput{FunctionName: aws.String("b")})
	if err != nil {
		t.Fatal(err)
	}
	f := got.Configuration
	if *f.Description != "does b" || *f.MemorySize != 128 || *f.Timeout != 20 || f.CodeSize == 0 || f.State != types.StateActive ||
		f.Environment.Variables["A"] != "1" || *f.DeadLetterConfig.TargetArn != "arn:dlq" || *got.Concurrency.ReservedConcurrentExecutions != 3 {
		t.Errorf("function: %+v", f)
	}
	only, err := c.GetFunctionConfiguration(t.Context(), &awslambda.GetFunctionConfigurationInput{FunctionName: aws.String("b")})
	if err != nil || *only.FunctionArn != *f.FunctionArn || *only.CodeSha256 != *f.CodeSha256 {
		t.Errorf("configuration: %v %+v", err, only)
	}

	mappings, err := c.ListEventSourceMappings(t.Context(), &awslambda.ListEventSourceMappingsInput{FunctionName: aws.String("a")})
	if err != nil || len(mappings.EventSourceMappings) != 1 || *mappings.EventSourceMappings[0].UUID != id {
		t.Errorf("mappings: %v %+v", err, mappings)
	}
	mapping, err := c.GetEventSourceMapping(t.Context(), &awslambda.GetEventSourceMappingInput{UUID: &id})
	if err != nil || *mapping.EventSourceArn != queue || *mapping.BatchSize != 10 || *mapping.ScalingConfig.MaximumConcurrency != 5 ||
		mapping.FunctionResponseTypes[0] != types.FunctionResponseTypeReportBatchItemFailures || *mapping.State != "Enabled" {
		t.Errorf("mapping: %v %+v", err, mapping)
	}
	none, err := c.ListEventSourceMappings(t.Context(), &awslambda.ListEventSourceMappingsInput{FunctionName: aws.String("b")})
	if err != nil || len(none.EventSourceMappings) != 0 {
		t.Errorf("mappings of another function: %v %+v", err, none)
	}
}

func TestWhatIsNotThereIsNamed(t *testing.T) {
	t.Parallel()
	c := client(t, newServer(t, t.TempDir(), lambda.Options{}))
	_, err := c.PublishVersion(t.Context(), &awslambda.PublishVersionInput{FunctionName: aws.String("fn")})
	var api smithy.APIError
	if !errors.As(err, &api) || api.ErrorCode() != "NotImplementedException" ||
		!strings.Contains(api.ErrorMessage(), "POST /2015-03-31/functions/fn/versions") {
		t.Errorf("error = %v", err)
	}
}

func TestMappingLimits(t *testing.T) {
	t.Parallel()
	s := newServer(t, t.TempDir(), lambda.Options{})
	add(t, s, lambda.Function{})
	for _, m := range []lambda.Mapping{
		{BatchSize: 11}, {BatchSize: 10_001, Window: 1e9}, {BatchSize: -1}, {Window: 301e9}, {MaximumConcurrency: 1}, {MaximumConcurrency: 1001}, {Function: "other"},
	} {
		if m.Function == "" {
			m.Function = "fn"
		}
		if _, err := s.AddMapping(m); err == nil {
			t.Errorf("%+v was added", m)
		}
	}
}
