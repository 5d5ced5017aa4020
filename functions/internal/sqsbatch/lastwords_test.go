package sqsbatch_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"log/slog"
	"testing"
	"time"

	"github.com/aws/aws-lambda-go/events"
	"github.com/aws/aws-lambda-go/lambdacontext"
	"github.com/google/go-cmp/cmp"

	"acequia/functions/internal/sqsbatch"
	"acequia/shared/pipeline"
)

// A message that fails for the last time dies at once, and it stands in the work bucket why. That this could not be written
// changes nothing else.
func TestAMessageThatDiesLeavesWordOfWhy(t *testing.T) {
	t.Parallel()
	at := time.Date(2026, 11, 24, 12, 0, 0, 0, time.UTC)
	for name, putError := range map[string]error{"written": nil, "not written": errors.New("503 Slow Down")} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			files, waits, log := map[string][]byte{}, map[string]time.Duration{}, bytes.Buffer{}
			h := &sqsbatch.Handler[note]{
				Do: func(context.Context, note) error { return errors.New("the database is away") },
				Postpone: func(_ context.Context, handle string, wait time.Duration) error {
					waits[handle] = wait
					return nil
				},
				LastWords: sqsbatch.LastWords{MaxReceives: 3, Now: func() time.Time { return at }, Put: func(_ context.Context, key string, body []byte) error {
					files[key] = body
					return putError
				}},
				Log: slog.New(slog.NewJSONHandler(&log, nil)),
			}
			batch := events.SQSEvent{Records: []events.SQSMessage{message("1", `{}`, "2"), message("2", `{}`, "3")}}
			for i := range batch.Records {
				batch.Records[i].EventSourceARN = "arn:aws:sqs:us-east-1:000000000000:acequia-chunks"
			}
			ctx := lambdacontext.NewContext(t.Context(), &lambdacontext.LambdaContext{AwsRequestID: "r-1"})
			answer, err := h.Handle(ctx, batch)
			if err != nil || len(answer.BatchItemFailures) != 2 {
				t.Errorf("answer = %+v, %v", answer, err)
			}
			if diff := cmp.Diff(map[string]time.Duration{"handle of 1": 2 * time.Second, "handle of 2": 0}, waits); diff != "" {
				t.Errorf("waits (-want +got):\n%s", diff)
			}
			if !bytes.Contains(log.Bytes(), []byte("the database is away")) {
				t.Errorf("the log hides the error: %s", log.String())
			}
			var got pipeline.DeadLetter
			if err := json.Unmarshal(files[pipeline.DeadLetterKey("acequia-chunks", "2")], &got); err != nil || len(files) != 1 {
				t.Fatalf("files = %s, %v", files, err)
			}
			want := pipeline.DeadLetter{
				Queue: "acequia-chunks", MessageID: "2", Receives: 3, Error: "the database is away", ErrorType: "*errors.errorString",
				RequestID: "r-1", At: at,
			}
			if diff := cmp.Diff(want, got); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}
