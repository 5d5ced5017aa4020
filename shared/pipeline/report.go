package pipeline

import (
	"errors"
	"fmt"
)

// ReportKind says what a Report is about.
type ReportKind string

// What the stages tell the loader. All but ChunkRows and ChunkFailed come from ingest, and ObjectForget from a person.
const (
	ObjectReceived  ReportKind = "received"  // an object arrived and its work begins
	ObjectPlanned   ReportKind = "planned"   // the walk is over: Chunks and Records are known
	ObjectRefused   ReportKind = "refused"   // the object cannot be processed: Reason
	ObjectUnchanged ReportKind = "unchanged" // the same bytes as the version before, which is published
	ChunkRows       ReportKind = "rows"      // a chunk's rows are staged: Rows
	ChunkFailed     ReportKind = "failed"    // a chunk was given up: Rows.Chunk, Reason
	ObjectForget    ReportKind = "forget"    // a person wants the object's key forgotten up to this version
)

// Report is a message on the queue rows: what happened to an object or to one of its chunks.
type Report struct {
	Kind     ReportKind  `json:"kind"`
	Object   Object      `json:"object"`
	Attempt  int         `json:"attempt"`
	Contract ContractRef `json:"contract"`
	// Layout is how the object is laid out, without its header (ObjectReceived, ObjectPlanned).
	Layout *Layout `json:"layout,omitempty"`
	// Chunks and Records are the walk's own counts (ObjectPlanned).
	Chunks  int   `json:"chunks,omitempty"`
	Records int64 `json:"records,omitempty"`
	// Reason is a sentence for a person (ObjectRefused, ChunkFailed).
	Reason string `json:"reason,omitempty"`
	// Rows is set for ChunkRows and ChunkFailed.
	Rows *Rows `json:"rows,omitempty"`
	// Usage is what the work took that the report tells of: of a chunk's report, in clean and transform; of the last report of
	// ingest, in ingest.
	Usage Usage `json:"usage,omitzero"`
}

// Rows says where a chunk's encoded rows and its rejects lie in the work bucket: what transform tells load.
type Rows struct {
	Chunk Chunk `json:"chunk"`
	// Records counts the chunk's records: rows and rejects together.
	Records  int64 `json:"records"`
	Rejected int64 `json:"rejected"`
	// RowsKey names the rows, encoded for binary COPY and sorted by key; empty if there are none.
	RowsKey string `json:"rows_key,omitempty"`
	// RejectKeys name the files of rejects, one JSON Reject a line.
	RejectKeys []string `json:"reject_keys,omitempty"`
}

// Replay asks ingest for another attempt at an object.
type Replay struct {
	// Object is as the ledger has it: its rank stays what it was, and its data set, too.
	Object Object `json:"object"`
	// Attempt is one more than the last that was begun. Of two replays that ask for the same, one is done.
	Attempt int `json:"attempt"`
}

// Status is the state of an object in the ledger.
type Status string

// The states of an object. Received and Processing are on the way; the others are ends.
const (
	Received   Status = "received"
	Processing Status = "processing"
	Published  Status = "published"
	Unchanged  Status = "unchanged"
	Refused    Status = "refused"
	Failed     Status = "failed"
	Forgotten  Status = "forgotten"
)

// Done tells whether the object has come to an end.
func (s Status) Done() bool { return s != Received && s != Processing }

// Outcome is the marker that load leaves in the work bucket when an object has come to an end, so that ingest, which
// never asks Postgres, can tell whether the version before a new one was published.
type Outcome struct {
	Object Object `json:"object"`
	Status Status `json:"status"`
	Error  string `json:"error,omitempty"`
	// Attempt is the last one that has come to its end; 0 stands for the first.
	Attempt int `json:"attempt,omitempty"`
}

// Ended tells whether the attempt has come to its end. What is forgotten has no attempt before it.
func (o Outcome) Ended(attempt int) bool {
	return o.Status == Forgotten || max(o.Attempt, FirstAttempt) >= attempt
}

// FirstAttempt is the attempt of every object that was never replayed.
const FirstAttempt = 1

// OutcomeKey is where in the work bucket an object's outcome lies.
func OutcomeKey(id ObjectID) string { return fmt.Sprintf("outcomes/%s.json", id) }

// FailedChunk gives the report of a chunk whose work ended with err, and whether there is one: only errors that no retry
// can help make a chunk fail.
func FailedChunk(c Chunk, err error) (Report, bool) {
	var refused *RefusedError
	var gaveUp *GiveUpError
	if !errors.As(err, &refused) && !errors.As(err, &gaveUp) {
		return Report{}, false
	}
	return Report{
		Kind: ChunkFailed, Object: c.Object, Attempt: c.Attempt, Reason: Bounded(err.Error()), Rows: &Rows{Chunk: c},
	}, true
}
