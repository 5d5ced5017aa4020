package desk

import (
	"context"
	"fmt"

	"acequia/shared/pgstore"
	"acequia/shared/pipeline"
)

// shownRejects is how many rejects of a file are shown; the ledger has all of them.
const shownRejects = 10

// showRejects shows the first rejects of a file.
func (d *Desk) showRejects(ctx context.Context, o pgstore.ObjectRow) error {
	if o.Counts.Rejected == 0 {
		return nil
	}
	rejects, err := d.Ledger.RejectsOf(ctx, o.Object.ID, shownRejects)
	if err != nil || len(rejects) == 0 {
		return err
	}
	title := "Rejects"
	if n := int64(len(rejects)); n < o.Counts.Rejected {
		title = fmt.Sprintf("The first %d of %s rejects", n, count(o.Counts.Rejected))
	}
	d.Term.Heading(title)
	for _, r := range rejects {
		d.showReject(fmt.Sprintf("line %d", r.Line), r)
	}
	d.Term.Line("%s", d.Term.paint(dim, fmt.Sprintf("  all of them: select * from acequia.rejects where object_id = '%s'", o.Object.ID)))
	d.Term.Line("%s", d.Term.paint(dim, "  as a file, to be corrected: make rejects OBJECT="+shellWord(o.Object.Key)))
	return nil
}

// showReject shows a rejected record below its first reason; the ledger has all of its reasons.
func (d *Desk) showReject(where string, r pipeline.Reject) {
	width, _ := d.Term.size()
	d.Term.Line("  %s  %s", where, d.Term.paint(yellow, firstFailure(r).Reason))
	if r.Raw != "" {
		d.Term.Line("      %s", d.Term.paint(dim, clip(r.Raw, width-6)))
	}
}

func firstFailure(r pipeline.Reject) pipeline.Failure {
	if len(r.Failures) == 0 {
		return pipeline.Failure{}
	}
	return r.Failures[0]
}
