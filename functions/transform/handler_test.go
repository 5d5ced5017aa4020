package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"log/slog"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-lambda-go/events"
	"github.com/google/go-cmp/cmp"

	"acequia/functions/internal/eventtest"
	"acequia/functions/internal/sqsbatch"
	"acequia/shared/contract"
	"acequia/shared/pipeline"
	"acequia/shared/staging"
	"acequia/shared/telemetry"
	"acequia/shared/transform"
)

// sampleMessage decodes the sample event.
func sampleMessage(t *testing.T) pipeline.Cleaned {
	t.Helper()
	var event events.SQSEvent
	if err := json.Unmarshal(eventtest.Load(t, "transform/cleaned"), &event); err != nil {
		t.Fatal(err)
	}
	var got []pipeline.Cleaned
	h := &sqsbatch.Handler[pipeline.Cleaned]{
		Do: func(_ context.Context, c pipeline.Cleaned) error {
			got = append(got, c)
			return nil
		},
		Log: slog.New(slog.DiscardHandler),
	}
	answer, err := h.Handle(t.Context(), event)
	if err != nil || len(answer.BatchItemFailures) > 0 || len(got) != 1 {
		t.Fatalf("answer = %+v, %v, messages = %+v", answer, err, got)
	}
	return got[0]
}

func TestTheSampleEventIsACleanedChunk(t *testing.T) {
	t.Parallel()
	chunk := pipeline.Chunk{Object: eventtest.Object, Attempt: 1, End: eventtest.Object.Size, Line: 1}
	want := pipeline.Cleaned{
		Chunk: chunk, Records: 20, Rejected: 3,
		RecordsKey: chunk.StagedKey("clean.records"), RejectsKey: chunk.StagedKey("clean.rejects"),
	}
	if diff := cmp.Diff(want, sampleMessage(t)); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

const things = `
apiVersion: v3.1.0
kind: DataContract
id: things
version: 1.0.0
status: active
schema:
  - name: things
    properties:
      - {name: code, physicalType: text, primaryKey: true, required: true}
    customProperties:
      - {property: format, value: csv}
`

func TestTheRowsOfAChunkAreReported(t *testing.T) {
	t.Parallel()
	c, err := contract.Parse([]byte(things))
	if err != nil {
		t.Fatal(err)
	}
	message := sampleMessage(t)
	files := map[string][]byte{}
	for _, code := range []string{"B", "A"} {
		record := pipeline.CleanRecord{Values: []pipeline.Value{{Text: []byte(code)}}}
		files[message.RecordsKey] = staging.AppendRecord(files[message.RecordsKey], &record)
	}
	message.Records = 5
	var sent []pipeline.Report
	var log, metrics bytes.Buffer
	h := &handler{
		stage: &transform.Stage{
			Plan: func(context.Context, pipeline.ObjectID, int) (pipeline.Plan, error) {
				return pipeline.Plan{Contract: pipeline.ContractRef{Key: "things.odcs.yaml"}}, nil
			},
			Contract: func(context.Context, pipeline.ContractRef) (*contract.Contract, error) { return c, nil },
			Get:      func(_ context.Context, key string) ([]byte, error) { return files[key], nil },
			Put: func(_ context.Context, key string, body []byte) error {
				files[key] = body
				return nil
			},
			Send: func(_ context.Context, r pipeline.Report) error {
				sent = append(sent, r)
				return nil
			},
		},
		log: slog.New(slog.NewJSONHandler(&log, nil)), metrics: telemetry.NewMetrics(&metrics, time.Now),
	}
	if err := h.transform(t.Context(), message); err != nil {
		t.Fatal(err)
	}
	rowsKey := message.Chunk.StagedKey("rows.copy")
	want := []pipeline.Report{{
		Kind: pipeline.ChunkRows, Object: eventtest.Object, Attempt: 1, Contract: pipeline.ContractRef{Key: "things.odcs.yaml"},
		Rows: &pipeline.Rows{
			Chunk: message.Chunk, Records: 5, Rejected: 3, RowsKey: rowsKey, RejectKeys: []string{message.RejectsKey},
		},
	}}
	if diff := cmp.Diff(want, sent); diff != "" {
		t.Errorf("sent (-want +got):\n%s", diff)
	}
	if len(files[rowsKey]) == 0 {
		t.Error("the rows are missing")
	}
	if !strings.Contains(metrics.String(), `"TransformedRows":2`) || !strings.Contains(log.String(), `"rows":2`) {
		t.Errorf("metrics = %s, log = %s", metrics.String(), log.String())
	}
}

func TestAFailureIsReturned(t *testing.T) {
	t.Parallel()
	broken := errors.New("broken")
	h := &handler{stage: &transform.Stage{
		Plan: func(context.Context, pipeline.ObjectID, int) (pipeline.Plan, error) { return pipeline.Plan{}, broken },
	}}
	if err := h.transform(t.Context(), pipeline.Cleaned{}); !errors.Is(err, broken) {
		t.Errorf("error = %v", err)
	}
}
