package main

import (
	"cmp"
	"context"
	"log/slog"

	"acequia/shared/load"
	"acequia/shared/pipeline"
	"acequia/shared/telemetry"
)

type handler struct {
	loader  *load.Loader
	log     *slog.Logger
	metrics *telemetry.Metrics
}

func (h *handler) load(ctx context.Context, report pipeline.Report) error {
	standing, err := h.loader.Handle(ctx, report)
	if err != nil {
		return err
	}
	h.log.InfoContext(ctx, "report taken in", "kind", report.Kind, "key", report.Object.Key, "object_id", report.Object.ID.String(),
		"status", standing.Status, "chunks", standing.Chunks, "chunks_done", standing.ChunksDone, "error", standing.Error)
	return h.metrics.Count(
		map[string]string{"Dataset": cmp.Or(report.Object.Dataset, "none"), "Kind": string(report.Kind)}, map[string]int64{"Reports": 1})
}
