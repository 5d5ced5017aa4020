package transform

import (
	"cmp"
	"encoding/binary"
	"slices"

	"acequia/shared/pipeline"
	"acequia/shared/rows"
)

// Rows collects the tuples of a chunk in one piece of memory, and gives them sorted.
type Rows struct {
	keyColumns int
	bytes      []byte
	// starts holds each tuple's place in bytes, which is also where the one before ends.
	starts   []int
	unsorted bool
}

// NewRows starts a collection of tuples whose keys have so many columns. There is room for so many bytes of them before more has
// to be found.
func NewRows(keyColumns, room int) *Rows {
	return &Rows{keyColumns: keyColumns, bytes: make([]byte, 0, room)}
}

// Add has the transformer make the tuple of a record of the object. If there is none, it gives the reasons, as Transformer.Row does.
func (r *Rows) Add(t *Transformer, object pipeline.ObjectID, record *pipeline.CleanRecord) (failures []pipeline.Failure) {
	start := len(r.bytes)
	if r.bytes, failures = t.Row(object, record, r.bytes); len(failures) > 0 {
		return failures
	}
	if n := len(r.starts); n > 0 && !r.unsorted {
		r.unsorted = rows.CompareAt(r.bytes[r.starts[n-1]:], r.bytes[start:], r.keyColumns) > 0
	}
	r.starts = append(r.starts, start)
	return nil
}

// Sorted gives all tuples one after another, ordered by key and then by the records' offsets. They are in order already where
// the file is.
func (r *Rows) Sorted() []byte {
	if !r.unsorted {
		return r.bytes
	}
	order := r.places()
	slices.SortFunc(order, func(a, b place) int {
		if a.head != b.head {
			return cmp.Compare(a.head, b.head)
		}
		return rows.CompareAt(r.bytes[r.starts[a.number]:], r.bytes[r.starts[b.number]:], r.keyColumns)
	})
	out := make([]byte, 0, len(r.bytes))
	for _, p := range order {
		out = append(out, r.tuple(p.number)...)
	}
	return out
}

func (r *Rows) tuple(number int) []byte {
	end := len(r.bytes)
	if number+1 < len(r.starts) {
		end = r.starts[number+1]
	}
	return r.bytes[r.starts[number]:end]
}

// place is a tuple by its number, with what tells it from most others without looking at it: the eight bytes of the first key field
// that follow those which all have in common.
type place struct {
	head   uint64
	number int
}

func (r *Rows) places() []place {
	all := make([]place, len(r.starts))
	common := r.common()
	for i := range all {
		var head [8]byte // A field that ends is less than any that goes on, which zeros say as well; where they do not, heads are equal.
		copy(head[:], r.firstKey(i)[common:])
		all[i] = place{binary.BigEndian.Uint64(head[:]), i}
	}
	return all
}

// common is how many bytes all first key fields start with.
func (r *Rows) common() int {
	first := r.firstKey(0)
	n := len(first)
	for i := range r.starts {
		key := r.firstKey(i)
		n = min(n, len(key))
		for n > 0 && string(key[:n]) != string(first[:n]) {
			n--
		}
	}
	return n
}

// firstKey gives the contents of a tuple's first key field; nothing where there is no key.
func (r *Rows) firstKey(number int) []byte {
	if r.keyColumns == 0 {
		return nil
	}
	field := r.bytes[r.starts[number]+rows.KeyStart:]
	return field[4 : 4+binary.BigEndian.Uint32(field)]
}
