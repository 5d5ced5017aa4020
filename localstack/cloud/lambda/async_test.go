package lambda_test

import (
	"encoding/json"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	awslambda "github.com/aws/aws-sdk-go-v2/service/lambda"
	"github.com/aws/aws-sdk-go-v2/service/lambda/types"

	"acequia/localstack/cloud/faults"
	"acequia/localstack/cloud/internal/testfunction"
	"acequia/localstack/cloud/lambda"
)

func TestEventIsRunOnce(t *testing.T) {
	t.Parallel()
	s := newServer(t, t.TempDir(), lambda.Options{})
	add(t, s, lambda.Function{})
	s.Start()
	note := notePath(t)
	out, err := client(t, s).Invoke(t.Context(), &awslambda.InvokeInput{
		FunctionName: aws.String("fn"), InvocationType: types.InvocationTypeEvent, Payload: testfunction.Command{Note: note}.JSON(),
	})
	if err != nil || out.StatusCode != http.StatusAccepted {
		t.Fatalf("%v %+v", err, out)
	}
	waitUntil(t, "the event was run", func() bool { return lines(note) == 1 && s.Functions()[0].Running == 0 })
}

func TestFailedEventIsRetriedThenGivenUp(t *testing.T) {
	t.Parallel()
	one := 1
	for _, test := range []struct {
		name     string
		function lambda.Function
		attempts int
	}{
		{"AWS's default", lambda.Function{DeadLetterARN: "dlq", OnFailureARN: "failures"}, 3},
		{"MaximumRetryAttempts", lambda.Function{DeadLetterARN: "dlq", OnFailureARN: "failures", MaxRetries: &one}, 2},
		{"no retries", lambda.Function{DeadLetterARN: "dlq", OnFailureARN: "failures", MaxRetries: new(int)}, 1},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			queues := newQueues()
			s := newServer(t, t.TempDir(), lambda.Options{Queues: queues})
			add(t, s, test.function)
			s.Start()
			note := notePath(t)
			payload := testfunction.Command{Do: "fail", Text: "no", Note: note}.JSON()
			id, err := s.InvokeAsync(t.Context(), "fn", payload)
			if err != nil {
				t.Fatal(err)
			}
			dead := queues.received(t, "dlq")
			if got := lines(note); got != test.attempts {
				t.Errorf("%d attempts, want %d", got, test.attempts)
			}
			if dead.Body != string(payload) || dead.MessageAttributes["RequestID"].StringValue != id ||
				dead.MessageAttributes["ErrorMessage"].StringValue != "failedError: no" {
				t.Errorf("dead letter: %+v", dead)
			}
			var record struct {
				RequestContext  struct{ RequestID, Condition string }
				RequestPayload  testfunction.Command
				ResponsePayload struct{ ErrorType string }
			}
			if err := json.Unmarshal([]byte(queues.received(t, "failures").Body), &record); err != nil ||
				record.RequestContext.RequestID != id || record.RequestContext.Condition != "RetriesExhausted" ||
				record.RequestPayload.Note != note || record.ResponsePayload.ErrorType != "failedError" {
				t.Errorf("record of the failure: %v %+v", err, record)
			}
		})
	}
}

func TestDeadLetterIsNotLostIfTheQueueRefusesIt(t *testing.T) {
	t.Parallel()
	queues := newQueues()
	queues.refuse = 1
	s := newServer(t, t.TempDir(), lambda.Options{Queues: queues})
	add(t, s, lambda.Function{DeadLetterARN: "dlq", MaxRetries: new(int)})
	s.Start()
	note := notePath(t)
	if _, err := s.InvokeAsync(t.Context(), "fn", testfunction.Command{Do: "panic", Note: note}.JSON()); err != nil {
		t.Fatal(err)
	}
	queues.received(t, "dlq")
	if lines(note) != 1 {
		t.Errorf("the function ran %d times, want 1", lines(note))
	}
}

func TestEventTooOldIsGivenUp(t *testing.T) {
	t.Parallel()
	queues := newQueues()
	s := newServer(t, t.TempDir(), lambda.Options{Queues: queues})
	add(t, s, lambda.Function{OnFailureARN: "failures", MaxEventAge: time.Nanosecond})
	s.Start()
	if _, err := s.InvokeAsync(t.Context(), "fn", nil); err != nil {
		t.Fatal(err)
	}
	if body := queues.received(t, "failures").Body; !strings.Contains(body, `"condition":"EventAgeExceeded"`) {
		t.Errorf("record of the failure: %s", body)
	}
}

func TestThrottledEventWaits(t *testing.T) {
	t.Parallel()
	one := 1
	s := newServer(t, t.TempDir(), lambda.Options{})
	add(t, s, lambda.Function{Reserved: &one, MaxRetries: new(int)})
	s.Start()
	note := notePath(t)
	go func() { _, _ = s.Invoke(t.Context(), "fn", testfunction.Command{Do: "sleep", Amount: 500}.JSON()) }()
	waitUntil(t, "the function is busy", func() bool { return s.Functions()[0].Running == 1 })
	if _, err := s.InvokeAsync(t.Context(), "fn", testfunction.Command{Note: note}.JSON()); err != nil {
		t.Fatal(err)
	}
	waitUntil(t, "the event was run", func() bool { return lines(note) == 1 })
}

// What was answered with 202 survives: events that nobody took, and one whose function was ended with the server.
func TestEventsSurviveARestart(t *testing.T) {
	t.Parallel()
	dir, note := t.TempDir(), notePath(t)
	before := newServer(t, dir, lambda.Options{MaxProcesses: 1})
	add(t, before, lambda.Function{MaxRetries: new(int)})
	before.Start()
	for _, c := range []testfunction.Command{{Do: "sleep", Amount: 1500, Note: note}, {Note: note}, {Note: note}} {
		if _, err := before.InvokeAsync(t.Context(), "fn", c.JSON()); err != nil {
			t.Fatal(err)
		}
	}
	waitUntil(t, "the first event runs", func() bool { return lines(note) == 1 })
	closeNow(t, before)

	after := newServer(t, dir, lambda.Options{MaxProcesses: 1})
	add(t, after, lambda.Function{MaxRetries: new(int)})
	if got := after.Functions()[0].Events; got != 3 {
		t.Errorf("%d events are stored, want 3", got)
	}
	after.Start()
	waitUntil(t, "all events were run", func() bool { return lines(note) == 4 && after.Functions()[0].Running == 0 })
}

func TestRetryDelayIsCutByThePlanOfFaults(t *testing.T) {
	t.Parallel()
	inject := &faults.Injector{}
	if err := inject.Start(faults.Plan{MaxRetryDelay: 20}); err != nil {
		t.Fatal(err)
	}
	s := newServer(t, t.TempDir(), lambda.Options{RetryDelays: []time.Duration{time.Hour}, Faults: inject})
	add(t, s, lambda.Function{})
	s.Start()
	note := notePath(t)
	if _, err := s.InvokeAsync(t.Context(), "fn", testfunction.Command{Do: "fail", Note: note}.JSON()); err != nil {
		t.Fatal(err)
	}
	waitUntil(t, "all three attempts were made", func() bool { return lines(note) == 3 })
}
