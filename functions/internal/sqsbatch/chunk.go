package sqsbatch

import (
	"context"
	"log/slog"

	"acequia/shared/pipeline"
)

// FailingChunks does the work of do, and where no retry can help reports the message's chunk as failed, so that the ledger
// knows at once and the message is acknowledged. Every other error stays one, to be retried.
func FailingChunks[M any](
	do func(context.Context, M) error,
	chunkOf func(M) pipeline.Chunk,
	report func(context.Context, pipeline.Report) error,
	log *slog.Logger,
) func(context.Context, M) error {
	return func(ctx context.Context, m M) error {
		err := do(ctx, m)
		failure, failed := pipeline.FailedChunk(chunkOf(m), err)
		if !failed {
			return err
		}
		log.ErrorContext(ctx, "chunk given up", "key", failure.Object.Key, "object_id", failure.Object.ID.String(),
			"chunk", failure.Rows.Chunk.Number, "reason", failure.Reason)
		return report(ctx, failure)
	}
}
