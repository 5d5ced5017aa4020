package load

import (
	"context"

	"acequia/shared/pipeline"
)

// mark leaves the outcome in the work bucket. It is written after the commit, and so may be missing after a crash: then
// the report comes again, finds the object at its end, and writes it. What is forgotten has nothing else there: whoever was at
// work on it may have staged more since.
func (l *Loader) mark(ctx context.Context, s pipeline.Standing) error {
	s, err := pipeline.Mark(ctx, s, l.Put, l.Ledger.Standings)
	if err != nil || s.Status != pipeline.Forgotten {
		return err
	}
	for _, prefix := range pipeline.WorkPrefixes(s.Object.ID) {
		if err := l.Delete(ctx, prefix); err != nil {
			return err
		}
	}
	return nil
}

// markOthers leaves the outcomes of objects that came to another end with this one's. Of these, a crash may leave markers that say
// published for unchanged, or the other way round, which are the same to whoever reads them.
func (l *Loader) markOthers(ctx context.Context, ids []pipeline.ObjectID) error {
	if len(ids) == 0 {
		return nil
	}
	others, err := l.Ledger.Standings(ctx, ids)
	if err != nil {
		return err
	}
	for _, s := range others {
		if !s.Status.Done() {
			continue
		}
		if err := l.mark(ctx, s); err != nil {
			return err
		}
	}
	return nil
}
