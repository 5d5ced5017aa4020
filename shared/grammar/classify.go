package grammar

import (
	"encoding/binary"
	"math/bits"
)

// characters are those that matter to a dialect, wherever they stand. None of them is 0: where there is no escape, the quote stands
// for it, and where there is no quote, a line feed.
type characters struct {
	delimiter, quote, escape, lineFeed, carriageReturn byte
}

// block says where the characters are in a block of text: a word for each, with a bit for each byte, the lowest for the first.
type block struct {
	delimiters, quotes, escapes, lineFeeds, carriageReturns uint64
}

// blockBytes is the size of a block.
const blockBytes = 64

// classify finds the characters in a text. It fills in as many of the blocks as the text has, and gives these. The last may be no
// whole one: behind the text are zeros.
func (c *characters) classify(blocks []block, text []byte) []block {
	whole := len(text) / blockBytes
	classifyBlocks(blocks[:whole], text, c)
	if whole*blockBytes == len(text) {
		return blocks[:whole]
	}
	var last [blockBytes]byte
	copy(last[:], text[whole*blockBytes:])
	classifyBlocks(blocks[whole:whole+1], last[:], c)
	return blocks[:whole+1]
}

// classifyWords is classifyBlocks for every processor. Quotes, escapes and carriage returns are in few blocks, and are told apart only there.
func classifyWords(blocks []block, text []byte, c *characters) {
	delimiter, lineFeed := newSought(c.delimiter), newSought(c.lineFeed)
	quote, escape, carriageReturn := newSought(c.quote), newSought(c.escape), newSought(c.carriageReturn)
	for i := range blocks {
		of := (*[blockBytes]byte)(text[i*blockBytes:])
		var b block
		var rare uint64
		for at := 0; at < blockBytes; at += wordBytes {
			word := binary.LittleEndian.Uint64(of[at:])
			b.delimiters |= delimiter.in(word) << at
			b.lineFeeds |= lineFeed.in(word) << at
			rare |= zeros(word^uint64(quote)) | zeros(word^uint64(escape)) | zeros(word^uint64(carriageReturn))
		}
		for at := 0; at < blockBytes && rare != 0; at += wordBytes {
			word := binary.LittleEndian.Uint64(of[at:])
			b.quotes |= quote.in(word) << at
			b.escapes |= escape.in(word) << at
			b.carriageReturns |= carriageReturn.in(word) << at
		}
		blocks[i] = b
	}
}

// sought is a character of ASCII that is looked for, in each byte of a word.
type sought uint64

func newSought(c byte) sought { return sought(c) * eachByte }

// in gives a bit for each byte of the word, set where the character is.
func (s sought) in(word uint64) uint64 { return zeros(word^uint64(s)) * gather >> 56 }

// gather, as a factor, brings the high bit of each byte to its place in the highest byte.
const gather = 0x0002040810204081

// atOnce is how many places may be written too many at the end.
const atOnce = 8

// putWords is put for every processor.
func putWords(places []int32, sets []uint64, at int) (n int) {
	for _, set := range sets {
		for ; set != 0; set &= set - 1 {
			places[n] = int32(at + bits.TrailingZeros64(set))
			n++
		}
		at += blockBytes
	}
	return n
}
