package grammar

import "math/bits"

// Nearly all records are regular: a field of theirs that begins with a quote ends with one, and between two such fields is no quote.
// Then the quotes alone tell what lies inside of them, and where each field and each record ends is seen from the bits of a batch,
// without the state machine. It takes what is not regular, and what does not end in the batch.
type regular struct {
	// ends[ahead:] are the ends of the regular records, and of the blank lines, that are not yet met.
	ends  []ending
	ahead int
	// patience is how many bytes are left to the state machine before a batch is tried again, so that little is looked at in vain.
	patience int
}

// ending is a line end outside of quotes.
type ending struct {
	// place tells, by its index, which of the index's places it is.
	place int32
	content
}

// content is what there may be in a record: quoted fields, and line ends in them.
type content struct{ quoted, multiline bool }

// regularRecord takes the record at the start of b if it is regular.
func (s *CSV) regularRecord(b []byte) (end int, ok bool) {
	for s.ahead < len(s.ends) || s.findRegular(b) {
		line := s.ends[s.ahead]
		first, last := s.next, int(line.place)
		s.next = last + 1
		s.ahead++
		end = int(s.places[last]) - s.base
		if end < 0 {
			continue // a line that is no record has been passed over
		}
		if !s.isBounded(end) {
			s.handOver()
			break
		}
		s.places[first-1] = int32(s.base - 1)
		s.first, s.last, s.origin = first, last+1, int32(s.base)
		s.surplus, s.content, s.fault = surplus{}, line.content, fault{}
		if s.last-s.first > s.keepFields {
			s.countSurplus(b)
		}
		return end, true
	}
	return 0, false
}

// isBounded tells whether a record of so many bytes, and each field in it, surely keeps the bounds.
func (s *CSV) isBounded(size int) bool { return size <= s.maxField && size <= s.maxRecord }

// countSurplus counts the fields that are not kept.
func (s *CSV) countSurplus(b []byte) {
	last := s.first + s.keepFields
	for i := last; i < s.last; i++ {
		field := b[s.places[i-1]+1-s.origin : s.places[i]-s.origin]
		s.surplus.count++
		s.surplus.filled = s.surplus.filled || len(field) > 0 && (len(field) != 2 || field[0] != s.quote)
	}
	s.last = last
}

// handOver leaves the next batch to the state machine.
func (s *CSV) handOver() {
	s.restart(0)
	s.ends, s.ahead, s.patience = s.ends[:0], 0, batchBytes
}

// findRegular looks for regular records in the batch that text begins with, as far as they go. It gives false if there is none.
func (s *CSV) findRegular(text []byte) bool {
	s.ends, s.ahead = s.ends[:0], 0
	if s.patience > 0 {
		return false
	}
	s.restart(0)
	batch := text[:min(len(text), batchBytes)]
	if n := len(batch); n > 0 && batch[n-1] == '\r' {
		batch = batch[:n-1] // it may be half a line end
	}
	s.places = append(s.places, 0) // for what is before the first field
	q := quotes{strict: s.escape != 0 || s.comment != '\n', separator: 1}
	blocks := s.sought.classify(s.blocks[:], batch)
	found, sound := len(s.places), 0
	var record content
	for i := range blocks {
		separators, lineEnds, ok := q.outside(&blocks[i])
		if !ok {
			break
		}
		if !s.apart {
			separators = lineEnds
		}
		record.quoted, record.multiline = record.quoted || q.quoted, record.multiline || q.multiline
		for rest := lineEnds; rest != 0; rest &= rest - 1 {
			before := bits.OnesCount64(separators & (rest - 1) &^ rest)
			s.ends = append(s.ends, ending{int32(found + before), record})
			record = q.content
		}
		s.sets[i] = separators
		found += bits.OnesCount64(separators)
		sound++
	}
	if len(s.ends) == 0 {
		s.handOver()
		return false
	}
	s.places = room(s.places, len(batch))
	put(s.places[1:], s.sets[:sound], 0)
	s.places = s.places[:s.ends[len(s.ends)-1].place+1]
	s.next, s.base = 1, 0
	return true
}

// quotes follows the quotes of a batch from block to block.
type quotes struct {
	// strict says that a quoted field is not regular: its dialect has escapes, or comments in which quotes mean nothing.
	strict bool
	// Of the byte before the block: inside has all bits set if it lies inside quotes, the others the lowest bit if it is a separator
	// outside of them, the last quote of a field as far as is known, or a CR.
	inside, separator, closing, carriageReturn uint64
	// content is what there may be in the records that have bytes in the block.
	content
}

// outside gives the separators in a block that lie outside of quotes, and those of them that are line ends. It gives false if the quotes
// are not regular.
func (q *quotes) outside(b *block) (separators, lineEnds uint64, regular bool) {
	lineEnds = b.lineFeeds | b.carriageReturns
	separators = b.delimiters | lineEnds
	quotes := b.quotes &^ b.lineFeeds // where there is no quote, a line feed stands for it
	opening := quotes & (separators<<1 | q.separator)
	q.content = content{}
	if opening|q.inside|q.closing != 0 {
		if q.quoted = true; q.strict {
			return 0, 0, false
		}
		inside := odd(quotes) ^ q.inside
		opening, closing := quotes&inside, quotes&^inside
		q.multiline = lineEnds&inside != 0
		separators &^= inside
		lineEnds &^= inside
		closed := closing<<1 | q.closing
		if opening&^(separators<<1|q.separator|closed)|closed&^(separators|quotes) != 0 {
			return 0, 0, false
		}
		q.inside, q.closing = uint64(int64(inside)>>63), closing>>63
	}
	secondHalves := b.lineFeeds & (b.carriageReturns<<1 | q.carriageReturn)
	q.separator, q.carriageReturn = separators>>63, b.carriageReturns>>63
	return separators &^ secondHalves, lineEnds &^ secondHalves, true
}

// odd sets the bits up to which an odd number of bits is set, themselves included: behind an opening quote those up to its closing one.
func odd(set uint64) uint64 {
	for _, n := range [...]int{1, 2, 4, 8, 16, 32} {
		set ^= set << n
	}
	return set
}
