package sample

import "math/rand/v2"

// keptRows is how many rows are kept for records that double one.
const keptRows = 1024

// A dealer decides which records get which flaw. It deals them in their listed order, over and over, so that a file of a
// few hundred records has every one of them.
type dealer[T any] struct {
	flaws []flaw[T]
	every int
	// dealt counts the flaws that were dealt, good the good records to come before the next.
	dealt, good int
	// then is due for the next record, whatever else is.
	then *flaw[T]
	// rows counts the file's rows; kept holds keptRows of them, each row with the same chance, so that a record and its
	// double lie in different chunks of a big file.
	rows int64
	kept []T
}

// next gives the next record's flaw, or one that does nothing.
func (d *dealer[T]) next(r *rand.Rand) flaw[T] {
	if d.then != nil {
		due := *d.then
		d.then = due.then
		return due
	}
	if d.good > 0 || len(d.kept) == 0 {
		d.good--
		return flaw[T]{}
	}
	dealt := d.flaws[d.dealt%len(d.flaws)]
	d.dealt++
	d.then = dealt.then
	d.rest(r)
	return dealt
}

// rest draws how many good records come now: every-1 on average.
func (d *dealer[T]) rest(r *rand.Rand) { d.good = r.IntN(2*d.every - 1) }

// remember may keep a row for a record that doubles it (reservoir sampling).
func (d *dealer[T]) remember(r *rand.Rand, item T) {
	d.rows++
	if len(d.kept) < keptRows {
		d.kept = append(d.kept, item)
	} else if slot := r.Int64N(d.rows); slot < keptRows {
		d.kept[slot] = item
	}
}
