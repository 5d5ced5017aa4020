package transform

import (
	"slices"

	"acequia/shared/rows"
)

// Rows collects the tuples of a chunk and gives them sorted.
type Rows struct {
	keyColumns int
	bytes      []byte
	starts     []int
}

// NewRows starts a collection of tuples whose keys have so many columns.
func NewRows(keyColumns int) *Rows { return &Rows{keyColumns: keyColumns} }

// Add copies a tuple that Transformer.Row gave.
func (r *Rows) Add(tuple []byte) {
	r.starts = append(r.starts, len(r.bytes))
	r.bytes = append(r.bytes, tuple...)
}

// Sorted gives all tuples one after another, ordered by key and then by the records' offsets.
func (r *Rows) Sorted() []byte {
	tuples := make([]rows.Tuple, len(r.starts))
	sorted := true
	for i, start := range r.starts {
		tuple, err := rows.Parse(r.bytes[start:], r.keyColumns)
		if err != nil {
			panic("transform: a tuple that was added is none: " + err.Error())
		}
		tuples[i] = tuple
		sorted = sorted && (i == 0 || rows.Compare(tuples[i-1], tuple) <= 0)
	}
	if sorted {
		return r.bytes
	}
	slices.SortFunc(tuples, rows.Compare)
	out := make([]byte, 0, len(r.bytes))
	for _, tuple := range tuples {
		out = append(out, tuple.Bytes...)
	}
	return out
}
