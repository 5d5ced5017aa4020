package reconcile

import (
	"context"
	"fmt"
	"time"

	"acequia/shared/pipeline"
)

const (
	// frequentRepairs and fullRepairs bound the repairs of a run. What is left is the next one's.
	frequentRepairs = 500
	fullRepairs     = 5000
	// maxTries is how often an object is repaired. With the waits in between doubling, that takes 31 times the first wait.
	maxTries = 5
	// messageLife is how long SQS keeps a message at most, as a dead letter too; the day is for clocks.
	messageLife = (14 + 1) * 24 * time.Hour
)

// stillLost sends what was sent before, and is not in the ledger yet.
func (r *run) stillLost(ctx context.Context) error {
	lost, err := r.Ledger.StillLost(ctx, r.found.Began, r.LostAfter, r.budget)
	if err != nil {
		return err
	}
	return r.send(ctx, lost)
}

// send tells ingest again of versions that the ledger does not know, as far as their time has come.
func (r *run) send(ctx context.Context, lost []pipeline.Object) error {
	if len(lost) == 0 {
		return nil
	}
	repairs, err := r.Ledger.Repairs(ctx, pipeline.Claim{
		Kind: pipeline.Lost, Now: r.found.Began, Wait: r.LostAfter, Tries: maxTries,
		Found: "no event of this version reached the ledger; ingest was told of it again",
		GivenUp: fmt.Sprintf("ingest was told of this version %d times, and the ledger still does not know it: "+
			"make logs FUNCTION=ingest shows why; when that is mended, upload the file again", maxTries),
	}, lost)
	if err != nil {
		return err
	}
	for _, repair := range repairs {
		if repair.GivenUp {
			r.found.GivenUp++
			continue
		}
		r.budget--
		r.found.Lost++
		if err := r.Announce(ctx, repair.Object); err != nil {
			return err
		}
	}
	return nil
}

// stalled gets objects going that do not move.
func (r *run) stalled(ctx context.Context) error {
	now := r.found.Began
	stalled, err := r.Ledger.Stalled(ctx, now, now.Add(-r.StuckAfter), now.Add(-messageLife), r.budget)
	if err != nil {
		return err
	}
	for _, o := range stalled {
		if r.late() {
			return nil
		}
		if err := r.move(ctx, o); err != nil {
			return fmt.Errorf("getting %s on its way again: %w", o.Object.URI(), err)
		}
	}
	return nil
}

// move gets an object going, if that is possible: from its chunks, if they are all there, or from the plan that they were cut by.
func (r *run) move(ctx context.Context, o pipeline.Stalled) error {
	if o.Progress.Before(r.found.Began.Add(-messageLife)) {
		return r.expire(ctx, o, fmt.Sprintf("nothing moved since %s, and no message lives so long", o.Progress.UTC().Format(time.RFC3339)))
	}
	if !o.Complete() {
		if _, planned, err := r.Work.Find(ctx, pipeline.PlanKey(o.Object.ID, o.Attempt)); err != nil {
			return err
		} else if !planned {
			return r.expire(ctx, o, "the plan of its chunks has expired")
		}
	}
	due, err := r.claim(ctx, o)
	if err != nil || !due {
		return err
	}
	r.budget--
	r.found.Stuck++
	if o.Complete() {
		return r.Report(ctx, pipeline.Report{
			Kind: pipeline.ObjectPlanned, Object: o.Object, Attempt: o.Attempt, Contract: o.Contract,
			Chunks: o.Chunks, Records: o.PlannedRecords,
		})
	}
	if o.Attempt > pipeline.FirstAttempt {
		return r.Replay(ctx, pipeline.Replay{Object: o.Object, Attempt: o.Attempt})
	}
	return r.Announce(ctx, o.Object)
}

// claim notes a try at an object that does not move, and tells whether it is due.
func (r *run) claim(ctx context.Context, o pipeline.Stalled) (bool, error) {
	repairs, err := r.Ledger.Repairs(ctx, pipeline.Claim{
		Kind: pipeline.Stuck, Now: r.found.Began, Wait: r.StuckAfter, Tries: maxTries,
		Found: fmt.Sprintf("nothing moved for %s; what is missing was sent on its way again", r.StuckAfter),
		GivenUp: fmt.Sprintf("what is missing was sent on its way %d times in vain. Dead letters: %d; make redrive shows why they died, "+
			"and sends them back. Or upload the file again", maxTries, r.found.DeadLetters),
	}, []pipeline.Object{o.Object})
	if err != nil || len(repairs) == 0 {
		return false, err
	}
	if repairs[0].GivenUp {
		r.found.GivenUp++
		return false, nil
	}
	return true, nil
}

// expire ends an object that cannot be brought further.
func (r *run) expire(ctx context.Context, o pipeline.Stalled, why string) error {
	standing, failed, err := r.Ledger.Fail(ctx, o, why+"; upload the file again, or make replay OBJECT="+o.Object.ID.String())
	if err != nil || !failed {
		return err
	}
	r.found.Expired++
	_, err = pipeline.Mark(ctx, standing, r.Work.Put, r.Ledger.Standings)
	return err
}
