package desk

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"time"

	"acequia/shared/pipeline"
	"acequia/shared/reconcile"
)

// Filler sends what the ledger does not know through ingest: see reconcile.Backfiller.
type Filler interface {
	Count(ctx context.Context, of pipeline.Backfill) (int64, error)
	Begin(ctx context.Context, of pipeline.Backfill) (begun pipeline.Backfill, resumed bool, err error)
	Run(ctx context.Context, begun pipeline.Backfill, inFlight int, show func(reconcile.Tally)) (reconcile.Tally, error)
}

// ParseSince reads the moment from which on a backfill takes files in: a day, in UTC, or a time with its zone; nothing is the
// beginning.
func ParseSince(text string) (time.Time, error) {
	if text == "" {
		return time.Time{}, nil
	}
	for _, form := range []string{time.DateOnly, time.RFC3339} {
		if t, err := time.Parse(form, text); err == nil {
			return t.UTC(), nil
		}
	}
	return time.Time{}, &UsageError{fmt.Sprintf("SINCE is %q, neither a day like 2026-01-31 nor a time like 2026-01-31T08:00:00Z", text)}
}

// CountBackfill says what a backfill would send, and sends nothing.
func (d *Desk) CountBackfill(ctx context.Context, prefix string, since time.Time) error {
	n, err := d.Filler.Count(ctx, d.backfill(prefix, since))
	if err != nil {
		return err
	}
	d.Term.Line("%s of s3://%s/%s would be sent; all others are in the ledger.", plural(n, "version"), d.Env.RawBucket, prefix)
	return nil
}

func (d *Desk) backfill(prefix string, since time.Time) pipeline.Backfill {
	return pipeline.Backfill{Bucket: d.Env.RawBucket, Prefix: prefix, Since: since}
}

// Backfill sends what the ledger does not know of the keys with the prefix through ingest, and shows how it goes. One that was stopped
// goes on where it was. At most inFlight files are on their way at once. ErrNotWell if it was stopped, or a file was refused or failed.
func (d *Desk) Backfill(ctx context.Context, prefix string, since time.Time, inFlight int) error {
	begun, resumed, err := d.Filler.Begin(ctx, d.backfill(prefix, since))
	if err != nil {
		return err
	}
	where := fmt.Sprintf("s3://%s/%s", begun.Bucket, prefix)
	switch {
	case resumed:
		d.Term.Line("Going on with the backfill of %s behind %s: %s of %s sent before.", where, begun.Key, count(begun.Sent), count(begun.Total))
	case begun.Total == 0:
		d.Term.Line("There is nothing to send: the ledger knows all versions of %s.", where)
	default:
		d.Term.Line("Sending %s of %s; Ctrl-C stops it, and the same command goes on.", plural(begun.Total, "version"), where)
	}
	p := &backfillProgress{desk: d, block: &live{term: d.Term}, began: d.Now(), before: begun.Sent, next: d.Now().Add(milestonePeriod)}
	tally, err := d.Filler.Run(ctx, begun, inFlight, p.show)
	p.block.clear()
	return d.endBackfill(tally, err)
}

// endBackfill says how a backfill ended.
func (d *Desk) endBackfill(t reconcile.Tally, err error) error {
	var ends []string
	for _, status := range slices.Sorted(maps.Keys(t.Ended)) {
		ends = append(ends, fmt.Sprintf("%s %s", count(t.Ended[status]), status))
	}
	if t.Late > 0 {
		ends = append(ends, count(t.Late)+" not at their end yet")
	}
	if len(ends) > 0 {
		d.Term.Line("  %s", strings.Join(ends, ", "))
	}
	switch {
	case errors.Is(err, context.Canceled):
		d.Term.Line("Stopped at %s of %s. What is on its way goes on; the same command sends the rest.", count(t.Sent), count(t.Total))
		return ErrNotWell
	case err != nil:
		return fmt.Errorf("the backfill stopped at %d of %d; the same command goes on there: %w", t.Sent, t.Total, err)
	case t.Ended[pipeline.Refused]+t.Ended[pipeline.Failed] > 0:
		d.Term.Line("Done; make status, or the column error of acequia.objects, says why files were not taken.")
		return ErrNotWell
	case t.Total > 0:
		d.Term.Line("Done.")
	}
	return nil
}

// backfillProgress shows a backfill under way: in a line that is drawn over, or, where none can be, in one now and then.
type backfillProgress struct {
	desk  *Desk
	block *live
	began time.Time
	// before is how many were sent before this call.
	before int64
	next   time.Time
}

func (p *backfillProgress) show(t reconcile.Tally) {
	now := p.desk.Now()
	if p.block.term.live {
		p.block.draw([]string{"  " + bar(p.desk.Term, percent(t.Sent, t.Total)) + "  " + p.line(t, now)})
	} else if !now.Before(p.next) {
		p.next = now.Add(milestonePeriod)
		p.desk.Term.Line("  %s", p.line(t, now))
	}
}

// line says how many were sent of how many, how fast, and how long the rest will take.
func (p *backfillProgress) line(t reconcile.Tally, now time.Time) string {
	line := fmt.Sprintf("%s of %s", count(t.Sent), count(t.Total))
	took := now.Sub(p.began)
	if sent := t.Sent - p.before; sent > 0 && took >= time.Second {
		each := took / time.Duration(sent)
		line += fmt.Sprintf("  %.1f/s  %s left", float64(sent)/took.Seconds(), elapsed(each*time.Duration(max(0, t.Total-t.Sent))))
	}
	return line + fmt.Sprintf("  %d on their way", t.InFlight)
}
