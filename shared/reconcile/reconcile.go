package reconcile

import (
	"context"
	"errors"
	"iter"
	"time"

	"acequia/shared/contract"
	"acequia/shared/pipeline"
)

// Listing lists the raw bucket.
type Listing interface {
	// List gives the versions of all keys with the prefix that come after a key, by the bytes of the key; see s3store.Raw.
	List(ctx context.Context, bucket, prefix, after string) iter.Seq2[[]pipeline.Object, error]
}

// Versions is the ledger as a listing is compared with it.
type Versions interface {
	// Known gives what the ledger knows of the keys with the prefix that come after a key, in the order of the listing.
	Known(ctx context.Context, bucket, prefix, after string) iter.Seq2[pipeline.Known, error]
	// MarkDeleted notes that these versions are gone, each once, and counts those that were not known to be.
	MarkDeleted(ctx context.Context, ids []pipeline.ObjectID, now time.Time) (int64, error)
}

// Watermarks keep how far a comparison came.
type Watermarks interface {
	Watermark(ctx context.Context, bucket, name string) (key string, err error)
	SetWatermark(ctx context.Context, bucket, name, key string) error
}

// Repairs keep what is being repaired.
type Repairs interface {
	// Repairs notes a try at each of the objects whose time has come, with its event, and gives those.
	Repairs(ctx context.Context, c pipeline.Claim, objects []pipeline.Object) ([]pipeline.Repair, error)
	// SettleRepairs takes off the repairs of objects that are well again.
	SettleRepairs(ctx context.Context) (int64, error)
	// StillLost gives versions that were found lost, are so still, and whose next try has come.
	StillLost(ctx context.Context, now time.Time, wait time.Duration, limit int) ([]pipeline.Object, error)
}

// Standings are where objects stand.
type Standings interface {
	// Stalled gives objects under way without progress since before whose next repair has come, or without any since long.
	Stalled(ctx context.Context, now, before, long time.Time, limit int) ([]pipeline.Stalled, error)
	// Fail ends a stalled object, unless it moved meanwhile.
	Fail(ctx context.Context, o pipeline.Stalled, reason string) (pipeline.Standing, bool, error)
	// Standings gives where these objects stand, as far as the ledger knows them.
	Standings(ctx context.Context, ids []pipeline.ObjectID) ([]pipeline.Standing, error)
}

// Ledger is all that a run asks of the ledger.
type Ledger interface {
	Versions
	Watermarks
	Repairs
	Standings
	// DeployedAt is when Acequia came.
	DeployedAt(ctx context.Context) (time.Time, error)
	// Ended gives all objects at their end, in the order of their ids.
	Ended(ctx context.Context) iter.Seq2[pipeline.Standing, error]
	// NoteDeadLetters keeps how many messages the queues hold, and tells where that has changed.
	NoteDeadLetters(ctx context.Context, depths []pipeline.QueueDepth, now time.Time) ([]pipeline.QueueDepth, error)
	// NoteReconciliation keeps what the run found.
	NoteReconciliation(ctx context.Context, r pipeline.Reconciliation) error
}

// Work is the work bucket.
type Work interface {
	Files
	// Find reads what is under key, and tells whether there was anything.
	Find(ctx context.Context, key string) ([]byte, bool, error)
	// Create writes body under key unless something is there already, and tells whether it did; Put writes it in any case.
	Create(ctx context.Context, key string, body []byte) (bool, error)
	Put(ctx context.Context, key string, body []byte) error
}

// Files are those of the work bucket as a listing shows them.
type Files interface {
	List(ctx context.Context, prefix string) iter.Seq2[[]pipeline.File, error]
	Delete(ctx context.Context, keys []string) error
}

// Reconciler is the stage's work with all that it needs.
type Reconciler struct {
	// Bucket is the raw bucket's name.
	Bucket  string
	Listing Listing
	Ledger  Ledger
	Work    Work
	Catalog func(context.Context) (contract.Catalog, error)
	// DeadLetters tells how many messages each dead-letter queue holds.
	DeadLetters func(context.Context) ([]pipeline.QueueDepth, error)
	// Announce tells ingest of a version as S3 does, Replay of an attempt but the first, Report the loader of an object as ingest does.
	Announce func(context.Context, pipeline.Object) error
	Replay   func(context.Context, pipeline.Replay) error
	Report   func(context.Context, pipeline.Report) error
	Now      func() time.Time
	// LostAfter is how old a version is that no event can be on its way for any more, StuckAfter how long an object rests when no
	// message about it can be on its way: longer than all retries of a message take, and than one stays out of sight.
	LostAfter, StuckAfter time.Duration
}

// Run looks for what is missing, for as long as late does not tell that the time is up, and repairs it. What one of its steps cannot do
// costs the others nothing; the error tells of all. Running it again changes nothing but what there is to change. Of two at once, each
// repair is made by one; it is better to run one at a time.
func (r *Reconciler) Run(ctx context.Context, full bool, late func() bool) (pipeline.Reconciliation, error) {
	run := &run{Reconciler: r, late: late, budget: frequentRepairs}
	run.found.Full, run.found.Began = full, r.Now()
	if full {
		run.budget = fullRepairs
	}
	err := run.do(ctx)
	run.found.Ended = r.Now()
	return run.found, errors.Join(err, r.Ledger.NoteReconciliation(ctx, run.found))
}

// run is one run.
type run struct {
	*Reconciler
	late     func() bool
	deployed time.Time
	// budget is how many repairs may still be made: they cost ingest more than they cost us.
	budget int
	found  pipeline.Reconciliation
}

func (r *run) do(ctx context.Context) (err error) {
	if r.deployed, err = r.Ledger.DeployedAt(ctx); err != nil {
		return err
	}
	// Dead letters come before what may have died of them, and repairs under way before new ones.
	steps := []func(context.Context) error{r.settle, r.deadLetters, r.stillLost, r.stalled, r.ends, r.turn}
	if r.found.Full {
		steps = append(steps, r.markers, r.leftovers)
	}
	var errs []error
	for _, step := range steps {
		errs = append(errs, step(ctx))
	}
	return errors.Join(errs...)
}

func (r *run) settle(ctx context.Context) error {
	_, err := r.Ledger.SettleRepairs(ctx)
	return err
}

func (r *run) deadLetters(ctx context.Context) error {
	depths, err := r.DeadLetters(ctx)
	if err != nil {
		return err
	}
	for _, d := range depths {
		r.found.DeadLetters += d.Messages
	}
	_, err = r.Ledger.NoteDeadLetters(ctx, depths, r.found.Began)
	return err
}
