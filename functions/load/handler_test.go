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
	"acequia/shared/load"
	"acequia/shared/pipeline"
	"acequia/shared/telemetry"
)

// ledger takes reports, and gives the standing that it is told to.
type ledger struct {
	reports  []pipeline.Report
	standing pipeline.Standing
	err      error
}

func (l *ledger) Record(_ context.Context, r pipeline.Report) (pipeline.Standing, error) {
	l.reports = append(l.reports, r)
	return l.standing, l.err
}

func (l *ledger) EnsureTables(context.Context, *contract.Contract, []*contract.Contract) (bool, error) {
	return true, nil
}

func (l *ledger) Standings(context.Context, []pipeline.ObjectID) ([]pipeline.Standing, error) {
	return []pipeline.Standing{l.standing}, l.err
}

// send gives the sample event to a handler on that ledger. It gives the answer, the files that were put into the work
// bucket, and what was logged and counted.
func send(t *testing.T, name string, l *ledger) (answer events.SQSEventResponse, files map[string]string, out string) {
	t.Helper()
	var event events.SQSEvent
	if err := json.Unmarshal(eventtest.Load(t, name), &event); err != nil {
		t.Fatal(err)
	}
	files = map[string]string{}
	var written bytes.Buffer
	h := &handler{
		loader: &load.Loader{
			Ledger: l,
			Contract: func(context.Context, pipeline.ContractRef) (*contract.Contract, error) {
				return new(contract.Contract), nil
			},
			Put: func(_ context.Context, key string, body []byte) error {
				files[key] = string(body)
				return nil
			},
		},
		log: slog.New(slog.NewJSONHandler(&written, nil)), metrics: telemetry.NewMetrics(&written, time.Now),
	}
	batch := &sqsbatch.Handler[pipeline.Report]{
		Do:       h.load,
		Postpone: func(context.Context, string, time.Duration) error { return nil },
		Log:      slog.New(slog.DiscardHandler),
	}
	answer, err := batch.Handle(t.Context(), event)
	if err != nil {
		t.Fatal(err)
	}
	return answer, files, written.String()
}

func TestTheSampleEventsAreReports(t *testing.T) {
	t.Parallel()
	ref := pipeline.ContractRef{Bucket: "acequia-contracts", Key: "sales.odcs.yaml", VersionID: "c1"}
	chunk := pipeline.Chunk{Object: eventtest.Object, Attempt: 1, End: eventtest.Object.Size, Line: 1}
	for name, want := range map[string]pipeline.Report{
		"load/planned": {
			Kind: pipeline.ObjectPlanned, Object: eventtest.Object, Attempt: 1, Contract: ref, Chunks: 1, Records: 20,
		},
		"load/rows": {
			Kind: pipeline.ChunkRows, Object: eventtest.Object, Attempt: 1, Contract: ref,
			Rows: &pipeline.Rows{
				Chunk: chunk, Records: 20, Rejected: 3, RowsKey: chunk.StagedKey("rows.copy"),
				RejectKeys: []string{chunk.StagedKey("clean.rejects")},
			},
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			l := &ledger{standing: pipeline.Standing{Status: pipeline.Processing}}
			answer, files, out := send(t, name, l)
			if diff := cmp.Diff([]pipeline.Report{want}, l.reports); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
			if len(answer.BatchItemFailures) > 0 || len(files) > 0 {
				t.Errorf("answer = %+v, files = %v", answer, files)
			}
			for _, word := range []string{`"kind":"` + string(want.Kind), `"Reports":1`, eventtest.Object.ID.String()} {
				if !strings.Contains(out, word) {
					t.Errorf("written: %s, want %s in it", out, word)
				}
			}
		})
	}
}

// A sample is a message delivered once more: of an object at its end, it leaves the outcome again, and nothing else.
func TestAReportOfAnObjectAtItsEnd(t *testing.T) {
	t.Parallel()
	l := &ledger{standing: pipeline.Standing{Object: eventtest.Object, Status: pipeline.Published}}
	answer, files, _ := send(t, "load/rows", l)
	if len(answer.BatchItemFailures) > 0 {
		t.Errorf("answer = %+v", answer)
	}
	var got pipeline.Outcome
	if err := json.Unmarshal([]byte(files[pipeline.OutcomeKey(eventtest.Object.ID)]), &got); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(pipeline.Outcome{Object: eventtest.Object, Status: pipeline.Published}, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestAReportThatCouldNotBeTakenInIsRetried(t *testing.T) {
	t.Parallel()
	answer, _, out := send(t, "load/planned", &ledger{err: errors.New("the database is starting")})
	if len(answer.BatchItemFailures) != 1 || answer.BatchItemFailures[0].ItemIdentifier != "059f36b4-87a3-44ab-83d2-661975830a7d" {
		t.Errorf("answer = %+v", answer)
	}
	if out != "" {
		t.Errorf("written: %s", out)
	}
}
