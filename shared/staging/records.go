// Package staging says how clean records and rejects lie in the work bucket between two functions: records in a compact
// binary form, rejects as one JSON document a line.
//
// A staged record is its offset, length and line, each as an unsigned varint, and then for each declared column of the
// contract an unsigned varint: 0 for NULL, else 1 + the length of the value's canonical text, which follows.
package staging

import (
	"encoding/binary"
	"errors"

	"acequia/shared/pipeline"
)

// ErrCorrupt says that staged bytes are not what AppendRecord writes: cut short, or written for another contract.
var ErrCorrupt = errors.New("staged records are cut short, or were written under another contract")

// AppendRecord appends r in staged form to dst.
func AppendRecord(dst []byte, r *pipeline.CleanRecord) []byte {
	dst = binary.AppendUvarint(dst, uint64(r.Offset))
	dst = binary.AppendUvarint(dst, uint64(r.Length))
	dst = binary.AppendUvarint(dst, uint64(r.Line))
	for i := range r.Values {
		v := &r.Values[i]
		switch {
		case v.Null:
			dst = append(dst, 0)
		case len(v.Text) < oneByte-1:
			dst = append(append(dst, byte(len(v.Text)+1)), v.Text...)
		default:
			dst = append(binary.AppendUvarint(dst, uint64(len(v.Text))+1), v.Text...)
		}
	}
	return dst
}

// oneByte is the first number whose varint has more than one byte.
const oneByte = 0x80

// RecordReader reads staged records back.
type RecordReader struct {
	rest    []byte
	columns int
}

// NewRecordReader reads the records in b, each of the given number of columns.
func NewRecordReader(b []byte, columns int) *RecordReader {
	return &RecordReader{rest: b, columns: columns}
}

// Next reads one record into r, whose values point into the reader's bytes. It gives false at the end, and ErrCorrupt
// where the bytes are not records.
func (d *RecordReader) Next(r *pipeline.CleanRecord) (bool, error) {
	if len(d.rest) == 0 {
		return false, nil
	}
	rest := d.rest // A local one costs no barrier of the garbage collector for each field.
	for _, field := range [...]*int64{&r.Offset, &r.Length, &r.Line} {
		var n uint64
		if n, rest = uvarint(rest); rest == nil {
			return false, ErrCorrupt
		}
		*field = int64(n)
	}
	r.Values = r.Values[:0]
	for range d.columns {
		var n uint64
		switch n, rest = uvarint(rest); {
		case rest == nil || n > uint64(len(rest))+1:
			return false, ErrCorrupt
		case n == 0:
			r.Values = append(r.Values, pipeline.Value{Null: true})
		default:
			r.Values = append(r.Values, pipeline.Value{Text: rest[: n-1 : n-1]})
			rest = rest[n-1:]
		}
	}
	d.rest = rest
	return true, nil
}

// uvarint takes a number off the front, and gives what follows it: nil where there is none.
func uvarint(b []byte) (n uint64, rest []byte) {
	if len(b) > 0 && b[0] < oneByte {
		return uint64(b[0]), b[1:]
	}
	return longUvarint(b)
}

func longUvarint(b []byte) (n uint64, rest []byte) {
	n, size := binary.Uvarint(b)
	if size <= 0 {
		return 0, nil
	}
	return n, b[size:]
}
