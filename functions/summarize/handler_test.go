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

	"acequia/functions/internal/eventtest"
	"acequia/shared/contract"
	"acequia/shared/pipeline"
	"acequia/shared/summary"
	"acequia/shared/telemetry"
)

var errBroken = errors.New("broken")

// warehouse is a transaction on a day of sales, with two checks of which one fails.
type warehouse struct{ err error }

func (w warehouse) Changes(context.Context) ([]pipeline.Change, error) {
	day := time.Date(2026, 11, 24, 0, 0, 0, 0, time.UTC)
	return []pipeline.Change{{Dataset: "sales", Day: &day}}, w.err
}

func (warehouse) Settle(context.Context, []string) error { return nil }

func (warehouse) DaysReferring(
	context.Context, *contract.Contract, contract.Relationship, []pipeline.ObjectID,
) ([]time.Time, error) {
	return nil, nil
}

func (warehouse) Summarize(_ context.Context, _ *contract.Contract, days []time.Time) ([]pipeline.Summary, error) {
	return []pipeline.Summary{{Dataset: "sales", Day: days[0], KPI: "a"}, {Dataset: "sales", Day: days[0], KPI: "b"}}, nil
}

func (warehouse) Check(context.Context, *contract.Contract, []pipeline.ObjectID) ([]pipeline.CheckResult, error) {
	return []pipeline.CheckResult{{Passed: true}, {Passed: false}}, nil
}

// handle gives the sample event to a handler, and what it answers, logs and counts.
func handle(t *testing.T, w warehouse, catalog contract.Catalog) (response, log, metrics string, err error) {
	t.Helper()
	var event events.EventBridgeEvent
	if err := json.Unmarshal(eventtest.Load(t, "summarize/scheduled"), &event); err != nil {
		t.Fatal(err)
	}
	if event.Source != "aws.events" || event.DetailType != "Scheduled Event" {
		t.Errorf("event = %+v", event)
	}
	var logged, counted bytes.Buffer
	h := &handler{
		summarizer: &summary.Summarizer{
			Catalog:  func(context.Context) (contract.Catalog, error) { return catalog, nil },
			Transact: func(_ context.Context, do func(summary.Work) error) error { return do(w) },
			Put:      func(context.Context, string, []byte) error { return nil },
		},
		log:     slog.New(slog.NewJSONHandler(&logged, nil)),
		metrics: telemetry.NewMetrics(&counted, time.Now),
	}
	done, err := h.handle(t.Context(), event)
	b, encodeErr := json.Marshal(done)
	if encodeErr != nil {
		t.Fatal(encodeErr)
	}
	return string(b), logged.String(), counted.String(), err
}

var sales = contract.Catalog{{Contract: &contract.Contract{Dataset: "sales", Summary: &contract.Summary{Day: "sale_date"}}}}

func TestTheAnswerSaysHowMuchThereWasToDo(t *testing.T) {
	t.Parallel()
	response, log, metrics, err := handle(t, warehouse{}, sales)
	if err != nil || response != `{"summaries":2,"checks":2,"checks_failed":1}` {
		t.Errorf("response = %s, %v", response, err)
	}
	if !strings.Contains(metrics, `"Summaries":2`) || !strings.Contains(metrics, `"ChecksFailed":1`) {
		t.Errorf("metrics = %s", metrics)
	}
	if !strings.Contains(log, `"checks_failed":1`) || strings.Contains(log, "WARN") {
		t.Errorf("log = %s", log)
	}
}

func TestAContractThatIsNotValidIsNamed(t *testing.T) {
	t.Parallel()
	broken := contract.Entry{Ref: pipeline.ContractRef{Key: "returns.odcs.yaml"}, Err: errBroken}
	response, log, _, err := handle(t, warehouse{}, append(contract.Catalog{broken}, sales...))
	if err != nil || response != `{"summaries":2,"checks":2,"checks_failed":1}` {
		t.Errorf("response = %s, %v", response, err)
	}
	if !strings.Contains(log, `"level":"WARN"`) || !strings.Contains(log, `"datasets":[{"dataset":"returns","reason":"broken"}]`) {
		t.Errorf("log = %s", log)
	}
}

// An error makes Lambda invoke the function again; nothing is counted.
func TestAFailureIsReturned(t *testing.T) {
	t.Parallel()
	response, log, metrics, err := handle(t, warehouse{err: errBroken}, sales)
	if !errors.Is(err, errBroken) || response != `{"summaries":0,"checks":0,"checks_failed":0}` || log+metrics != "" {
		t.Errorf("response = %s, %v, log = %s, metrics = %s", response, err, log, metrics)
	}
}
