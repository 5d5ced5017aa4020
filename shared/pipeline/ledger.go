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
	Error    string
	Attempt  int
	Contract ContractRef
	// Planned tells whether the walk is over, and so whether Chunks and PlannedRecords, the walk's own counts, are known.
	Planned        bool
	Chunks         int
	PlannedRecords int64
	// ChunksDone, Records and Rejected are summed over the chunks that are staged.
	ChunksDone int
	Records    int64
	Rejected   int64
}

// Complete tells whether all the object's chunks are staged and its publication is due.
func (s Standing) Complete() bool {
	return s.Status == Processing && s.Planned && s.ChunksDone == s.Chunks
}

// KeyState is the state of a row's key in the warehouse, as the object finds it that wants to publish the row.
type KeyState uint8

// The states of a key: nobody has it, an object does that ranks lower, or one that ranks higher.
const (
	KeyFree KeyState = iota
	KeyWon
	KeyLost
)

// Displaced says how many rows of another object a publication moved from the warehouse to superseded, and the days,
// where the data set has a day, that these rows spoke of.
type Displaced struct {
	Object ObjectID
	Rows   int64
	Days   []time.Time
}

// Ending is how an object comes to its end.
type Ending struct {
	// Status is Published, Unchanged, Refused or Failed.
	Status Status
	// Reason is a sentence for a person, empty where all is well.
	Reason string
	Counts Counts
	// Displaced holds one entry for each object that lost rows to a published one.
	Displaced []Displaced
	// Changes name the days whose rows changed.
	Changes []Change
}
