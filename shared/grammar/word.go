package grammar

import (
	"encoding/binary"
	"math/bits"
)

// Text is looked at eight bytes at a time, as a word whose lowest byte comes first.
const (
	wordBytes = 8
	eachByte  = 0x0101010101010101
	highBits  = 0x80 * eachByte
	lowBits   = 0x7f * eachByte
)

// zeros sets the high bit of each byte of x that is 0, and no other bit: what is left of any other byte is lifted into it by 0x7f,
// and none is lifted beyond.
func zeros(x uint64) uint64 { return highBits &^ ((x&lowBits + lowBits) | x) }

// set is two characters of ASCII to look for, each of them in every byte of a word.
type set struct{ a, b uint64 }

func newSet(a, b byte) set { return set{uint64(a) * eachByte, uint64(b) * eachByte} }

// in sets the high bit of each byte of the word that is in the set, and no other bit. Of two equal characters the exclusive or is 0,
// the only one of 128 values that 0x7f does not lift into the high bit; and since none is lifted beyond, no byte disturbs the
// next.
func (s set) in(word uint64) uint64 {
	low := word & lowBits
	others := ((low ^ s.a) + lowBits) & ((low ^ s.b) + lowBits)
	return ^(others | word) & highBits
}

// first gives the index of the first character of the set in b[from:to], or to.
func (s set) first(b []byte, from, to int) int {
	for at := from; at < to; at += wordBytes {
		if found := s.in(word(b, at)); found != 0 {
			return min(at+lowest(found), to)
		}
	}
	return to
}

// lowest gives the place in a word of the first byte that in has found.
func lowest(found uint64) int { return bits.TrailingZeros64(found) / 8 }

// word gives the word at b[at]; behind the end of b are zeros.
func word(b []byte, at int) uint64 {
	if at+wordBytes <= len(b) {
		return binary.LittleEndian.Uint64(b[at : at+wordBytes])
	}
	return lastWord(b[at:])
}

// lastWord is word where it needs care. It is not inlined, so that word can be.
//
//go:noinline
func lastWord(b []byte) (word uint64) {
	for i, c := range b {
		word |= uint64(c) << (8 * i)
	}
	return word
}
