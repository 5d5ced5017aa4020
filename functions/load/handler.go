package main

import (
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
	if err := h.loader.Handle(ctx, report); err != nil {
		return err
	}
	h.log.InfoContext(ctx, "report taken in", "kind", report.Kind, "key", report.Object.Key, "object_id", report.Object.ID.String())
	return h.metrics.Count(map[string]string{"Dataset": report.Object.Dataset, "Kind": string(report.Kind)}, map[string]int64{"Reports": 1})
}
