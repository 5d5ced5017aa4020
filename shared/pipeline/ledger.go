package pipeline

import "time"

// Counts says what became of an object's records.
type Counts struct {
	// Loaded counts the rows of the warehouse that are the object's, Superseded the records that lost their key to another
	// object, Duplicates those whose key a later record of the same object holds, Rejected those that broke the contract.
	Loaded     int64 `json:"loaded"`
	Superseded int64 `json:"superseded"`
	Duplicates int64 `json:"duplicates"`
	Rejected   int64 `json:"rejected"`
}

// Total is the number of records that are accounted for.
func (c Counts) Total() int64 { return c.Loaded + c.Superseded + c.Duplicates + c.Rejected }

// Standing is what the ledger says of an object.
type Standing struct {
	Object Object
	Status Status
	// Error is why the object was refused or has failed.
	Error string
	// Attempt is the last that was begun, Counted the one that the counts and rejects are of: an earlier one if a replay did not end
	// well.
	Attempt, Counted int
	// Again says that the attempt is a replay of an object whose rows an earlier attempt loaded: they stay until this one publishes.
	Again    bool
	Contract ContractRef
	// Planned tells whether the walk is over, and so whether Chunks and PlannedRecords, the walk's own counts, are known.
	Planned        bool
	Chunks         int
	PlannedRecords int64
	// ChunksDone, Records and Rejected are summed over the chunks that are staged.
	ChunksDone int
	Records    int64
	Rejected   int64
	Counts     Counts
}

// Outcome is what the work bucket is to say of an object that has come to its end.
func (s Standing) Outcome() Outcome {
	return Outcome{Object: s.Object, Status: s.Status, Error: s.Error, Attempt: s.Attempt}
}

// HasRows tells whether there are rows of the object already.
func (s Standing) HasRows() bool { return s.Counts.Loaded+s.Counts.Superseded > 0 }

// Complete tells whether all the object's chunks are staged and its publication is due.
func (s Standing) Complete() bool {
	return s.Status == Processing && s.Planned && s.ChunksDone == s.Chunks
}

// KeyState is the state of a row's key in the warehouse, as the object finds it that wants to publish the row.
type KeyState uint8

// The states of a key. Those from KeyOwn on only an object meets that is published chunk by chunk.
const (
	KeyFree      KeyState = iota // nobody has it
	KeyWon                       // an object has it that ranks lower
	KeyLost                      // an object has it that ranks higher
	KeyOwn                       // an earlier record of this object has it
	KeyLostAgain                 // an object has it that ranks higher, and an earlier record of this one has lost it, too
	KeyDuplicate                 // a later record of this object has it, or has lost it
)

// RowPlace is where a row of another object is, as Postgres spells it (a tid). It is good while nobody else may move such rows.
type RowPlace [6]byte

// Key is the state of a key; where it is KeyWon, Row is the row that has it.
type Key struct {
	State KeyState
	Row   RowPlace
}

// Displaced says how many rows of another object moved from the warehouse to superseded, below zero where they came back, and
// the days, where the data set has a day, that these rows speak of.
type Displaced struct {
	Object ObjectID
	Rows   int64
	Days   []time.Time
}

// Sibling is another version of an object's key that is published.
type Sibling struct {
	Object ObjectID
	// Later tells whether it is later than the object, SameBytes whether it holds the same bytes.
	Later, SameBytes bool
	// Replaced tells whether a newer version replaced it, so that it has no rows any more.
	Replaced bool
}

// Ending is how an object comes to its end.
type Ending struct {
	// Status is Published, Unchanged, Refused or Failed.
	Status Status
	// Reason is a sentence for a person, empty where all is well.
	Reason string
	Counts Counts
	// Displaced holds one entry for each object that lost rows to a published one, or got rows back.
	Displaced []Displaced
	// ReplacedBy is the newer version whose rows stand in the place of this one's; nil if there is none.
	ReplacedBy *ObjectID
	// Replaced are the older versions in whose place this one's rows stand, Unchanged those later ones that turned out to repeat it.
	Replaced, Unchanged []ObjectID
	// Changes name the days whose rows changed.
	Changes []Change
	// Usage is what the end took.
	Usage Usage
}
