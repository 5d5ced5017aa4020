package intake

import (
	"context"
	"errors"
	"io"
	"time"

	"acequia/shared/contract"
	"acequia/shared/pipeline"
)

// FirstAttempt is the attempt of every object that was never replayed.
const FirstAttempt = 1

// Bucket is the raw bucket, read only.
type Bucket interface {
	// Versions lists the versions of a key, newest first, without delete markers.
	Versions(ctx context.Context, bucket, key string) ([]pipeline.Version, error)
	SameBytes(ctx context.Context, bucket, key string, a, b pipeline.Version) (bool, error)
	Open(ctx context.Context, o pipeline.Object) (io.ReadCloser, error)
}

// Work is the work bucket.
type Work interface {
	// Find reads what is under key, and tells whether there was anything.
	Find(ctx context.Context, key string) ([]byte, bool, error)
	// Create writes body under key unless something is there already, and tells whether it did.
	Create(ctx context.Context, key string, body []byte) (bool, error)
}

// Arrival is what a notification says of an object version: hearsay, but for its identity.
type Arrival struct {
	Bucket, Key string
	// VersionID is empty where the bucket is not versioned; it then means the newest version.
	VersionID string
	ETag      string
	Size      int64
	At        time.Time
}

// Intake is the stage's work with all that it needs.
type Intake struct {
	Bucket    Bucket
	Work      Work
	Catalog   func(context.Context) (contract.Catalog, error)
	SendChunk func(context.Context, pipeline.Chunk) error
	Report    func(context.Context, pipeline.Report) error
	// ChunkSize is the least number of bytes in a chunk but the last.
	ChunkSize int64
}

// Outcome says how an arrival was dealt with; it is for the log.
type Outcome struct {
	Object pipeline.Object
	// Status is Processing when the chunks are on their way, or the end that the object came to at once.
	Status  pipeline.Status
	Reason  string
	Chunks  int
	Records int64
}

// Arrived does the whole of the stage for one arrival. Doing it again changes nothing: an object that has come to its end
// is left alone, and one half way gets the same chunks again under the plan that it has. An error is worth a retry.
func (in *Intake) Arrived(ctx context.Context, a Arrival) (Outcome, error) {
	versions, err := in.Bucket.Versions(ctx, a.Bucket, a.Key)
	if err != nil {
		return Outcome{}, err
	}
	object, predecessor, err := in.identify(ctx, a, versions)
	if err != nil {
		return Outcome{}, err
	}
	catalog, err := in.Catalog(ctx)
	if err != nil {
		return Outcome{}, err
	}
	entry, noContract := catalog.Of(a.Key)
	if noContract == nil {
		object.Dataset = entry.Dataset()
	}
	w := work{Intake: in, object: object, entry: entry, found: Outcome{Object: object, Status: pipeline.Processing}}
	if ended, err := w.endedBefore(ctx, predecessor); ended || err != nil {
		return w.found, err
	}
	err = errors.Join(noContract, entry.Err)
	if err == nil {
		err = w.process(ctx)
	} else {
		err = &pipeline.RefusedError{Reason: err.Error()}
	}
	if refused := (*pipeline.RefusedError)(nil); errors.As(err, &refused) {
		return w.found, w.refuse(ctx, refused)
	}
	return w.found, err
}

// work is the work on one object.
type work struct {
	*Intake
	object pipeline.Object
	entry  contract.Entry
	found  Outcome
}

func (w *work) report(kind pipeline.ReportKind) pipeline.Report {
	return pipeline.Report{Kind: kind, Object: w.object, Attempt: FirstAttempt, Contract: w.entry.Ref}
}

func (w *work) refuse(ctx context.Context, refused *pipeline.RefusedError) error {
	w.found.Status, w.found.Reason = pipeline.Refused, refused.Reason
	report := w.report(pipeline.ObjectRefused)
	report.Reason = refused.Reason
	return w.Report(ctx, report)
}
