package parquet

import "encoding/binary"

// hybrid reads numbers of up to 32 bits that are written as runs of one number and as packed bits in turn: definition levels,
// indexes into a dictionary, and truth values.
// https://parquet.apache.org/docs/file-format/data-pages/encodings/#RLE
type hybrid struct {
	b     []byte // the runs to come
	width uint
	// The run at hand: how many numbers are left in it, the number, or the bits and which of them are next.
	left   uint64
	value  uint32
	packed []byte
	bit    int
}

// next gives the next number; false if there is none.
func (h *hybrid) next() (uint32, bool) {
	for h.left == 0 {
		if !h.begin() {
			return 0, false
		}
	}
	h.left--
	if h.packed == nil {
		return h.value, true
	}
	v := unpackBits(h.packed, h.bit, h.width)
	h.bit += int(h.width)
	return uint32(v), true
}

// begin begins the next run.
func (h *hybrid) begin() bool {
	header, size := binary.Uvarint(h.b)
	if size <= 0 || h.width > 32 {
		return false
	}
	h.b = h.b[size:]
	if header&1 == 0 {
		return h.beginRun(header >> 1)
	}
	return h.beginPacked(header >> 1)
}

func (h *hybrid) beginRun(count uint64) bool {
	var word [4]byte
	size := int(h.width+7) / 8
	if size > len(h.b) {
		return false
	}
	copy(word[:], h.b[:size])
	h.value, h.left, h.packed, h.b = binary.LittleEndian.Uint32(word[:]), count, nil, h.b[size:]
	return true
}

// beginPacked begins a run of groups of eight numbers. Some writers cut off what the last group does not need.
func (h *hybrid) beginPacked(groups uint64) bool {
	if h.width == 0 {
		h.value, h.left, h.packed = 0, min(groups, 1<<32)*8, nil
		return true
	}
	size := len(h.b)
	if groups <= uint64(size)/uint64(h.width) {
		size = int(groups) * int(h.width)
	}
	h.packed, h.bit, h.b = h.b[:size:size], 0, h.b[size:]
	h.left = uint64(size) * 8 / uint64(h.width)
	return true
}

// unpackBits gives the number of that width, at most 64, that starts at a bit of b. What b lacks is zeros.
func unpackBits(b []byte, bit int, width uint) uint64 {
	var padded [9]byte
	b = b[min(bit/8, len(b)):]
	if len(b) < len(padded) {
		copy(padded[:], b)
		b = padded[:]
	}
	shift := uint(bit % 8)
	v := binary.LittleEndian.Uint64(b)>>shift | uint64(b[8])<<(64-shift)
	return v & (1<<width - 1)
}
