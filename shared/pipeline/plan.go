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

// WorkPrefixes are what the keys of all that the work bucket holds of an object start with, but for its outcome.
func WorkPrefixes(id ObjectID) []string {
	return []string{fmt.Sprintf("staged/%s/", id), fmt.Sprintf("plans/%s/", id)}
}

// ContractRef names one version of a contract document.
type ContractRef struct {
	Bucket    string `json:"bucket"`
	Key       string `json:"key"`
	VersionID string `json:"version_id"`
}

// Format is the format of an object's records.
type Format string

// The formats that can be split and decoded. A contract that says JSON means any of the three kinds of it; a plan says which.
const (
	CSV              Format = "csv"
	JSON             Format = "json"              // an array of objects
	NDJSON           Format = "ndjson"            // an object a line
	ConcatenatedJSON Format = "concatenated-json" // one object after another, over as many lines as they like
	Parquet          Format = "parquet"
)

// Compression is how an object is compressed as a whole. The offsets of its chunks and records are those in the stream that
// comes out.
type Compression string

// The compressions that are read; an object without one has an empty one.
const (
	Gzip Compression = "gzip"
	Zstd Compression = "zstd"
)

// Layout says how an object's bytes are laid out: what split and decode must know before the first record. Only Format and the
// bounds concern every format; Parquet says all the rest itself.
type Layout struct {
	Format      Format      `json:"format"`
	Compression Compression `json:"compression,omitempty"`
	// Encoding is the text's, as package charset names it; empty means UTF-8.
	Encoding string `json:"encoding,omitempty"`
	// Detected names what was found in the file because the contract leaves it open: "delimiter", "encoding", …
	Detected []string `json:"detected,omitempty"`

	// Delimiter and Quote are CSV's field delimiter and quote character; Unquoted says that there is no quote character.
	Delimiter byte `json:"delimiter,omitempty"`
	Quote     byte `json:"quote,omitempty"`
	Unquoted  bool `json:"unquoted,omitempty"`
	// Escape is the character that, in a quoted CSV field, makes the one behind it text; 0 if there is none. Doubled quotes
	// stand for one in any case.
	Escape byte `json:"escape,omitempty"`
	// Comment begins a CSV line that is no record; 0 if there are no such lines.
	Comment byte `json:"comment,omitempty"`
	// TrailingDelimiter says that a delimiter stands behind the last field of a CSV record, too; PadShort that the fields that a
	// short one lacks at its end are empty.
	TrailingDelimiter bool `json:"trailing_delimiter,omitempty"`
	PadShort          bool `json:"pad_short,omitempty"`
	// Header holds the column names of a CSV file in the file's order.
	Header []string `json:"header,omitempty"`
	// HeaderText is the text of the header's record; a later record with this very text repeats the header, and is no record.
	// Empty if the file has no header.
	HeaderText string `json:"header_text,omitempty"`

	// BodyStart is the offset of the first byte that can belong to a record (after a byte order mark, junk lines and the
	// header), BodyLine the number, from 1, of the line that it lies on.
	BodyStart int64 `json:"body_start"`
	BodyLine  int64 `json:"body_line"`
	// MaxFieldBytes bounds a CSV field and MaxRecordBytes a record; a larger one is malformed. They are in bytes of UTF-8.
	MaxFieldBytes  int `json:"max_field_bytes"`
	MaxRecordBytes int `json:"max_record_bytes"`
	// ChunkRows is how many rows of a Parquet file's row group a chunk holds at most.
	ChunkRows int64 `json:"chunk_rows,omitempty"`
	// MaxRatio and MaxBytes bound what may come out of a compressed object; see package compression.
	MaxRatio int64 `json:"max_ratio,omitempty"`
	MaxBytes int64 `json:"max_bytes,omitempty"`
}

// Told is the layout as the ledger tells it: without the header, of which a file may have a megabyte.
func (l Layout) Told() Layout {
	l.Header, l.HeaderText = nil, ""
	return l
}
