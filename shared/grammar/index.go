package grammar

import "slices"

// index finds the bytes of a text that may matter to its grammar, whatever they mean where they stand, and gives their places in
// order. So the grammar's state machine goes from one such byte to the next, and never looks at what lies between.
//
// It looks through a batch of the text at a time. The record at hand is text[0]: places are counted from an origin that lies base
// bytes before it.
type index struct {
	sought characters
	// apart says that delimiters matter, too.
	apart bool
	// blocks is the batch at hand, and sets say which of its bytes matter.
	blocks [batchBytes / blockBytes]block
	sets   [batchBytes / blockBytes]uint64

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
	blocks := x.sought.classify(x.blocks[:], text[from:to])
	for i := range blocks {
		b := &blocks[i]
		x.sets[i] = b.quotes | b.escapes | b.lineFeeds | b.carriageReturns
		if x.apart {
			x.sets[i] |= b.delimiters
		}
	}
	n, places := len(x.places), room(x.places, to-from)
	n += put(places[n:], x.sets[:len(blocks)], from)
	x.places, x.base, x.upto = places[:n], 0, to
	return true
}

// room gives places with room behind them for those of so many bytes, and for what put writes too many.
func room(places []int32, size int) []int32 {
	size += atOnce
	return slices.Grow(places, size)[:len(places)+size]
}
