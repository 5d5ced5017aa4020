package parquet

import "encoding/binary"

// maxBlock bounds the numbers of a block, of which writers put in 128.
const maxBlock = 1 << 16

// delta reads whole numbers that are written as differences (DELTA_BINARY_PACKED). A block has its least difference, how many
// bits wide the others are above it in each of its parts, and then the parts.
// https://parquet.apache.org/docs/file-format/data-pages/encodings/#DELTAENC
type delta struct {
	b       []byte
	parts   int    // of a block
	numbers uint64 // of a part
	left    uint64 // numbers to come
	started bool
	value   uint64

	// The block at hand, and the part of it.
	least  uint64
	widths []byte // of the parts to come
	packed []byte
	width  uint
	inPart uint64
	bit    int
}

// newDelta reads the header; false if it makes no sense, or claims more than n numbers, which may take no bytes at all.
func newDelta(b []byte, n int) (delta, bool) {
	var header [3]uint64
	for i := range header {
		n, size := binary.Uvarint(b)
		if size <= 0 {
			return delta{}, false
		}
		header[i], b = n, b[size:]
	}
	first, size := binary.Varint(b)
	block, parts := header[0], header[1]
	if size <= 0 || header[2] > uint64(n) || block > maxBlock || parts == 0 || parts > block || block%(8*parts) != 0 {
		return delta{}, false
	}
	return delta{b: b[size:], parts: int(parts), numbers: block / parts, left: header[2], value: uint64(first)}, true
}

// next gives the next number; false if there is none.
func (d *delta) next() (int64, bool) {
	if d.left == 0 {
		return 0, false
	}
	d.left--
	if !d.started {
		d.started = true
		return int64(d.value), true
	}
	if d.inPart == 0 && !d.begin() {
		return 0, false
	}
	d.inPart--
	d.value += d.least
	if d.width > 0 {
		d.value += unpackBits(d.packed, d.bit, d.width)
		d.bit += int(d.width)
	}
	return int64(d.value), true
}

// begin begins the next part, and the next block if need be.
func (d *delta) begin() bool {
	if len(d.widths) == 0 {
		least, size := binary.Varint(d.b)
		if size <= 0 || len(d.b)-size < d.parts {
			return false
		}
		d.least, d.widths, d.b = uint64(least), d.b[size:size+d.parts], d.b[size+d.parts:]
	}
	d.width, d.widths = uint(d.widths[0]), d.widths[1:]
	size := int(d.numbers) * int(d.width) / 8
	if d.width > 64 || size > len(d.b) {
		return false
	}
	d.packed, d.bit, d.inPart, d.b = d.b[:size], 0, d.numbers, d.b[size:]
	return true
}

// rest gives what stands behind the numbers, without going there.
func (d delta) rest() ([]byte, bool) {
	for d.left > 0 {
		if _, ok := d.next(); !ok {
			return nil, false
		}
	}
	return d.b, true
}

// differences are whole numbers.
type differences struct {
	delta
	width int
	value [8]byte
}

func (v *differences) next() ([]byte, bool) {
	n, ok := v.delta.next()
	binary.LittleEndian.PutUint64(v.value[:], uint64(n))
	return v.value[:v.width], ok
}
