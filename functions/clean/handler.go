package main

import (
	"context"
	"log/slog"

	"acequia/shared/clean"
	"acequia/shared/pipeline"
	"acequia/shared/telemetry"
)

type handler struct {
	stage   *clean.Stage
	log     *slog.Logger
	metrics *telemetry.Metrics
}

func (h *handler) clean(ctx context.Context, chunk pipeline.Chunk) error {
	done, err := h.stage.Do(ctx, chunk)
	if err != nil {
		return err
	}
	h.log.InfoContext(ctx, "chunk cleaned", "key", chunk.Object.Key, "object_id", chunk.Object.ID.String(),
		"chunk", chunk.Number, "records", done.Records, "rejected", done.Rejected, "normalised", done.Tally)
	return h.metrics.Count(map[string]string{"Dataset": chunk.Object.Dataset}, map[string]int64{
		"CleanedRecords": done.Records, "RejectedRecords": done.Rejected, "NormalisedValues": done.Tally.Total(),
	})
}
