package reconcile

import (
	"context"
	"iter"
	"strings"
	"time"

	"acequia/shared/pipeline"
)

const (
	stagedPrefix   = "staged/"
	plansPrefix    = "plans/"
	outcomesPrefix = "outcomes/"
	// leftoverAge is how old a file is that no message about an object at its end can want any more.
	leftoverAge = 24 * time.Hour
)

// markers writes the outcomes that are missing. Markers are named by the id of their object, so both are in the same order.
func (r *run) markers(ctx context.Context) error {
	next, stop := iter.Pull2(r.outcomes(ctx))
	defer stop()
	marked, err, more := next()
	for standing, ledgerErr := range r.Ledger.Ended(ctx) {
		if ledgerErr != nil {
			return ledgerErr
		}
		id := standing.Object.ID.String()
		for more && err == nil && marked < id {
			marked, err, more = next()
		}
		if err != nil || r.late() {
			return err
		}
		if more && marked == id {
			continue
		}
		b, err := standing.Marker()
		if err != nil {
			return err
		}
		created, err := r.Work.Create(ctx, pipeline.OutcomeKey(standing.Object.ID), b)
		if err != nil {
			return err
		}
		if created {
			r.found.Markers++
		}
	}
	return err
}

// outcomes gives the ids of the objects that have a marker, in their order.
func (r *run) outcomes(ctx context.Context) iter.Seq2[string, error] {
	return func(yield func(string, error) bool) {
		for page, err := range r.Work.List(ctx, outcomesPrefix) {
			if err != nil {
				yield("", err)
				return
			}
			r.found.Requests++
			for _, f := range page {
				if !yield(strings.TrimSuffix(strings.TrimPrefix(f.Key, outcomesPrefix), ".json"), nil) {
					return
				}
			}
		}
	}
}

// leftovers deletes the plans and staged files of objects that have come to their end.
func (r *run) leftovers(ctx context.Context) error {
	for _, prefix := range []string{stagedPrefix, plansPrefix} {
		for page, err := range r.Work.List(ctx, prefix) {
			if err != nil {
				return err
			}
			r.found.Requests++
			left, err := r.left(ctx, prefix, page)
			if err != nil {
				return err
			}
			if err := r.Work.Delete(ctx, left); err != nil {
				return err
			}
			r.found.Removed += int64(len(left))
			if r.late() {
				return nil
			}
		}
	}
	return nil
}

// left gives those of the files that nobody needs any more. The plan of an object with rejects stays: it tells how to cut them out of
// their file.
func (r *run) left(ctx context.Context, prefix string, files []pipeline.File) (keys []string, err error) {
	var ids []pipeline.ObjectID
	of := map[pipeline.ObjectID][]string{}
	for _, f := range files {
		name, _, _ := strings.Cut(strings.TrimPrefix(f.Key, prefix), "/")
		id, err := pipeline.ParseObjectID(name)
		if err != nil || f.Modified.After(r.found.Began.Add(-leftoverAge)) {
			continue // whose name tells no object is not ours
		}
		if of[id] == nil {
			ids = append(ids, id)
		}
		of[id] = append(of[id], f.Key)
	}
	standings, err := r.Ledger.Standings(ctx, ids)
	for _, s := range standings {
		if s.Status.Done() && (prefix != plansPrefix || s.Rejected == 0) {
			keys = append(keys, of[s.Object.ID]...)
		}
	}
	return keys, err
}
