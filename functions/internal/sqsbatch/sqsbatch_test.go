package sqsbatch_test

import (
	"context"
	"encoding/json"
	"errors"
	"log/slog"
	"slices"
	"testing"
	"testing/synctest"
	"time"

	"github.com/aws/aws-lambda-go/events"

	"acequia/functions/internal/sqsbatch"
)

type note struct{ Text string }

func message(id, body, receipts string) events.SQSMessage {
	return events.SQSMessage{
		MessageId: id, ReceiptHandle: "handle of " + id, Body: body,
		Attributes: map[string]string{"ApproximateReceiveCount": receipts},
	}
}

func TestOnlyTheMessagesThatFailedAreRetried(t *testing.T) {
	t.Parallel()
	waits := map[string]time.Duration{}
	h := &sqsbatch.Handler[note]{
		Do: func(_ context.Context, n note) error {
			if n.Text == "bad" {
				return errors.New("no")
			}
			return nil
		},
		Postpone: func(_ context.Context, handle string, wait time.Duration) error {
			waits[handle] = wait
			return nil
		},
		Log: slog.New(slog.DiscardHandler),
	}
	answer, err := h.Handle(t.Context(), events.SQSEvent{Records: []events.SQSMessage{
		message("1", `{"Text":"good"}`, "1"),
		message("2", `{"Text":"bad"}`, "1"),
		message("3", `{"Text":"bad"}`, "4"),
		message("4", `not JSON`, "99"),
	}})
	if err != nil {
		t.Fatal(err)
	}
	var failed []string
	for _, f := range answer.BatchItemFailures {
		failed = append(failed, f.ItemIdentifier)
	}
	if want := []string{"2", "3", "4"}; !slices.Equal(failed, want) {
		t.Errorf("failed = %v, want %v", failed, want)
	}
	for handle, want := range map[string]time.Duration{
		"handle of 2": time.Second, "handle of 3": 8 * time.Second, "handle of 4": 5 * time.Minute,
	} {
		if waits[handle] != want {
			t.Errorf("%s waits %v, want %v", handle, waits[handle], want)
		}
	}
}

// Emulators differ on null: the answer to a batch without failures must be an empty list.
func TestNoFailureIsAnEmptyList(t *testing.T) {
	t.Parallel()
	h := &sqsbatch.Handler[note]{Do: func(context.Context, note) error { return nil }}
	answer, err := h.Handle(t.Context(), events.SQSEvent{Records: []events.SQSMessage{message("1", `{}`, "1")}})
	if err != nil {
		t.Fatal(err)
	}
	if b, err := json.Marshal(answer); err != nil || string(b) != `{"batchItemFailures":[]}` {
		t.Errorf("answer = %s, %v", b, err)
	}
}

// The second message comes up when most of the time is gone: another invocation must have it, at once.
func TestWhatTheTimeIsTooShortForIsGivenBack(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		ctx, cancel := context.WithTimeout(t.Context(), 15*time.Minute)
		defer cancel()
		waits := map[string]time.Duration{}
		h := &sqsbatch.Handler[note]{
			Do: func(context.Context, note) error {
				time.Sleep(8 * time.Minute)
				return nil
			},
			Postpone: func(_ context.Context, handle string, wait time.Duration) error {
				waits[handle] = wait
				return nil
			},
			Log: slog.New(slog.DiscardHandler),
		}
		answer, err := h.Handle(ctx, events.SQSEvent{Records: []events.SQSMessage{message("1", `{}`, "1"), message("2", `{}`, "1")}})
		if err != nil || len(answer.BatchItemFailures) != 1 || answer.BatchItemFailures[0].ItemIdentifier != "2" {
			t.Fatalf("answer = %+v, %v", answer, err)
		}
		if wait, ok := waits["handle of 2"]; !ok || wait != 0 {
			t.Errorf("waits = %v", waits)
		}
	})
}

// Work that would take longer than the function has ends before it, early enough to be given back and to close its connections.
func TestWorkEndsBeforeTheFunctionDoes(t *testing.T) {
	t.Parallel()
	for timeout, want := range map[time.Duration]time.Duration{
		15 * time.Minute: 15*time.Minute - 10*time.Second,
		20 * time.Second: 15 * time.Second,
	} {
		synctest.Test(t, func(t *testing.T) {
			ctx, cancel := context.WithTimeout(t.Context(), timeout)
			defer cancel()
			began, worked, givenBack := time.Now(), time.Duration(0), false
			h := &sqsbatch.Handler[note]{
				Do: func(ctx context.Context, _ note) error {
					<-ctx.Done()
					worked = time.Since(began)
					return ctx.Err()
				},
				Postpone: func(ctx context.Context, _ string, _ time.Duration) error {
					givenBack = ctx.Err() == nil
					return ctx.Err()
				},
				Log: slog.New(slog.DiscardHandler),
			}
			answer, err := h.Handle(ctx, events.SQSEvent{Records: []events.SQSMessage{message("1", `{}`, "1")}})
			if err != nil || len(answer.BatchItemFailures) != 1 || !givenBack {
				t.Errorf("answer = %+v, %v; given back: %v", answer, err, givenBack)
			}
			if worked != want {
				t.Errorf("of %v, it worked for %v, want %v", timeout, worked, want)
			}
		})
	}
}
