package intake

import (
	"context"
	"errors"
	"io"
	"time"

	"acequia/shared/contract"
	"acequia/shared/parquet"
	"acequia/shared/pipeline"
)

// Bucket is the raw bucket, read only.
type Bucket interface {
	// Versions lists the versions of a key, newest first, without delete markers.
	Versions(ctx context.Context, bucket, key string) ([]pipeline.Version, error)
	SameBytes(ctx context.Context, bucket, key string, a, b pipeline.Version) (bool, error)
	// Open reads an object from the byte at offset on.
	Open(ctx context.Context, o pipeline.Object, offset int64) (io.ReadCloser, error)
	// At reads an object here and there.
	At(ctx context.Context, o pipeline.Object) io.ReaderAt
}

// Work is the work bucket.
type Work interface {
	// Find reads what is under key, and tells whether there was anything.
	Find(ctx context.Context, key string) ([]byte, bool, error)
	// Create writes body under key unless something is there already, and tells whether it did.
	Create(ctx context.Context, key string, body []byte) (bool, error)
	// Put writes body under key, whatever was there.
	Put(ctx context.Context, key string, body []byte) error
}

// Arrival is what a notification says of an object version: hearsay, but for its identity.
type Arrival struct {
	Bucket, Key string
	// VersionID is empty where a notification names none; it then means the newest version.
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
	// HandOver starts an invocation that goes on with a walk.
	HandOver func(context.Context, Continuation) error
	// ChunkSize is the least number of bytes in a chunk but the last.
	ChunkSize int64
}

// Result says how an arrival was dealt with; it is for the log.
type Result struct {
	Object pipeline.Object
	// Status is Processing when the chunks are on their way, or the end that the object came to at once.
	Status pipeline.Status
	Reason string
	// Chunks and Records were found so far.
	Chunks  int
	Records int64
	// HandedOver says that another invocation goes on.
	HandedOver bool
}

// Arrived does the whole of the stage for one arrival; late tells whether it is time to hand over to a successor. Doing it again
// changes nothing: an object that has come to its end is left alone, and one half way gets the same chunks again under the plan
// that it has. An error is worth a retry.
func (in *Intake) Arrived(ctx context.Context, a Arrival, late func() bool) (Result, error) {
	versions, err := in.Bucket.Versions(ctx, a.Bucket, a.Key)
	if err != nil {
		return Result{}, err
	}
	object, predecessor, err := in.identify(ctx, a, versions)
	if err != nil {
		return Result{}, err
	}
	w := in.workOn(object, pipeline.FirstAttempt, late)
	return w.settle(ctx, w.arrived(ctx, predecessor))
}

// Replay does the whole of the stage for an object that the ledger knows, under the contract that is in force now. Doing it again
// changes nothing, as with Arrived.
func (in *Intake) Replay(ctx context.Context, r pipeline.Replay, late func() bool) (Result, error) {
	w := in.workOn(r.Object, r.Attempt, late)
	return w.settle(ctx, w.arrived(ctx, nil))
}

// GoOn does what is left of a walk, as Arrived does.
func (in *Intake) GoOn(ctx context.Context, c Continuation, late func() bool) (Result, error) {
	w := in.workOn(c.Object, c.Attempt, late)
	return w.settle(ctx, w.goOn(ctx, c))
}

// work is the work on one object.
type work struct {
	*Intake
	object   pipeline.Object
	attempt  int
	contract pipeline.ContractRef
	late     func() bool
	result   Result
	// rows is the Parquet file that this invocation planned, whose footer need not be read again; nil if there is none.
	rows *parquet.File
}

func (in *Intake) workOn(o pipeline.Object, attempt int, late func() bool) *work {
	return &work{Intake: in, object: o, attempt: attempt, late: late, result: Result{Status: pipeline.Processing}}
}

// settle reports what refuses the object, if that is what err says.
func (w *work) settle(ctx context.Context, err error) (Result, error) {
	if refused := (*pipeline.RefusedError)(nil); errors.As(err, &refused) {
		err = w.refuse(ctx, refused)
	}
	w.result.Object = w.object
	return w.result, err
}

// arrived brings the object as far as intake can. A plan that is there is obeyed before anything else is asked: neither a new
// contract nor a broken one changes what is half way.
func (w *work) arrived(ctx context.Context, predecessor *pipeline.ObjectID) error {
	if ended, err := w.ended(ctx); ended || err != nil {
		return err
	}
	plan, planned, err := w.existingPlan(ctx)
	if err != nil {
		return err
	}
	if planned {
		return w.obey(ctx, plan, Continuation{})
	}
	catalog, err := w.Catalog(ctx)
	if err != nil {
		return err
	}
	entry, err := catalog.Of(w.object.Key)
	if err != nil {
		return err
	}
	if loaded := w.object.Dataset; loaded != "" && loaded != entry.Dataset() {
		return pipeline.Refuse("its rows are in the data set %s, but the key belongs to %s now; forget the object, and upload the file again",
			loaded, entry.Dataset())
	}
	w.object.Dataset, w.contract = entry.Dataset(), entry.Ref
	if repeats, err := w.repeats(ctx, predecessor); repeats || err != nil {
		return err
	}
	switch {
	case entry.Err != nil:
		return &pipeline.RefusedError{Reason: entry.Err.Error()}
	case w.object.VersionID == nullVersion:
		return &pipeline.RefusedError{Reason: "the bucket " + w.object.Bucket +
			" keeps no versions, so a file could change while it is read; turn its versioning on and upload the file again"}
	}
	return w.begin(ctx, entry.Contract)
}

// goOn finishes what an invocation before began, unless the object has come to an end meanwhile.
func (w *work) goOn(ctx context.Context, c Continuation) error {
	if ended, err := w.ended(ctx); ended || err != nil {
		return err
	}
	plan, planned, err := w.existingPlan(ctx)
	if err != nil {
		return err
	}
	if !planned {
		return pipeline.Refuse("the plan of %s has expired; upload the file again", w.object.URI())
	}
	return w.obey(ctx, plan, c)
}

func (w *work) report(kind pipeline.ReportKind) pipeline.Report {
	return pipeline.Report{Kind: kind, Object: w.object, Attempt: w.attempt, Contract: w.contract}
}

func (w *work) refuse(ctx context.Context, refused *pipeline.RefusedError) error {
	report := w.report(pipeline.ObjectRefused)
	report.Reason = pipeline.Bounded(refused.Reason)
	w.result.Status, w.result.Reason = pipeline.Refused, report.Reason
	return w.Report(ctx, report)
}
