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
	for _, field := range []*int64{&r.Offset, &r.Length, &r.Line} {
		n, err := d.uvarint()
		if err != nil {
			return false, err
		}
		*field = int64(n)
	}
	r.Values = r.Values[:0]
	for range d.columns {
		v, err := d.value()
		if err != nil {
			return false, err
		}
		r.Values = append(r.Values, v)
	}
	return true, nil
}

func (d *RecordReader) value() (pipeline.Value, error) {
	n, err := d.uvarint()
	if err != nil || n == 0 {
		return pipeline.Value{Null: true}, err
	}
	n--
	if n > uint64(len(d.rest)) {
		return pipeline.Value{}, ErrCorrupt
	}
	text := d.rest[:n:n]
	d.rest = d.rest[n:]
	return pipeline.Value{Text: text}, nil
}

func (d *RecordReader) uvarint() (uint64, error) {
	n, size := binary.Uvarint(d.rest)
	if size <= 0 {
		return 0, ErrCorrupt
	}
	d.rest = d.rest[size:]
	return n, nil
}
