package main

import (
	"context"
	"slices"
	"time"
)

const (
	smallFile = 20 // records
	smallRuns = 40
	// smallTarget is what is asked of the median.
	smallTarget = 150 * time.Millisecond
)

// latency measures the way of a small file from its PUT to the committed rows, with functions that are warm.
func (b *bench) latency(ctx context.Context, _ options) error {
	if err := b.byFile(ctx); err != nil {
		return err
	}
	if err := b.database.empty(ctx); err != nil {
		return err
	}
	var all []time.Duration
	for n := range smallRuns + 3 {
		files, err := b.makeFiles("small", spec{rows: smallFile, first: int64(n) * smallFile}, 1)
		if err != nil {
			return err
		}
		began := time.Now()
		if err := b.pour(ctx, files); err != nil {
			return err
		}
		if n >= 3 { // those before warmed up
			all = append(all, time.Since(began))
		}
	}
	slices.Sort(all)
	b.say("\nA file of %d records, from its PUT to the committed rows: median %s, 9 of 10 within %s, of %d (asked: a median ≤ %s)",
		smallFile, median(all).Round(time.Millisecond), all[len(all)*9/10].Round(time.Millisecond), len(all), smallTarget)
	return nil
}
