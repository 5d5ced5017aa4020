package desk

import (
	"context"
	"fmt"
	"slices"
	"time"

	"acequia/shared/pgstore"
	"acequia/shared/pipeline"
)

// homeward is what was sent back from dead-letter queues, on its way to its end.
type homeward struct {
	queues []Queue
	// open are the objects that have not ended yet; rows is the ledger's line of each that it knows.
	open []pipeline.ObjectID
	rows []pgstore.ObjectRow
	// drained says that the queues were seen to hold no dead letter; the diedAgain that lie there now died since. (How many there
	// are is told late on AWS, so that those sent back may seem to be there for a while.)
	drained   bool
	diedAgain int64
}

// homewardPeriod is how often homeward looks.
const homewardPeriod = time.Second / 2

// awaitEnds waits until all objects have ended or died again, and tells how.
func (d *Desk) awaitEnds(ctx context.Context, h *homeward) error {
	ctx, cancel := context.WithTimeout(ctx, d.Timeout)
	defer cancel()
	block := &live{term: d.Term}
	for {
		err := d.look(ctx, h)
		if err == nil && (len(h.open) == 0 || h.diedAgain >= int64(len(h.open))) {
			block.clear()
			return d.showEnds(h)
		}
		block.draw(objectsTable(h.rows, d.Now()).render(d.Term))
		if err == nil {
			err = pause(ctx, homewardPeriod)
		}
		if err != nil {
			block.clear()
			return d.outOfTime(ctx, err)
		}
	}
}

// look looks how far they are.
func (d *Desk) look(ctx context.Context, h *homeward) error {
	for _, id := range slices.Clone(h.open) {
		found, err := d.Ledger.Objects(ctx, pgstore.Filter{ID: id})
		if err != nil {
			return err
		}
		same := func(o pgstore.ObjectRow) bool { return o.Object.ID == id }
		h.rows = append(slices.DeleteFunc(h.rows, same), found...)
		if len(found) > 0 && found[0].Status.Done() {
			h.open = slices.DeleteFunc(h.open, func(open pipeline.ObjectID) bool { return open == id })
		}
	}
	queues, err := Queues(ctx, d.Dead.SQS, NamePrefix)
	h.count(queues)
	return err
}

func (h *homeward) count(queues []Queue) {
	var dead int64
	for _, q := range queues {
		if slices.ContainsFunc(h.queues, func(sent Queue) bool { return sent.Name == q.Name }) {
			dead += q.Dead
		}
	}
	h.drained = h.drained || dead == 0
	if h.drained {
		h.diedAgain = dead
	}
}

// outOfTime makes ErrTimeout of err if the time is over.
func (d *Desk) outOfTime(ctx context.Context, err error) error {
	if ctx.Err() == nil {
		return err
	}
	return fmt.Errorf("%w (%s): not all that was sent back is at its end. It goes on by itself: make status shows it",
		ErrTimeout, elapsed(d.Timeout))
}

// showEnds shows how the objects ended: ErrNotWell if not all of them did, and well.
func (d *Desk) showEnds(h *homeward) error {
	if len(h.rows) > 0 {
		d.Term.lines(objectsTable(h.rows, d.Now()).render(d.Term))
	}
	if h.diedAgain > 0 {
		d.Term.Line("  %s died again: make redrive shows why", plural(h.diedAgain, "message"))
	}
	if h.diedAgain > 0 || slices.ContainsFunc(h.rows, func(o pgstore.ObjectRow) bool { return !well(o.Status) }) {
		return ErrNotWell
	}
	return nil
}
