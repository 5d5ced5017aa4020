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
	"acequia/shared/clean"
	"acequia/shared/contract"
	"acequia/shared/grammar"
	"acequia/shared/pipeline"
	"acequia/shared/telemetry"
)

func TestTheSampleEventIsAChunk(t *testing.T) {
	t.Parallel()
	var event events.SQSEvent
	if err := json.Unmarshal(eventtest.Load(t, "clean/chunk"), &event); err != nil {
		t.Fatal(err)
	}
	var got []pipeline.Chunk
	h := &sqsbatch.Handler[pipeline.Chunk]{
		Do: func(_ context.Context, c pipeline.Chunk) error {
			got = append(got, c)
			return nil
		},
		Log: slog.New(slog.DiscardHandler),
	}
	answer, err := h.Handle(t.Context(), event)
	if err != nil || len(answer.BatchItemFailures) > 0 {
		t.Fatalf("answer = %+v, %v", answer, err)
	}
	want := []pipeline.Chunk{{Object: eventtest.Object, Attempt: 1, End: eventtest.Object.Size, Line: 1}}
	if diff := cmp.Diff(want, got); diff != "" {
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
      - {name: code, physicalType: text, required: true}
      - {name: day, physicalType: date, customProperties: [{property: formats, value: [yyyy-MM-dd, dd/MM/yyyy]}]}
    customProperties:
      - {property: format, value: csv}
      - {property: nullSpellings, value: ["", "-"]}
`

// newStage gives a stage for the records of a chunk, and the message that it sends.
func newStage(t *testing.T, body string) (*clean.Stage, *pipeline.Cleaned) {
	t.Helper()
	c, err := contract.Parse([]byte(things))
	if err != nil {
		t.Fatal(err)
	}
	layout := pipeline.Layout{
		Format: pipeline.CSV, Delimiter: ',', Quote: '"', Header: []string{"code", "day"}, BodyLine: 1,
		MaxFieldBytes: 1 << 20, MaxRecordBytes: 1 << 20,
	}
	var sent pipeline.Cleaned
	return &clean.Stage{
		Plan: func(context.Context, pipeline.ObjectID, int) (pipeline.Plan, error) {
			return pipeline.Plan{Grammar: grammar.Version, Layout: layout}, nil
		},
		Contract: func(context.Context, pipeline.ContractRef) (*contract.Contract, error) {
			return c, nil
		},
		Range: func(context.Context, pipeline.Chunk) ([]byte, error) { return []byte(body), nil },
		Put:   func(context.Context, string, []byte) error { return nil },
		Send: func(_ context.Context, m pipeline.Cleaned) error {
			sent = m
			return nil
		},
	}, &sent
}

func TestWhatBecameOfAChunkIsLoggedAndCounted(t *testing.T) {
	t.Parallel()
	body := "A,2026-11-24\nB,24/11/2026\n,2026-11-24\nC,-\nD,-\n"
	stage, sent := newStage(t, body)
	var log, metrics bytes.Buffer
	h := &handler{
		stage: stage, log: slog.New(slog.NewJSONHandler(&log, nil)),
		metrics: telemetry.NewMetrics(&metrics, func() time.Time { return time.Unix(0, 0) }),
	}
	chunk := pipeline.Chunk{Object: eventtest.Object, Attempt: 1, End: int64(len(body)), Line: 1}
	if err := h.clean(t.Context(), chunk); err != nil {
		t.Fatal(err)
	}
	want := pipeline.Cleaned{
		Chunk: chunk, Records: 5, Rejected: 1,
		RecordsKey: chunk.StagedKey("clean.records"), RejectsKey: chunk.StagedKey("clean.rejects"),
	}
	if diff := cmp.Diff(want, *sent); diff != "" {
		t.Errorf("sent (-want +got):\n%s", diff)
	}
	for _, word := range []string{
		`"object_id":"` + eventtest.Object.ID.String(), `"records":5`, `"rejected":1`,
		`"normalised":{"day: date format":1,"day: null spelling":2}`,
	} {
		if !strings.Contains(log.String(), word) {
			t.Errorf("log = %s, want %s in it", log.String(), word)
		}
	}
	for _, word := range []string{`"CleanedRecords":5`, `"RejectedRecords":1`, `"NormalisedValues":3`, `"Dataset":"sales"`} {
		if !strings.Contains(metrics.String(), word) {
			t.Errorf("metrics = %s, want %s in it", metrics.String(), word)
		}
	}
}

func TestAFailureIsReturnedAndNotCounted(t *testing.T) {
	t.Parallel()
	stage, _ := newStage(t, "A,2026-11-24\n")
	broken := errors.New("broken")
	stage.Send = func(context.Context, pipeline.Cleaned) error { return broken }
	var out bytes.Buffer
	h := &handler{stage: stage, log: slog.New(slog.NewJSONHandler(&out, nil)), metrics: telemetry.NewMetrics(&out, time.Now)}
	err := h.clean(t.Context(), pipeline.Chunk{Object: eventtest.Object, End: 13, Line: 1})
	if !errors.Is(err, broken) || out.Len() > 0 {
		t.Errorf("error = %v, written: %s", err, out.String())
	}
}
