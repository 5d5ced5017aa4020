package reconcile

import (
	"context"
	"iter"
	"slices"
	"time"

	"acequia/shared/pipeline"
)

// Progress keeps how far backfills came.
type Progress interface {
	// Backfill gives how far the backfill of that bucket, prefix and time came, and whether there was one.
	Backfill(ctx context.Context, of pipeline.Backfill) (pipeline.Backfill, bool, error)
	NoteBackfill(ctx context.Context, b pipeline.Backfill, now time.Time) error
}

// BackfillLedger is what a backfill asks of the ledger.
type BackfillLedger interface {
	Progress
	// Known gives what the ledger knows of the keys with the prefix that come after a key, in the order of the listing.
	Known(ctx context.Context, bucket, prefix, after string) iter.Seq2[pipeline.Known, error]
	// Standings gives where these objects stand, as far as the ledger knows them.
	Standings(ctx context.Context, ids []pipeline.ObjectID) ([]pipeline.Standing, error)
}

// Backfiller sends what the ledger does not know through ingest, at the rate at which it is worked off.
type Backfiller struct {
	Listing  Listing
	Ledger   BackfillLedger
	Announce func(context.Context, pipeline.Object) error
	Now      func() time.Time
	// Pause waits a moment before the ledger is asked again.
	Pause func(context.Context) error
}

// Tally says how a backfill goes; it is this call's own.
type Tally struct {
	pipeline.Backfill
	// InFlight objects are on their way; Ended counts those that came to each end, Late those that were not waited for any longer.
	InFlight int
	Ended    map[pipeline.Status]int64
	Late     int64
}

// Count gives how many versions the backfill would send.
func (b *Backfiller) Count(ctx context.Context, of pipeline.Backfill) (n int64, err error) {
	for d, err := range b.differences(ctx, of) {
		if err != nil {
			return n, err
		}
		n += int64(len(wanted(d, of)))
	}
	return n, nil
}

func (b *Backfiller) differences(ctx context.Context, of pipeline.Backfill) iter.Seq2[difference, error] {
	return differences(b.Listing.List(ctx, of.Bucket, of.Prefix, of.Key), b.Ledger.Known(ctx, of.Bucket, of.Prefix, of.Key))
}

// wanted gives what the backfill is to send at a key.
func wanted(d difference, of pipeline.Backfill) (objects []pipeline.Object) {
	for _, o := range d.unknown {
		if !o.LastModified.Before(of.Since) {
			objects = append(objects, o)
		}
	}
	return objects
}

// Begin gives the backfill to run: one that was stopped, where it came to, or a new one, with what there is to send. resumed tells
// which.
func (b *Backfiller) Begin(ctx context.Context, of pipeline.Backfill) (begun pipeline.Backfill, resumed bool, err error) {
	begun, resumed, err = b.Ledger.Backfill(ctx, of)
	if err != nil || resumed && !begun.Finished {
		return begun, resumed, err
	}
	begun = of
	if begun.Total, err = b.Count(ctx, of); err != nil {
		return begun, false, err
	}
	return begun, false, b.Ledger.NoteBackfill(ctx, begun, b.Now())
}

// Run sends what is to be sent, with at most so many objects in flight at once, and waits until all of it has come to an end. It tells show how it goes. When ctx ends, it keeps how far
// it came, and gives ctx's error: another Run goes on there.
func (b *Backfiller) Run(ctx context.Context, begun pipeline.Backfill, inFlight int, show func(Tally)) (Tally, error) {
	f := &flow{Backfiller: b, inFlight: inFlight, show: show, tally: Tally{Backfill: begun, Ended: map[pipeline.Status]int64{}}, done: begun.Key}
	err := f.send(ctx)
	if err == nil {
		err = f.drain(ctx, 0)
	}
	f.tally.Finished = err == nil
	if noteErr := f.note(context.WithoutCancel(ctx)); err == nil {
		err = noteErr
	}
	return f.tally, err
}

// flow is a backfill under way.
type flow struct {
	*Backfiller
	inFlight int
	show     func(Tally)
	tally    Tally
	// flying are the objects on their way, in the order in which they were sent.
	flying []flight
	// done is the last key of which everything was sent.
	done string
	// sent counts those that were sent since the progress was kept.
	sent int
}

// flight is an object on its way.
type flight struct {
	pipeline.Object
	// after is the last key before its own.
	after string
	since time.Time
	known bool
}

const (
	// keepEvery is after how many objects the progress is kept.
	keepEvery = 100
	// deaf is after how long ingest is told again of an object that the ledger did not hear of; patience, after how long one is not
	// waited for any more. If the ledger knows it, reconcile sees to it.
	deaf     = time.Minute
	patience = 15 * time.Minute
)

func (f *flow) send(ctx context.Context) error {
	for d, err := range f.differences(ctx, f.tally.Backfill) {
		if err != nil {
			return err
		}
		for _, o := range wanted(d, f.tally.Backfill) {
			if err := f.drain(ctx, f.inFlight-1); err != nil {
				return err
			}
			if err := f.Announce(ctx, o); err != nil {
				return err
			}
			f.flying = append(f.flying, flight{Object: o, after: f.done, since: f.Now()})
			f.tally.Sent++
			f.sent++
		}
		f.done = d.key
		if f.sent >= keepEvery {
			if err := f.note(ctx); err != nil {
				return err
			}
		}
	}
	return nil
}

// note keeps the last key before the first object that the ledger did not hear of.
func (f *flow) note(ctx context.Context) error {
	f.sent = 0
	b := f.tally.Backfill
	b.Key = f.done
	for _, o := range slices.Backward(f.flying) {
		if !o.known { // it may have to be sent again
			b.Key = o.after
			b.Sent--
		}
	}
	return f.Ledger.NoteBackfill(ctx, b, f.Now())
}

// drain waits until no more than so many objects are on their way.
func (f *flow) drain(ctx context.Context, most int) error {
	for {
		f.tally.InFlight = len(f.flying)
		f.show(f.tally)
		if len(f.flying) <= most {
			return nil
		}
		if err := f.Pause(ctx); err != nil {
			return err
		}
		if err := f.land(ctx); err != nil {
			return err
		}
	}
}

// land takes out the objects that have come to their end, or that are not waited for any more.
func (f *flow) land(ctx context.Context) error {
	ids := make([]pipeline.ObjectID, len(f.flying))
	for i, o := range f.flying {
		ids[i] = o.ID
	}
	standings, err := f.Ledger.Standings(ctx, ids)
	if err != nil {
		return err
	}
	at := map[pipeline.ObjectID]pipeline.Status{}
	for _, s := range standings {
		at[s.Object.ID] = s.Status
	}
	var still []flight
	for _, o := range f.flying {
		status, known := at[o.ID]
		o.known = known
		switch age := f.Now().Sub(o.since); {
		case known && status.Done():
			f.tally.Ended[status]++
			continue
		case known && age > patience:
			f.tally.Late++
			continue
		case !known && age > deaf:
			if err := f.Announce(ctx, o.Object); err != nil {
				return err
			}
			o.since = f.Now()
		}
		still = append(still, o)
	}
	f.flying = still
	return nil
}
