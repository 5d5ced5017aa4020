package main

import (
	"context"
	"fmt"
	"time"
)

// A contender is one way to get records into a table.
type contender struct {
	name string
	// kind says which files it takes, and with them what must be in the table in the end.
	kind  *kind
	table string
	// prepare is done before, and not measured; nil is nothing.
	prepare func(ctx context.Context) error
	// load takes the files, which is measured.
	load func(ctx context.Context, files []upload) error
	// target is the least ratio to \copy that is asked of it; 0 if none is.
	target float64
}

// result is what is known of a contender after all rounds.
type result struct {
	contender
	took  []time.Duration
	spent []usage
	// err is why it has no figure.
	err error
}

// speed is how many records went in per second in a round.
func (r *result) speed(round int) float64 { return float64(r.kind.spec.rows) / r.took[round].Seconds() }

// play has the contenders take turns, so many rounds. One that fails once is out.
func (b *bench) play(ctx context.Context, rounds int, contenders []contender) ([]*result, error) {
	var results []*result
	for _, c := range contenders {
		results = append(results, &result{contender: c})
	}
	for round := range rounds {
		for _, r := range results {
			if r.err != nil {
				continue
			}
			b.progress("round %d of %d: %s", round+1, rounds, r.name)
			if err := b.turn(ctx, r); err != nil {
				return results, err
			}
		}
	}
	return results, nil
}

// turn measures one contender once, on empty tables. The error is one of the machinery, not the contender's.
func (b *bench) turn(ctx context.Context, r *result) error {
	if err := b.ready(ctx, r.contender); err != nil {
		return err
	}
	before, began := b.watch.usage(), time.Now()
	err := r.load(ctx, r.kind.files)
	took, after := time.Since(began), b.watch.usage()
	if err == nil {
		err = b.holds(ctx, r.table, r.kind.checksum)
	}
	if ctx.Err() != nil {
		return ctx.Err()
	}
	if r.err = err; err != nil {
		b.say("%s is out: %v", r.name, err)
	} else {
		r.took, r.spent = append(r.took, took), append(r.spent, after.minus(before))
	}
	return nil
}

// ready makes what a contender needs.
func (b *bench) ready(ctx context.Context, c contender) error {
	if err := b.make(ctx, c.kind); err != nil {
		return err
	}
	if err := b.database.empty(ctx); err != nil || c.prepare == nil {
		return err
	}
	return c.prepare(ctx)
}

// holds holds a table to a checksum.
func (b *bench) holds(ctx context.Context, table, checksum string) error {
	got, err := b.database.checksum(ctx, table)
	if err == nil && got != checksum {
		err = fmt.Errorf("%s has the rows and the checksum %s, and should have %s", table, got, checksum)
	}
	return err
}
