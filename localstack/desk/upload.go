package desk

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"acequia/shared/pipeline"
)

// Upload sends a file into a data set, shows how it moves, and reports how it ended: nil if it is published, or unchanged;
// ErrNotWell if it was refused or failed; ErrTimeout. An empty key is the data set's prefix and the file's name.
func (d *Desk) Upload(ctx context.Context, path, dataset, key string) error {
	if key == "" {
		prefix, err := d.prefix(ctx, dataset)
		if err != nil {
			return err
		}
		key = prefix + filepath.Base(path)
	}
	t, err := newTransfer(path, key)
	if err != nil {
		return err
	}
	d.Term.Line("Uploading %s (%s) to s3://%s/%s", path, size(t.bytes), d.Env.RawBucket, key)
	block := &live{term: d.Term}
	milestones := &milestones{desk: d, transfer: t}
	err = d.carry(ctx, []*transfer{t}, func() {
		block.draw([]string{uploadLine(d.Term, t, d.Now())})
		milestones.look()
	}, func(*transfer) {})
	block.clear()
	if err != nil {
		return d.explain(t, err)
	}
	return d.showOutcome(ctx, t.look())
}

// prefix gives the key prefix of a data set.
func (d *Desk) prefix(ctx context.Context, dataset string) (string, error) {
	prefixes, err := d.Datasets(ctx)
	if err != nil {
		return "", err
	}
	prefix, ok := prefixes[dataset]
	if !ok {
		return "", &UsageError{fmt.Sprintf("there is no data set %q: choose %s, or add a contract for it in infra/contracts and "+
			"make up", dataset, strings.Join(slices.Sorted(maps.Keys(prefixes)), ", "))}
	}
	return prefix, nil
}

// explain adds to ErrTimeout what a person can do.
func (d *Desk) explain(t *transfer, err error) error {
	if !errors.Is(err, ErrTimeout) {
		return err
	}
	s := t.look()
	where := "the ledger does not know it yet"
	if s.known {
		where = fmt.Sprintf("it is %s, with %s chunks done", s.object.Status, chunksOf(s))
	}
	return fmt.Errorf("%w (%s): %s. It goes on by itself: make status shows it, make logs why", err, elapsed(d.Timeout), where)
}

// milestones writes a line now and then where nothing can be drawn over.
type milestones struct {
	desk     *Desk
	transfer *transfer
	next     time.Time
	last     string
}

const milestonePeriod = 2 * time.Second

func (m *milestones) look() {
	now := m.desk.Now()
	if m.desk.Term.live || now.Before(m.next) {
		return
	}
	first := m.next.IsZero()
	m.next = now.Add(milestonePeriod)
	line := uploadLine(m.desk.Term, m.transfer, now)
	if s := m.transfer.look(); s.version == "" {
		line = fmt.Sprintf("  uploaded %d %%%s", percent(s.sent, m.transfer.bytes), speed(s, now))
	}
	if !first && line != m.last {
		m.desk.Term.Line("%s", line)
	}
	m.last = line
}

// showOutcome says how a file ended.
func (d *Desk) showOutcome(ctx context.Context, s state) error {
	o := s.object
	head := statusCell(o.Status, "")
	d.Term.Line("%s in %s", d.Term.paint(head.style, head.text), elapsed(s.took))
	switch o.Status {
	case pipeline.Published:
		d.Term.Line("  %s = %s loaded + %s superseded + %s duplicates + %s rejected", plural(o.Records, "record"),
			count(o.Counts.Loaded), count(o.Counts.Superseded), count(o.Counts.Duplicates), count(o.Counts.Rejected))
		return d.showRejects(ctx, o)
	case pipeline.Unchanged:
		d.Term.Line("  The same bytes as the version before, which is published: nothing was loaded twice.")
		return nil
	default:
		d.Term.Line("  %s", o.Error)
		d.Term.Line("  Nothing of it was loaded.")
		if err := d.showRejects(ctx, o); err != nil {
			return err
		}
		return ErrNotWell
	}
}
