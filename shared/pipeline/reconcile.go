package pipeline

import "time"

// RepairKind says what was found to be wrong with an object.
type RepairKind string

// What can be wrong with an object that nobody reported as failed.
const (
	// Lost is a version in the bucket that the ledger never heard of.
	Lost RepairKind = "lost"
	// Stuck is an object that the ledger knows to be under way, and that did not move for long.
	Stuck RepairKind = "stuck"
)

// Repair is one try at getting an object on its way again.
type Repair struct {
	Object Object
	Kind   RepairKind
	// Tries counts from 1, this one included.
	Tries int
	// GivenUp says that there were tries enough: nothing is to be done but to tell.
	GivenUp bool
}

// Claim says which repairs of one kind may be tried now, and what people are told of them.
type Claim struct {
	Kind RepairKind
	Now  time.Time
	// Wait is the time between the first try and the second; it doubles with each further one. Tries is how many there may be.
	Wait  time.Duration
	Tries int
	// Found is the sentence of the event at the first try, GivenUp that of the event when all tries were in vain.
	Found, GivenUp string
}

// Reconciliation is what a run of reconcile found and did.
type Reconciliation struct {
	// Full tells that the whole bucket was to be compared with the ledger; Whole, that it was.
	Full  bool      `json:"full"`
	Whole bool      `json:"whole"`
	Began time.Time `json:"began_at"`
	Ended time.Time `json:"ended_at"`
	// Requests counts the pages of listings that S3 was asked for, Versions the object versions on them; a full run looks at some
	// twice, and counts them once.
	Requests int64 `json:"requests"`
	Versions int64 `json:"versions"`
	// Lost counts versions that the ledger does not know and ingest was told of again, Stuck objects that did not move and were sent
	// on their way again, GivenUp those of both for which that was in vain too often, Expired those that were ended as failed.
	Lost    int64 `json:"lost"`
	Stuck   int64 `json:"stuck"`
	GivenUp int64 `json:"given_up"`
	Expired int64 `json:"expired"`
	// Deleted counts published versions that were found to be gone, DeadLetters the messages in dead-letter queues.
	Deleted     int64 `json:"deleted"`
	DeadLetters int64 `json:"dead_letters"`
	// Older counts versions that are older than the deployment, and wait for a backfill.
	Older int64 `json:"older"`
	// Markers counts outcomes that were missing in the work bucket, Removed the leftovers that were deleted from it.
	Markers int64 `json:"markers"`
	Removed int64 `json:"removed"`
}

// Known is what the ledger knows of an object version, as far as a listing is compared with it.
type Known struct {
	ID     ObjectID
	Key    string
	ETag   string
	Size   int64
	Status Status
	// Deleted says that the version was found to be gone before.
	Deleted    bool
	ReceivedAt time.Time
}

// Stalled is an object under way, with the moment of its last progress.
type Stalled struct {
	Standing
	Progress time.Time
}

// File is an entry in a listing of the work bucket.
type File struct {
	Key      string
	Modified time.Time
}

// QueueDepth is how many messages a queue holds, those in flight included.
type QueueDepth struct {
	Queue    string
	Messages int64
}

// Backfill is how far a backfill came.
type Backfill struct {
	Bucket, Prefix string
	// Since leaves out what was uploaded before; the zero time leaves out nothing.
	Since time.Time
	// Total is how many versions were to be sent when it began, Sent how many of them were.
	Total, Sent int64
	// Key is the last key that is done with all its versions.
	Key string
	// Finished says that there was nothing left to send.
	Finished bool
}
