package desk

import (
	"context"
	"fmt"
	"slices"

	"acequia/shared/pgstore"
	"acequia/shared/pipeline"
	"acequia/shared/reconcile"
)

// Auditor holds the ledger to the rows: see pgstore.Store.
type Auditor interface {
	Audit(ctx context.Context) ([]pgstore.Finding, error)
	Counts(ctx context.Context) ([]pgstore.DatasetCounts, error)
}

// Audit holds the ledger to the tables and to the bucket, and shows what does not add up, with what to do: ErrNotWell if that is
// anything.
func (d *Desk) Audit(ctx context.Context) error {
	findings, err := d.Auditor.Audit(ctx)
	if err != nil {
		return err
	}
	audited, err := d.Bucket.Compare(ctx, d.Env.RawBucket, func(f reconcile.Finding) {
		findings = append(findings, pgstore.Finding{Object: f.ID, Check: f.Check, Problem: f.Problem})
	})
	if err != nil {
		return err
	}
	counts, err := d.Auditor.Counts(ctx)
	if err != nil {
		return err
	}
	d.showAudit(findings, audited, counts)
	if len(findings) > 0 {
		return ErrNotWell
	}
	return nil
}

func (d *Desk) showAudit(findings []pgstore.Finding, audited reconcile.Audited, counts []pgstore.DatasetCounts) {
	for _, left := range []struct {
		n    int64
		text string
	}{
		{audited.Older, "%s older than this deployment and not taken in: make backfill PREFIX=… does that"},
		{audited.Young, "%s too young to be held to anything"},
		{audited.Deleted, "%s in the ledger and deleted from the bucket"},
	} {
		if left.n > 0 {
			d.Term.Line("  "+left.text, plural(left.n, "version"))
		}
	}
	if len(findings) == 0 {
		d.Term.Line("%s: %s", d.Term.paint(green, "adds up"), sums(counts))
		return
	}
	d.Term.Heading(d.Term.paint(red, plural(int64(len(findings)), "finding")))
	d.Term.lines(findingsTable(findings).render(d.Term))
	d.Term.Line("")
	for _, r := range remedies {
		if slices.ContainsFunc(findings, func(f pgstore.Finding) bool { return slices.Contains(r.checks, f.Check) }) {
			d.Term.Line("  %s", r.text)
		}
	}
}

// sums says how much it is that adds up.
func sums(counts []pgstore.DatasetCounts) string {
	var objects, rows, rejects int64
	for _, c := range counts {
		objects, rows = objects+c.Objects, rows+c.Loaded
		if c.Status != pipeline.Failed { // of which no rejects are kept
			rejects += c.Rejected
		}
	}
	return fmt.Sprintf("%s, %s, %s", plural(objects, "object"), plural(rows, "row"), plural(rejects, "reject"))
}

// shownFindings is how many findings are shown; acequia.audit has all of them.
const shownFindings = 50

func findingsTable(findings []pgstore.Finding) *table {
	t := newTable("check", "object")
	for _, f := range findings[:min(shownFindings, len(findings))] {
		t.add(text(f.Check), cell{f.Object.String(), dim})
		t.note(f.Problem, red)
	}
	if more := len(findings) - shownFindings; more > 0 {
		t.add(cell{}, cell{fmt.Sprintf("… and %d more", more), dim})
	}
	return t
}

// remedies say what to do about the findings of some checks.
var remedies = []struct {
	checks []string
	text   string
}{
	{
		[]string{
			"loaded", "superseded", "held_twice", "without_winner", "outranking", "records", "rejected", "chunks", "chunk_records",
			"chunk_rejected", "tiling", "unequal",
		},
		"make replay OBJECT=… loads an object anew, and counts it anew. Tables that only load writes do not come to this: look for who else does.",
	},
	{
		[]string{"stray_rows", "stray_chunks"},
		"stray_rows, stray_chunks: nobody accounts for these. Look at them (select … where _object_id = '…'), and delete them.",
	},
	{
		[]string{"unknown", "gone"},
		"unknown, gone: make reconcile takes in what the ledger does not know, and notes what was deleted.",
	},
}
