package pipeline

import "fmt"

// Plan is what every stage obeys for one attempt at an object: written once, before the first chunk, and never changed.
// A retry obeys the plan that it finds, so all chunks of an attempt are cut and cleaned in one way even if the contract,
// the settings or the code change meanwhile.
type Plan struct {
	// Grammar is the version of the record grammar that the chunks were cut with.
	Grammar   int         `json:"grammar"`
	Object    Object      `json:"object"`
	Attempt   int         `json:"attempt"`
	Contract  ContractRef `json:"contract"`
	ChunkSize int64       `json:"chunk_size"`
	Layout    Layout      `json:"layout"`
}

// PlanKey is where in the work bucket the plan of an attempt lies.
func PlanKey(id ObjectID, attempt int) string { return fmt.Sprintf("plans/%s/%d.json", id, attempt) }

// ContractRef names one version of a contract document.
type ContractRef struct {
	Bucket    string `json:"bucket"`
	Key       string `json:"key"`
	VersionID string `json:"version_id"`
}

// Format is the format of an object's records.
type Format string

// The formats that can be split and decoded.
const (
	CSV  Format = "csv"
	JSON Format = "json" // an array of objects
)

// Layout says how an object's bytes are laid out: what split and decode must know before the first record.
type Layout struct {
	Format Format `json:"format"`
	// Delimiter and Quote are CSV's field delimiter and quote character.
	Delimiter byte `json:"delimiter,omitempty"`
	Quote     byte `json:"quote,omitempty"`
	// Encoding is what the contract says of CSV's text; empty means UTF-8.
	Encoding string `json:"encoding,omitempty"`
	// Header holds the column names of a CSV file in the file's order.
	Header []string `json:"header,omitempty"`
	// BodyStart is the offset of the first byte that can belong to a record (after a byte order mark, after the header),
	// BodyLine the number, from 1, of the line that it lies on.
	BodyStart int64 `json:"body_start"`
	BodyLine  int64 `json:"body_line"`
	// MaxFieldBytes bounds a CSV field and MaxRecordBytes a JSON record; a larger one is malformed.
	MaxFieldBytes  int `json:"max_field_bytes"`
	MaxRecordBytes int `json:"max_record_bytes"`
}
