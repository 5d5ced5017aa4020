package rows

import (
	"bytes"
	"cmp"
	"encoding/binary"
	"errors"
	"fmt"
)

// KeyStart is the offset of a tuple's first key field: behind the field count, the 16 bytes of _object_id and the 8 of
// _byte_offset, each of the two with its length.
const KeyStart = 2 + 4 + 16 + 4 + 8

// Leading counts the fields before the key: _object_id and _byte_offset.
const Leading = 2

// ErrCorrupt says that bytes are not tuples: cut short, or with lengths that no tuple has.
var ErrCorrupt = errors.New("the row file is cut short or damaged")

// errShort says that the bytes end before the tuple does.
var errShort = fmt.Errorf("%w: it ends within a tuple", ErrCorrupt)

// Tuple is one row as binary COPY spells it.
type Tuple struct {
	// Bytes is the whole tuple, from its field count on.
	Bytes []byte
	// keyColumns counts the key fields, which end before keyEnd.
	keyColumns, keyEnd int
}

// Parse takes the tuple that b starts with, and whose key has keyColumns fields; the tuple shares b's bytes. The error is
// an ErrCorrupt where b starts with none, or ends before the tuple does.
func Parse(b []byte, keyColumns int) (Tuple, error) {
	if len(b) < KeyStart {
		return Tuple{}, errShort
	}
	fields := int(binary.BigEndian.Uint16(b))
	if fields < Leading+keyColumns || binary.BigEndian.Uint32(b[2:]) != 16 || binary.BigEndian.Uint32(b[22:]) != 8 {
		return Tuple{}, fmt.Errorf("%w: a tuple starts with %x", ErrCorrupt, b[:KeyStart])
	}
	end, keyEnd := KeyStart, KeyStart
	for i := range fields - Leading {
		if len(b)-end < 4 {
			return Tuple{}, errShort
		}
		size := int(int32(binary.BigEndian.Uint32(b[end:])))
		end += 4
		switch {
		case size >= 0 && size <= len(b)-end:
			end += size
		case size > maxTupleBytes || size < -1:
			return Tuple{}, fmt.Errorf("%w: a field has the length %d", ErrCorrupt, size)
		case size > 0:
			return Tuple{}, errShort
		case i < keyColumns:
			return Tuple{}, fmt.Errorf("%w: a key field is NULL", ErrCorrupt)
		}
		if i == keyColumns-1 {
			keyEnd = end
		}
	}
	return Tuple{Bytes: b[:end:end], keyColumns: keyColumns, keyEnd: keyEnd}, nil
}

// Clone gives the tuple with bytes of its own.
func (t Tuple) Clone() Tuple {
	t.Bytes = bytes.Clone(t.Bytes)
	return t
}

// Key gives the key fields with their lengths: two tuples of one data set have equal keys exactly if these bytes are equal.
func (t Tuple) Key() []byte { return t.Bytes[KeyStart:t.keyEnd] }

// Offset gives the record's place in its object, in bytes.
func (t Tuple) Offset() int64 { return int64(binary.BigEndian.Uint64(t.Bytes[KeyStart-8:])) }

// Field gives the contents of the field i, counted from 0 for _object_id, and whether it is NULL. It panics where there
// is no such field, as an index out of range does.
func (t Tuple) Field(i int) (contents []byte, null bool) {
	at := 2
	for range i {
		at += 4 + max(t.size(at), 0)
	}
	if size := t.size(at); size >= 0 {
		return t.Bytes[at+4 : at+4+size], false
	}
	return nil, true
}

// Fields counts the fields, the two leading ones among them.
func (t Tuple) Fields() int { return int(binary.BigEndian.Uint16(t.Bytes)) }

// size reads the length that stands at offset at.
func (t Tuple) size(at int) int { return int(int32(binary.BigEndian.Uint32(t.Bytes[at:]))) }

// Compare orders tuples of one data set by key, each key field by its contents' bytes, and tuples of one key (or all,
// where there is no key) by the records' offsets. The result is negative, zero or positive.
func Compare(a, b Tuple) int { return CompareAt(a.Bytes, b.Bytes, a.keyColumns) }

// CompareAt is Compare of the tuples that a and b start with, which must be whole.
func CompareAt(a, b []byte, keyColumns int) int {
	x, y := a[KeyStart:], b[KeyStart:]
	for range keyColumns {
		n, m := 4+binary.BigEndian.Uint32(x), 4+binary.BigEndian.Uint32(y)
		if order := bytes.Compare(x[4:n], y[4:m]); order != 0 {
			return order
		}
		x, y = x[n:], y[m:]
	}
	return cmp.Compare(int64(binary.BigEndian.Uint64(a[KeyStart-8:])), int64(binary.BigEndian.Uint64(b[KeyStart-8:])))
}
