package decode

import (
	"unicode/utf8"

	"acequia/shared/grammar"
)

// readability is what is known about whether a text can be read. A stretch of it is looked at at a time, which is then at hand for those
// who look for records in it; only those in a stretch that cannot be read have to be looked at one by one.
type readability struct {
	text []byte
	// upto is how much of the text has been looked at, and doubtful the end of the last stretch that cannot be read.
	upto, doubtful int
}

// stretchBytes is the size of a stretch: it stays in a near cache.
const stretchBytes = 16 << 10

// isSure tells whether text[start:end] surely can be read. It is asked about one record after another.
func (r *readability) isSure(start, end int) bool {
	for r.upto < end {
		r.look()
	}
	return start >= r.doubtful
}

// look looks at the next stretch, which ends with a whole character.
func (r *readability) look() {
	from := r.upto
	r.upto = min(from+stretchBytes, len(r.text))
	for back := 1; back < utf8.UTFMax && r.upto < len(r.text) && !utf8.RuneStart(r.text[r.upto]); back++ {
		r.upto--
	}
	if !grammar.IsReadable(r.text[from:r.upto]) {
		r.doubtful = r.upto
	}
}
