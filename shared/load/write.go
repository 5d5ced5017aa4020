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
	// Contested tells whether an earlier try of the publication found keys taken.
	Contested() bool
	// Try runs do under a savepoint. If do meets a key that is taken, all that it wrote is undone, and taken is true.
	Try(ctx context.Context, do func() error) (taken bool, err error)
	// Claim keeps other publications from touching other objects' rows until this one ends. Without it, neither may this.
	Claim(ctx context.Context) error
	// Probe tells the state of each tuple's key.
	Probe(ctx context.Context, tuples []rows.Tuple) ([]pipeline.KeyState, error)
	// Displace moves the rows that hold the tuples' keys to superseded; dayColumn, if any, holds their day.
	Displace(ctx context.Context, tuples []rows.Tuple, dayColumn string) ([]pipeline.Displaced, error)
	// Insert and Supersede write rows to the warehouse and to superseded, and count them.
	Insert(ctx context.Context, tuples []rows.Tuple) (int64, error)
	Supersede(ctx context.Context, tuples []rows.Tuple) (int64, error)
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
	done    effect
}

// effect is what writing did.
type effect struct {
	loaded, superseded int64
	displaced          map[pipeline.ObjectID]int64
	days               map[time.Time]bool
}

func newWriter(t Table, o pipeline.Object, c *contract.Contract) *writer {
	return &writer{table: t, object: o, day: dayFieldOf(c), probing: t.Contested(), done: newEffect()}
}

func newEffect() effect {
	return effect{displaced: map[pipeline.ObjectID]int64{}, days: map[time.Time]bool{}}
}

// write writes one segment.
func (w *writer) write(ctx context.Context, segment []rows.Tuple) error {
	if !w.probing {
		taken, err := w.try(ctx, func(e *effect) error { return w.insert(ctx, segment, e) })
		if err != nil || !taken {
			return err
		}
	}
	if err := w.table.Claim(ctx); err != nil {
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
	w.done.loaded += e.loaded
	w.done.superseded += e.superseded
	for id, n := range e.displaced {
		w.done.displaced[id] += n
	}
	maps.Copy(w.done.days, e.days)
	return false, nil
}

func (w *writer) insert(ctx context.Context, tuples []rows.Tuple, e *effect) error {
	n, err := w.table.Insert(ctx, tuples)
	e.loaded += n
	w.day.collect(tuples, e.days)
	return err
}

// settle writes a segment of which some keys may be taken: where we win, the other's row moves to superseded; where we
// lose, ours goes there. It tells how many keys were taken.
func (w *writer) settle(ctx context.Context, segment []rows.Tuple, e *effect) (hits int, err error) {
	states, err := w.table.Probe(ctx, segment)
	if err != nil {
		return 0, err
	}
	var keep, won, lost []rows.Tuple
	for i, t := range segment {
		switch states[i] {
		case pipeline.KeyLost:
			lost = append(lost, t)
			continue
		case pipeline.KeyWon:
			won = append(won, t)
		}
		keep = append(keep, t)
	}
	displaced, err := w.table.Displace(ctx, won, w.day.column)
	if err != nil {
		return 0, err
	}
	for _, d := range displaced {
		e.displaced[d.Object] += d.Rows
		for _, day := range d.Days {
			e.days[day] = true
		}
	}
	if e.superseded, err = w.table.Supersede(ctx, lost); err != nil {
		return 0, err
	}
	return len(won) + len(lost), w.insert(ctx, keep, e)
}

// ending sums up what was written.
func (w *writer) ending() pipeline.Ending {
	e := pipeline.Ending{
		Status: pipeline.Published,
		Counts: pipeline.Counts{Loaded: w.done.loaded, Superseded: w.done.superseded},
	}
	for id, n := range w.done.displaced {
		e.Displaced = append(e.Displaced, pipeline.Displaced{Object: id, Rows: n})
	}
	change := pipeline.Change{Dataset: w.object.Dataset, Object: w.object.ID}
	for _, day := range slices.SortedFunc(maps.Keys(w.done.days), time.Time.Compare) {
		change.Day = &day
		e.Changes = append(e.Changes, change)
	}
	if len(e.Changes) == 0 && w.done.loaded > 0 { // Whatever was displaced was displaced by a row that was loaded.
		e.Changes = []pipeline.Change{change}
	}
	return e
}
