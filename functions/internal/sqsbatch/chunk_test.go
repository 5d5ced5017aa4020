package sqsbatch_test

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"testing"

	"acequia/functions/internal/sqsbatch"
	"acequia/shared/pipeline"
)

func TestAChunkThatNoRetryCanHelpFailsItsObject(t *testing.T) {
	t.Parallel()
	chunk := pipeline.Chunk{Number: 3, Object: pipeline.Object{Key: "sales/a.csv"}}
	retryable := errors.New("503 Slow Down")
	for name, test := range map[string]struct {
		err    error
		failed bool
	}{
		"done":     {nil, false},
		"retried":  {retryable, false},
		"refused":  {fmt.Errorf("reading: %w", &pipeline.RefusedError{Reason: "the object is gone"}), true},
		"given up": {&pipeline.GiveUpError{Reason: "no plan"}, true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var reports []pipeline.Report
			do := sqsbatch.FailingChunks(
				func(context.Context, pipeline.Chunk) error { return test.err },
				func(c pipeline.Chunk) pipeline.Chunk { return c },
				func(_ context.Context, r pipeline.Report) error {
					reports = append(reports, r)
					return nil
				},
				slog.New(slog.DiscardHandler),
			)
			err := do(t.Context(), chunk)
			if !test.failed {
				if !errors.Is(err, test.err) || len(reports) != 0 {
					t.Errorf("error = %v, reports = %+v", err, reports)
				}
				return
			}
			if err != nil || len(reports) != 1 || reports[0].Kind != pipeline.ChunkFailed ||
				reports[0].Rows.Chunk != chunk || reports[0].Reason != test.err.Error() {
				t.Errorf("error = %v, reports = %+v", err, reports)
			}
		})
	}
}
