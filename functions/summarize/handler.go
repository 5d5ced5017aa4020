package main

import (
	"context"
	"log/slog"

	"github.com/aws/aws-lambda-go/events"

	"acequia/shared/summary"
	"acequia/shared/telemetry"
)

type handler struct {
	summarizer *summary.Summarizer
	log        *slog.Logger
	metrics    *telemetry.Metrics
}

// answer is what the function returns: how much it had to do.
type answer struct {
	Summaries    int `json:"summaries"`
	Checks       int `json:"checks"`
	ChecksFailed int `json:"checks_failed"`
}

// handle brings the summaries up to date. It does not look at the event: what is to do stands in the ledger, so a rule
// that fires late, twice or not at all changes no result.
func (h *handler) handle(ctx context.Context, _ events.EventBridgeEvent) (answer, error) {
	result, err := h.summarizer.Run(ctx)
	if err != nil {
		return answer{}, err
	}
	done := answer{Summaries: len(result.Summaries), Checks: len(result.Checks)}
	for _, check := range result.Checks {
		if !check.Passed {
			done.ChecksFailed++
		}
	}
	if len(result.Invalid) > 0 {
		h.log.WarnContext(ctx, "changes are kept until these contracts are valid", "datasets", result.Invalid)
	}
	h.log.InfoContext(ctx, "days summed up", "summaries", done.Summaries, "checks", done.Checks, "checks_failed", done.ChecksFailed)
	return done, h.metrics.Count(nil, map[string]int64{"Summaries": int64(done.Summaries), "ChecksFailed": int64(done.ChecksFailed)})
}
