package main

import (
	"context"
	"log/slog"

	"acequia/shared/pipeline"
	"acequia/shared/telemetry"
	"acequia/shared/transform"
)

type handler struct {
	stage   *transform.Stage
	log     *slog.Logger
	metrics *telemetry.Metrics
}

func (h *handler) transform(ctx context.Context, cleaned pipeline.Cleaned) error {
	done, err := h.stage.Do(ctx, cleaned)
	if err != nil {
		return err
	}
	chunk := cleaned.Chunk
	h.log.InfoContext(ctx, "chunk transformed", "key", chunk.Object.Key, "object_id", chunk.Object.ID.String(),
		"chunk", chunk.Number, "rows", done.Records-done.Rejected, "rejected", done.Rejected)
	return h.metrics.Count(map[string]string{"Dataset": chunk.Object.Dataset},
		map[string]int64{"TransformedRows": done.Records - done.Rejected})
}
