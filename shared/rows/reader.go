// Package rows describes the staged row file: the tuples of a chunk as Postgres's binary COPY takes them, in key order,
// without COPY's file header and trailer. It takes such bytes and gives tuples.
//
// A tuple is an int16 with the number of fields, then for each field an int32 with its length (-1 for NULL) and its bytes,
// all big-endian (https://www.postgresql.org/docs/15/sql-copy.html, "Binary Format"). The fields are _object_id (uuid),
// _byte_offset (int8), and then what contract.Contract.Stored gives: the key, which is never NULL, the other declared
// columns, the derived ones.
package rows

import (
	"errors"
	"fmt"
	"io"
)

const (
	// firstBuffer is the size that a reader's buffer starts with: some hundred rows.
	firstBuffer = 64 << 10
	// maxTupleBytes bounds a tuple, and with it the memory of a reader. A record's bound is far below it.
	maxTupleBytes = 64 << 20
)

// Reader takes tuples from a stream. Its memory is bounded by the largest tuple, never by the stream.
type Reader struct {
	from       io.Reader
	keyColumns int
	// buf[start:end] is read but not yet given out.
	buf        []byte
	start, end int
	// err ends the stream once the buffer is used up.
	err error
}

// NewReader reads the tuples that r holds, whose keys have keyColumns fields (0: the data set has no key).
func NewReader(r io.Reader, keyColumns int) *Reader {
	return &Reader{from: r, keyColumns: keyColumns}
}

// Next gives the next tuple, whose bytes are valid until the next call. The error is io.EOF at the end, an ErrCorrupt
// where the stream ends within a tuple or holds something else, and otherwise the stream's own.
func (r *Reader) Next() (Tuple, error) {
	for {
		tuple, err := Parse(r.buf[r.start:r.end], r.keyColumns)
		if err == nil {
			r.start += len(tuple.Bytes)
			return tuple, nil
		}
		if !errors.Is(err, errShort) {
			return Tuple{}, err
		}
		if err := r.fill(err); err != nil {
			return Tuple{}, err
		}
	}
}

// fill reads more bytes behind those that are left. short is what to say if the stream ends here, within a tuple.
func (r *Reader) fill(short error) error {
	if r.err != nil {
		if errors.Is(r.err, io.EOF) && r.start < r.end {
			return short
		}
		return r.err
	}
	r.end = copy(r.buf, r.buf[r.start:r.end])
	r.start = 0
	if r.end == len(r.buf) {
		if len(r.buf) >= 2*maxTupleBytes {
			return fmt.Errorf("%w: a tuple has more than %d bytes", ErrCorrupt, maxTupleBytes)
		}
		grown := make([]byte, max(2*len(r.buf), firstBuffer))
		copy(grown, r.buf[:r.end])
		r.buf = grown
	}
	n, err := r.from.Read(r.buf[r.end:])
	r.end += n
	if err != nil && !errors.Is(err, io.EOF) {
		err = fmt.Errorf("reading the row file: %w", err)
	}
	r.err = err
	return nil
}
