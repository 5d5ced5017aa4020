package load

import (
	"context"
	"maps"
	"slices"

	"acequia/shared/pipeline"
)

// Forgetting is what forgetting a key reads and writes.
type Forgetting interface {
	// Forget notes for good that the key is forgotten up to and including the object, and gives the versions that the ledger knows.
	Forget(ctx context.Context) ([]pipeline.Object, error)
	// Bequeath gives the rows of a version to later ones, if there are any, that were unchanged because of them: to one, which it names.
	Bequeath(ctx context.Context, from pipeline.Object) (heirs []pipeline.ObjectID, err error)
	// Erase takes what the ledger keeps of the versions, and counts the rejects.
	Erase(ctx context.Context, objects []pipeline.ObjectID, removed int64, e pipeline.Ending) (rejects int64, err error)
}

// forget forgets an object and all older versions of its key: rows, rejects, chunks, and what is staged. Nothing brings them back: no
// report, no replay, no version that arrives late. A later version is another object.
func (l *Loader) forget(ctx context.Context, r pipeline.Report) (pipeline.Standing, error) {
	s, err := l.Ledger.Record(ctx, r)
	if err != nil {
		return s, err
	}
	day, err := l.dayColumn(ctx, s)
	if err != nil {
		return s, err
	}
	var versions []pipeline.Object
	var heirs []pipeline.ObjectID
	err = l.Publish(ctx, s.Object, nil, func(p Publication) error {
		now, err := p.Standing(ctx)
		if err != nil {
			return err
		}
		if versions, err = p.Forget(ctx); err != nil || now.Status == pipeline.Forgotten {
			return err
		}
		heirs, err = forgetAll(ctx, p, s.Object, versions, day)
		return err
	})
	if err == nil {
		err = l.markOthers(ctx, heirs)
	}
	if err != nil {
		return s, err
	}
	for _, o := range versions {
		if err := l.mark(ctx, pipeline.Standing{Object: o, Status: pipeline.Forgotten, Attempt: s.Attempt}); err != nil {
			return s, err
		}
	}
	s.Status, s.Error = pipeline.Forgotten, ""
	return s, nil
}

// dayColumn is the column that the object's contract sums rows up by; empty if there is none, or no contract any more.
func (l *Loader) dayColumn(ctx context.Context, s pipeline.Standing) (string, error) {
	c, err := l.Contract(ctx, s.Contract)
	if _, gone := hopeless(err); gone {
		return "", nil
	}
	if err != nil {
		return "", err
	}
	return dayFieldOf(c).column, nil
}

// forgetAll removes the versions' rows from the tables of their data sets, which may be several if a prefix was given to another.
func forgetAll(
	ctx context.Context, p Publication, o pipeline.Object, versions []pipeline.Object, day string,
) (heirs []pipeline.ObjectID, err error) {
	byDataset := map[string][]pipeline.ObjectID{}
	var ids []pipeline.ObjectID
	for _, v := range versions {
		ids = append(ids, v.ID)
		if v.Dataset != "" {
			byDataset[v.Dataset] = append(byDataset[v.Dataset], v.ID)
		}
	}
	var removed int64
	var ending pipeline.Ending
	for _, dataset := range slices.Sorted(maps.Keys(byDataset)) {
		w := &writer{table: p, object: pipeline.Object{ID: o.ID, Dataset: dataset}, day: dayField{column: day}, done: newEffect()}
		if dataset != o.Dataset {
			w.day = dayField{}
		}
		if err := p.Claim(ctx, dataset); err != nil {
			return nil, err
		}
		for _, v := range versions {
			if v.Dataset == dataset {
				of, err := p.Bequeath(ctx, v)
				if err != nil {
					return nil, err
				}
				heirs = append(heirs, of...)
			}
		}
		if err := w.remove(ctx, byDataset[dataset]); err != nil {
			return nil, err
		}
		removed += w.done.removed
		part := w.ending()
		ending.Displaced, ending.Changes = append(ending.Displaced, part.Displaced...), append(ending.Changes, part.Changes...)
	}
	_, err = p.Erase(ctx, ids, removed, ending)
	return heirs, err
}
