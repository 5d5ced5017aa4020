package desk

import (
	"context"
	"errors"
	"time"

	"acequia/localstack/stack"
	"acequia/shared/pipeline"
	"acequia/shared/reconcile"
)

// Desk serves a person who uses the running stack.
type Desk struct {
	Term  *Terminal
	Paths stack.Paths
	Env   stack.Environment

	Ledger    Ledger
	Summaries Summaries
	Raw       Uploader
	Vault     Vault
	Plans     Plans
	Functions Invoker
	Filler    Filler
	Auditor   Auditor
	// Bucket compares the raw bucket with the ledger.
	Bucket *reconcile.Audit
	Dead   *DeadLetters
	// Report sends what load is to know, Replay has ingest begin another attempt; both return before anything is done.
	Report func(context.Context, pipeline.Report) error
	Replay func(context.Context, pipeline.Replay) error
	// Processes gives the functions' processes; none where the emulator does not tell.
	Processes func(context.Context) ([]Function, error)
	// Datasets gives the key prefix of each data set that has a contract.
	Datasets func(context.Context) (map[string]string, error)
	// ContractVersion gives the current version of a data set's contract.
	ContractVersion func(ctx context.Context, dataset string) (string, error)

	Now func() time.Time
	// Timeout bounds how long a file may take from its upload to its end.
	Timeout time.Duration
}

// Uploader is the bucket that files are dropped into.
type Uploader interface {
	// Upload sends the file and gives the version that it became. sent is told how many of its bytes are there.
	Upload(ctx context.Context, path, key string, sent func(bytes int64)) (version string, err error)
}

// UsageError says that a command was not called as it wants to be.
type UsageError struct {
	// Reason is a sentence that says what to give instead.
	Reason string
}

func (e *UsageError) Error() string { return e.Reason }

var (
	// ErrNotWell says that what was asked for was done, and did not end well; the person has read why.
	ErrNotWell = errors.New("it did not end well")
	// ErrTimeout says that a file was not at its end when the time was over. It may get there still.
	ErrTimeout = errors.New("it takes longer than it may")
)
