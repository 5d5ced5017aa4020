package pipeline

import "fmt"

// Chunk is a range of an object's bytes, cut at record boundaries; of a compressed object, of the bytes that come out of it; of a
// Parquet file, a range of its rows. The chunks of an attempt tile the object: the first starts at 0, each ends where the next
// starts, the last ends where the object does. A chunk's identity is (object id,
// attempt, byte start), never a message id, which a redrive changes.
type Chunk struct {
	Object  Object `json:"object"`
	Attempt int    `json:"attempt"`
	// Number counts the chunks of an attempt from 0.
	Number int `json:"chunk"`
	// Start is the offset of the first byte, End that of the byte after the last.
	Start int64 `json:"byte_start"`
	End   int64 `json:"byte_end"`
	// Line is the number, from 1, of the line that Start lies on.
	Line int64 `json:"line"`
}

// StreamKind is the kind of staged file that holds the bytes of a chunk which cannot be read from its object, because that is
// compressed.
const StreamKind = "stream.bytes"

// StagedKey is where in the work bucket the chunk's output of the named kind ("clean.records", "rows.copy", …) lies. It
// derives from the chunk's identity alone: doing a chunk twice writes the same bytes to the same place.
func (c Chunk) StagedKey(kind string) string {
	return fmt.Sprintf("staged/%s/%d/%015d/%s", c.Object.ID, c.Attempt, c.Start, kind)
}

// Cleaned says that a chunk has been cleaned: what clean tells transform.
type Cleaned struct {
	Chunk Chunk `json:"chunk"`
	// Records counts the chunk's records, clean ones and rejects together.
	Records  int64 `json:"records"`
	Rejected int64 `json:"rejected"`
	// RecordsKey and RejectsKey name the staged outputs in the work bucket. RejectsKey is empty if nothing was rejected.
	RecordsKey string `json:"records_key"`
	RejectsKey string `json:"rejects_key,omitempty"`
	// Usage is what cleaning took.
	Usage Usage `json:"usage,omitzero"`
}
