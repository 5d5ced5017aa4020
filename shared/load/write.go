package load

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"time"

	"acequia/shared/contract"
	"acequia/shared/pipeline"
	"acequia/shared/rows"
)

// Table is the data set's table, as a publication writes it.
type Table interface {
	Contention
	Keys
	// KeepAlive shows the database that the publication is at work while it asks nothing: who says nothing for long is taken for dead.
	KeepAlive(ctx context.Context) error
	// Insert and Supersede write rows to the warehouse and to superseded, and count them.
	Insert(ctx context.Context, tuples []rows.Tuple) (int64, error)
	Supersede(ctx context.Context, tuples []rows.Tuple) (int64, error)
	// Remove takes all rows of the objects out of both, and brings back those that follow them: see pgstore.Publication.
	Remove(ctx context.Context, dataset string, objects []pipeline.ObjectID, dayColumn string) (
		gone int64, back []pipeline.Displaced, days []time.Time, err error)
}

// Contention is how publications of a data set keep out of each other's way.
type Contention interface {
	// Contested tells whether an earlier try of the publication found keys taken.
	Contested() bool
	// Try runs do under a savepoint. If do meets a key that is taken, all that it wrote is undone, and taken is true.
	Try(ctx context.Context, do func() error) (taken bool, err error)
	// Claim keeps other publications from touching other objects' rows until this one ends. Without it, neither may this.
	Claim(ctx context.Context, dataset string) error
}

// Keys are the keys that are taken in the data set's table. dayColumn, if any, holds a row's day.
type Keys interface {
	// Probe tells the state of each tuple's key. With own, rows of the object itself may be there already.
	Probe(ctx context.Context, tuples []rows.Tuple, own bool) ([]pipeline.Key, error)
	// Displace moves rows of other objects, which Probe found, to superseded.
	Displace(ctx context.Context, places []pipeline.RowPlace, dayColumn string) ([]pipeline.Displaced, error)
	// Discard deletes the object's own rows that hold the tuples' keys or, with lost, have lost them.
	Discard(ctx context.Context, tuples []rows.Tuple, lost bool, dayColumn string) ([]pipeline.Displaced, error)
}

// maxClashes bounds how often a segment is probed again because somebody else inserted one of its keys meanwhile.
const maxClashes = 10

// writer writes an object's rows, segment by segment, in key order. It begins optimistically, with COPY and nothing else,
// and looks closer only where a key is taken.
type writer struct {
	table   Table
	object  pipeline.Object
	day     dayField
	probing bool
	// own says that rows of the object are there already, of other chunks.
	own  bool
	done effect
}

// effect is what writing did.
type effect struct {
	pipeline.Counts
	removed   int64
	displaced map[pipeline.ObjectID]int64
	days      map[time.Time]bool
}

func newWriter(t Table, o pipeline.Object, c *contract.Contract) *writer {
	return &writer{table: t, object: o, day: dayFieldOf(c), probing: t.Contested(), own: c.ByChunk, done: newEffect()}
}

func newEffect() effect {
	return effect{displaced: map[pipeline.ObjectID]int64{}, days: map[time.Time]bool{}}
}

// displace adds rows that moved.
func (e *effect) displace(moved []pipeline.Displaced) {
	for _, d := range moved {
		e.displaced[d.Object] += d.Rows
		for _, day := range d.Days {
			e.days[day] = true
		}
	}
}

// remove takes out all rows of the objects, other versions of the key or the object's own of an earlier attempt.
func (w *writer) remove(ctx context.Context, objects []pipeline.ObjectID) error {
	if len(objects) == 0 {
		return nil
	}
	if err := w.table.Claim(ctx, w.object.Dataset); err != nil {
		return err
	}
	gone, back, days, err := w.table.Remove(ctx, w.object.Dataset, objects, w.day.column)
	if err != nil {
		return err
	}
	w.done.displace(back)
	for _, day := range days {
		w.done.days[day] = true
	}
	w.done.removed += gone
	return nil
}

// write writes one segment.
func (w *writer) write(ctx context.Context, segment []rows.Tuple) error {
	if !w.probing {
		taken, err := w.try(ctx, func(e *effect) error { return w.insert(ctx, segment, e) })
		if err != nil || !taken {
			return err
		}
	}
	if err := w.table.Claim(ctx, w.object.Dataset); err != nil {
		return err
	}
	for range maxClashes {
		var hits int
		taken, err := w.try(ctx, func(e *effect) (err error) {
			hits, err = w.settle(ctx, segment, e)
			return err
		})
		if err != nil {
			return err
		}
		if !taken {
			w.probing = hits > 0
			return nil
		}
	}
	return fmt.Errorf("keys of %s are being taken by other objects time and again", w.object.URI())
}

// try runs do under a savepoint, and keeps its effect only if what it wrote was kept.
func (w *writer) try(ctx context.Context, do func(*effect) error) (taken bool, err error) {
	e := newEffect()
	taken, err = w.table.Try(ctx, func() error { return do(&e) })
	if err != nil || taken {
		return taken, err
	}
	w.done.Loaded += e.Loaded
	w.done.Superseded += e.Superseded
	w.done.Duplicates += e.Duplicates
	for id, n := range e.displaced {
		w.done.displaced[id] += n
	}
	maps.Copy(w.done.days, e.days)
	return false, nil
}

func (w *writer) insert(ctx context.Context, tuples []rows.Tuple, e *effect) error {
	n, err := w.table.Insert(ctx, tuples)
	e.Loaded += n
	w.day.collect(tuples, e.days)
	return err
}

// settle writes a segment of which some keys may be taken: where we win, the other's row moves to superseded; where we
// lose, ours goes there. It tells how many keys were taken.
func (w *writer) settle(ctx context.Context, segment []rows.Tuple, e *effect) (hits int, err error) {
	keys, err := w.table.Probe(ctx, segment, w.own)
	if err != nil {
		return 0, err
	}
	var keep []rows.Tuple
	var won []pipeline.RowPlace
	taken := map[pipeline.KeyState][]rows.Tuple{}
	for i, t := range segment {
		switch state := keys[i].State; state {
		case pipeline.KeyFree:
			keep = append(keep, t)
			continue
		case pipeline.KeyWon:
			keep, won = append(keep, t), append(won, keys[i].Row)
		case pipeline.KeyOwn:
			keep = append(keep, t)
			fallthrough
		default:
			taken[state] = append(taken[state], t)
		}
		hits++
	}
	displaced, err := w.table.Displace(ctx, won, w.day.column)
	if err != nil {
		return 0, err
	}
	e.displace(displaced)
	if err := w.settleOwn(ctx, taken, e); err != nil {
		return 0, err
	}
	superseded, err := w.table.Supersede(ctx, append(taken[pipeline.KeyLost], taken[pipeline.KeyLostAgain]...))
	if err != nil {
		return 0, err
	}
	e.Superseded += superseded
	return hits, w.insert(ctx, keep, e)
}

// settleOwn makes room for records whose keys earlier records of the same object hold or have lost; these become duplicates, as are
// those that come after a later one.
func (w *writer) settleOwn(ctx context.Context, taken map[pipeline.KeyState][]rows.Tuple, e *effect) error {
	e.Duplicates += int64(len(taken[pipeline.KeyDuplicate]))
	for state, count := range map[pipeline.KeyState]*int64{pipeline.KeyOwn: &e.Loaded, pipeline.KeyLostAgain: &e.Superseded} {
		old, err := w.table.Discard(ctx, taken[state], state == pipeline.KeyLostAgain, w.day.column)
		if err != nil {
			return err
		}
		for _, d := range old {
			*count -= d.Rows
			e.Duplicates += d.Rows
			for _, day := range d.Days {
				e.days[day] = true
			}
		}
	}
	return nil
}

// ending sums up what was written.
func (w *writer) ending() pipeline.Ending {
	e := pipeline.Ending{Status: pipeline.Published, Counts: w.done.Counts}
	for id, n := range w.done.displaced {
		e.Displaced = append(e.Displaced, pipeline.Displaced{Object: id, Rows: n})
	}
	change := pipeline.Change{Dataset: w.object.Dataset, Object: w.object.ID}
	for _, day := range slices.SortedFunc(maps.Keys(w.done.days), time.Time.Compare) {
		change.Day = &day
		e.Changes = append(e.Changes, change)
	}
	if len(e.Changes) == 0 && w.done.Loaded+w.done.removed > 0 { // Whatever was displaced was displaced by a row that was loaded.
		e.Changes = []pipeline.Change{change}
	}
	return e
}
