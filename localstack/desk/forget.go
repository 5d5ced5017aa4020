package desk

import (
	"context"
	"time"

	"acequia/shared/pgstore"
	"acequia/shared/pipeline"
)

// allVersions is more versions than a key has.
const allVersions = 1_000_000

// Forget has an object forgotten, which is named as find takes it, with all older versions of its key: says what will go, waits until
// it is gone, and says what went. The files in the bucket stay. One that is forgotten already is none to be forgotten.
func (d *Desk) Forget(ctx context.Context, name string) error {
	o, err := d.find(ctx, name)
	if err != nil {
		return err
	}
	if o.Status == pipeline.Forgotten {
		d.Term.Line("%s is forgotten already, up to its version of %s.", o.Object.URI(), moment(o.Object.LastModified))
		return nil
	}
	versions, err := d.Ledger.Objects(ctx, pgstore.Filter{Bucket: o.Object.Bucket, Key: o.Object.Key, Limit: allVersions})
	if err != nil {
		return err
	}
	d.sayWhatGoes(o, versions)
	began := d.Now()
	err = d.Report(ctx, pipeline.Report{Kind: pipeline.ObjectForget, Object: o.Object, Attempt: o.Attempt, Contract: o.Contract})
	if err != nil {
		return err
	}
	if _, err := d.await(ctx, o.Object, func(o pgstore.ObjectRow) bool { return o.Status == pipeline.Forgotten }); err != nil {
		return err
	}
	went, _, err := d.Ledger.Forgotten(ctx, o.Object.ID)
	if err != nil {
		return err
	}
	d.Term.Line("%s in %s: %s and %s of %s went", d.Term.paint(green, string(pipeline.Forgotten)), elapsed(d.Now().Sub(began)),
		plural(went.Rows, "row"), plural(went.Rejects, "reject"), plural(went.Versions, "version"))
	return nil
}

func (d *Desk) sayWhatGoes(o pgstore.ObjectRow, versions []pgstore.ObjectRow) {
	var older, rows, rejects int64
	for _, v := range versions {
		if v.Object.Rank > o.Object.Rank || v.Status == pipeline.Forgotten {
			continue
		}
		if v.Object.ID != o.Object.ID {
			older++
		}
		rows += v.Counts.Loaded
		rejects += v.Counts.Rejected
	}
	d.Term.Line("Forgetting %s, its version of %s (object %s)", o.Object.URI(), moment(o.Object.LastModified), o.Object.ID)
	if older > 0 {
		d.Term.Line("  and with it %s, which would come back otherwise", plural(older, "older version"))
	}
	d.Term.Line("  What goes for good: %s of the warehouse, %s, and all that is staged of them.", plural(rows, "row"), plural(rejects, "reject"))
	d.Term.Line("  What stays: that they were there, in the ledger; and the files in the bucket, which are yours to delete.")
	d.Term.Line("  Rows of other files that had lost their key to them come back. A later upload is loaded as any other.")
}

// moment says when a version was made, as S3 tells it.
func moment(at time.Time) string { return at.UTC().Format("2006-01-02 15:04:05 UTC") }
