package desk

import (
	"context"
	"fmt"

	"acequia/shared/pgstore"
	"acequia/shared/pipeline"
)

// ReplayObject has an object, which is named as find takes it, processed again under the contract that is in force now, and reports how
// that ended. The rows that are there stay until the new ones take their place, all at once; if they cannot, they stay as they are.
// What is forgotten, or on its way, is not replayed.
func (d *Desk) ReplayObject(ctx context.Context, name string) error {
	o, err := d.find(ctx, name)
	if err != nil {
		return err
	}
	if o, err = d.replayable(ctx, o); err != nil {
		return err
	}
	attempt := o.Attempt + 1
	d.Term.Line("Replaying %s, its version of %s, as attempt %d", o.Object.URI(), moment(o.Object.LastModified), attempt)
	began := d.Now()
	if err := d.Replay(ctx, pipeline.Replay{Object: o.Object, Attempt: attempt}); err != nil {
		return err
	}
	row, err := d.await(ctx, o.Object, func(o pgstore.ObjectRow) bool { return o.Attempt >= attempt && o.Status.Done() })
	if err != nil {
		return err
	}
	if row.Counted < row.Attempt {
		d.Term.Line("%s: %s", d.Term.paint(red, "the replay did not end well"), row.Error)
		d.Term.Line("  The object is %s as before: nothing of it was changed.", row.Status)
		return ErrNotWell
	}
	return d.showOutcome(ctx, state{object: row, took: d.Now().Sub(began)})
}

// replayable gives the object that is to be replayed for this one. Where it repeats the bytes of an older version, that one's rows
// are there.
func (d *Desk) replayable(ctx context.Context, o pgstore.ObjectRow) (pgstore.ObjectRow, error) {
	switch {
	case o.Status == pipeline.Forgotten:
		return o, &UsageError{fmt.Sprintf("%s was forgotten, and nothing brings back what is forgotten; upload the file again, which makes "+
			"another version of it", o.Object.URI())}
	case !o.Status.Done():
		return o, &UsageError{fmt.Sprintf("%s is %s, and goes on by itself: replay it when it has ended, which make status tells",
			o.Object.URI(), o.Status)}
	case o.Status != pipeline.Unchanged:
		return o, nil
	}
	d.Term.Line("The last version of %s repeats the bytes of one before, whose rows are there: replaying that one.", o.Object.URI())
	return d.repeated(ctx, o)
}
