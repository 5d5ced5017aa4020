package grammar

import (
	"encoding/binary"
	"math/bits"
	"slices"
)

// index finds the bytes of a text that may matter to its grammar, whatever they mean where they stand, and gives their places in
// order. So the grammar's state machine goes from one such byte to the next, and never looks at what lies between.
//
// It looks through a batch of the text at a time. The record at hand is text[0]: places are counted from an origin that lies base
// bytes before it.
type index struct {
	// matter holds the bytes that matter besides line ends, each in every byte of a word.
	matter [3]uint64

	// places[next:] are found and not yet met. Those before have been; there is room for what is kept of the record.
	places []int32
	next   int
	base   int
	// upto is the place up to which the text has been looked through.
	upto int
}

// batchBytes is how much of a text is looked through at once: so much as stays in the nearest cache, places and all.
const batchBytes = 4 << 10

// advance makes the record at hand the one that begins at text[n].
func (x *index) advance(n int) { x.base += n }

// restart forgets what has been found, and goes on at text[at].
func (x *index) restart(at int) {
	x.places, x.next, x.upto = x.places[:0], 0, x.base+at
}

// find looks through the next batch of the text for places behind those that there are. It gives false at the text's end.
func (x *index) find(text []byte) bool {
	from := max(x.upto-x.base, 0)
	if from >= len(text) {
		return false
	}
	to := min(from+batchBytes, len(text))
	n := len(x.places)
	places := slices.Grow(x.places, to-from+1)[:n+to-from]
	for at := from; at < to; at += blockBytes {
		for found := x.in(text, at); found != 0; found &= found - 1 {
			places[n] = int32(at + bits.TrailingZeros64(found))
			n++
		}
	}
	x.places, x.base, x.upto = places[:n], 0, to
	return true
}

// blockBytes is the size of a block: a bit for each of its bytes makes a word.
const blockBytes = 64

// in gives the bytes that may matter in the block at text[at], the lowest bit for the first.
func (x *index) in(text []byte, at int) uint64 {
	if at+blockBytes <= len(text) {
		return x.bits((*[blockBytes]byte)(text[at:]))
	}
	var last [blockBytes]byte
	n := copy(last[:], text[at:])
	return x.bits(&last) & (1<<n - 1)
}

// bits sets the bit of each byte of the block that may matter.
func (x *index) bits(b *[blockBytes]byte) uint64 {
	le := binary.LittleEndian
	return x.word(le.Uint64(b[0:])) | x.word(le.Uint64(b[8:]))<<8 | x.word(le.Uint64(b[16:]))<<16 | x.word(le.Uint64(b[24:]))<<24 |
		x.word(le.Uint64(b[32:]))<<32 | x.word(le.Uint64(b[40:]))<<40 | x.word(le.Uint64(b[48:]))<<48 | x.word(le.Uint64(b[56:]))<<56
}

// word sets the bit of each byte of the word that matters, as set does it, and those of control characters below CR: one addition
// lifts all that are above it into the high bit.
func (x *index) word(word uint64) uint64 {
	low := word & lowBits
	others := low + (0x7f-'\r')*eachByte
	others &= (low ^ x.matter[0]) + lowBits
	others &= (low ^ x.matter[1]) + lowBits
	others &= (low ^ x.matter[2]) + lowBits
	return (^(others | word) & highBits) * gather >> 56
}

// gather, as a factor, brings the high bit of each byte to its place in the highest byte.
const gather = 0x0002040810204081
