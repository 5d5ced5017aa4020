package desk

import (
	"context"
	"iter"
	"time"

	"acequia/shared/pgstore"
	"acequia/shared/pipeline"
)

// Ledger is what the desk reads of the ledger: see pgstore.Store.
type Ledger interface {
	Objects(ctx context.Context, f pgstore.Filter) ([]pgstore.ObjectRow, error)
	ObjectByVersion(ctx context.Context, bucket, key, versionID string) (pgstore.ObjectRow, bool, error)
	Remains
}

// Remains is what the ledger keeps of objects beside their lines.
type Remains interface {
	RejectsOf(ctx context.Context, id pipeline.ObjectID, limit int) ([]pipeline.Reject, error)
	Rejects(ctx context.Context, id pipeline.ObjectID) iter.Seq2[pipeline.Reject, error]
	Forgotten(ctx context.Context, id pipeline.ObjectID) (pgstore.Forgetting, bool, error)
}

// Summaries is what the desk reads of the daily summaries: see pgstore.Store.
type Summaries interface {
	BusiestDay(ctx context.Context, dataset, kpi string) (time.Time, bool, error)
	SummariesOf(ctx context.Context, dataset string, day time.Time) ([]pipeline.Summary, error)
}
