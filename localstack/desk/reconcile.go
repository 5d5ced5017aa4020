package desk

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"acequia/shared/pipeline"
)

// Reconcile has the whole bucket compared with the ledger now, and shows what was found and done. With grace, such as 30s, what is
// younger or rested longer than that counts as missing; empty means the function's own settings.
func (d *Desk) Reconcile(ctx context.Context, grace string) error {
	event, err := json.Marshal(map[string]any{"full": true, "grace": grace})
	if err != nil {
		return err
	}
	result, err := d.Functions.Invoke(ctx, NamePrefix+"reconcile", event)
	if err != nil {
		return err
	}
	if result.Failed {
		d.Term.Line("%s", d.Term.paint(red, indented(result.Response)))
		return ErrNotWell
	}
	var found struct {
		Busy bool `json:"busy"`
		pipeline.Reconciliation
	}
	if err := json.Unmarshal(result.Response, &found); err != nil {
		return fmt.Errorf("reading what reconcile found: %w", err)
	}
	if found.Busy {
		d.Term.Line("Reconcile is at work already; make status shows what it finds.")
		return nil
	}
	d.showReconciled(found.Reconciliation)
	return nil
}

func (d *Desk) showReconciled(r pipeline.Reconciliation) {
	extent := "all of it"
	if !r.Whole {
		extent = "not all of it yet: the next run goes on"
	}
	d.Term.Line("Compared %s in s3://%s with the ledger (%s), in %s and %s.", plural(r.Versions, "version"), d.Env.RawBucket, extent,
		plural(r.Requests, "request"), elapsed(r.Ended.Sub(r.Began)))
	lines := findings(r)
	for _, f := range lines {
		d.Term.Line("  %s", d.Term.paint(f.style, f.text))
	}
	if len(lines) == 0 {
		d.Term.Line("  %s", d.Term.paint(green, "Nothing is missing."))
	}
}

// findings says what was found and done, as far as it is worth a line.
func findings(r pipeline.Reconciliation) (lines []cell) {
	for _, f := range []struct {
		n     int64
		style style
		one   string
		more  string
	}{
		{r.Lost, yellow, "%s that no event told of: ingest was told again", "version"},
		{r.Stuck, yellow, "%s that did not move: sent on its way again", "object"},
		{r.GivenUp, red, "%s repaired too often in vain: acequia.events says which", "object"},
		{r.Expired, red, "%s ended as failed, with what to do in its error: make status", "object"},
		{r.DeadLetters, red, "%s in dead-letter queues: make redrive shows why, and sends them back", "message"},
		{r.Deleted, plain, "%s deleted from the bucket; its rows stay", "published version"},
		{r.Older, plain, "%s older than this deployment and not taken in: make backfill PREFIX=… does that", "version"},
		{r.Markers, plain, "%s written anew in the work bucket", "outcome"},
		{r.Removed, plain, "%s removed from the work bucket", "leftover"},
	} {
		if f.n > 0 {
			lines = append(lines, cell{fmt.Sprintf(f.one, plural(f.n, f.more)), f.style})
		}
	}
	return lines
}

// reconciledLines says when reconcile ran last, and what it found.
func reconciledLines(runs []pipeline.Reconciliation, now time.Time) (lines []cell) {
	for _, r := range runs {
		what := "looked at what is new"
		if r.Full {
			what = "compared the whole bucket"
		}
		lines = append(lines, cell{fmt.Sprintf("%s: %s, %s", ago(r.Ended, now), what, plural(r.Versions, "version")), dim})
		for _, f := range findings(r) {
			lines = append(lines, cell{"  " + f.text, f.style})
		}
	}
	return lines
}
