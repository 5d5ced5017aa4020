package main

import (
	"context"
	"fmt"
	"strings"
	"time"
)

// sizes are what growth is measured over.
type sizes struct{ times, table int64 }

func sizesFor(opt options) sizes {
	if opt.big {
		return sizes{times: 20, table: 50_000_000}
	}
	return sizes{times: 10, table: 5_000_000}
}

// growth measures one file into an empty table, one that is many times as large, and one into a table that is large already.
func (b *bench) growth(ctx context.Context, opt options) error {
	if err := b.byFile(ctx); err != nil {
		return err
	}
	size := sizesFor(opt)
	one, memory, err := b.grown(ctx, spec{rows: opt.rows}, min(3, opt.rounds))
	if err != nil {
		return err
	}
	many, more, err := b.grown(ctx, spec{rows: opt.rows * size.times}, 1)
	if err != nil {
		return err
	}
	b.say("\n%d records take %.2f s, %d take %.2f s: %.1f × (asked: ≤ %.1f ×)", opt.rows, one.Seconds(),
		opt.rows*size.times, many.Seconds(), many.Seconds()/one.Seconds(), 1.1*float64(size.times))
	b.say("  the most that a function held after the first: %s; after the other: %s", megabytes(memory), megabytes(more))
	if err := b.fill(ctx, size.table); err != nil {
		return err
	}
	for _, k := range []struct {
		name string
		spec func(n int) spec
	}{
		{"above all keys", func(n int) spec { return spec{rows: opt.rows, first: int64(n+1) * 1_000_000_000} }},
		{"between the keys", func(n int) spec {
			return spec{rows: opt.rows, first: int64(n + 1), step: fillStep * size.table / opt.rows}
		}},
	} {
		into, err := b.into(ctx, k.spec, 3)
		if err != nil {
			return err
		}
		b.say("%d records into a table of %d, %s: %.2f s, %.2f × (asked: ≤ 1.5 ×)", opt.rows, size.table, k.name, into.Seconds(),
			into.Seconds()/one.Seconds())
	}
	return nil
}

// grown loads a file into empty tables, so many rounds, and gives the median of their times, and the functions' memory afterwards.
func (b *bench) grown(ctx context.Context, s spec, rounds int) (time.Duration, map[string]int64, error) {
	files, err := b.makeFiles("growth", s, 1)
	if err != nil {
		return 0, nil, err
	}
	var all []time.Duration
	for range rounds {
		if err := b.database.empty(ctx); err != nil {
			return 0, nil, err
		}
		began := time.Now()
		if err := b.pour(ctx, files); err != nil {
			return 0, nil, err
		}
		all = append(all, time.Since(began))
	}
	return median(all), b.watch.memory(), nil
}

// into loads a file of new keys, so many rounds, into the table as it is.
func (b *bench) into(ctx context.Context, s func(n int) spec, rounds int) (time.Duration, error) {
	var all []time.Duration
	for n := range rounds {
		files, err := b.makeFiles("into", s(n), 1)
		if err != nil {
			return 0, err
		}
		if _, err := b.database.ask(ctx, `CHECKPOINT`); err != nil {
			return 0, err
		}
		began := time.Now()
		if err := b.pour(ctx, files); err != nil {
			return 0, err
		}
		all = append(all, time.Since(began))
	}
	return median(all), nil
}

// fillStep is how far apart the keys of a filled table are.
const fillStep = 10

// fill empties the tables and puts so many rows of another object into the pipeline's.
func (b *bench) fill(ctx context.Context, rows int64) error {
	if err := b.database.empty(ctx); err != nil {
		return err
	}
	b.progress("filling the table with %d rows", rows)
	_, err := b.database.ask(ctx, fmt.Sprintf(`
		INSERT INTO warehouse.sales
		SELECT 'T' || lpad((n * %d)::text, 10, '0'), 'C00001', 'P00001', '2026-09-01', 1, 10, 0, 'efectivo', 'PEN', 'tienda', 'Lima',
		       10, 1, 11, 'Small', '%s', n
		  FROM generate_series(0::bigint, %d - 1) n`, fillStep, objectOf(0), rows))
	if err == nil {
		_, err = b.database.ask(ctx, `VACUUM (ANALYZE) warehouse.sales`)
	}
	return err
}

func megabytes(memory map[string]int64) string {
	var all []string
	for _, who := range shown {
		if most, ok := memory[who]; ok {
			all = append(all, fmt.Sprintf("%s %d MB", who, most>>20))
		}
	}
	return strings.Join(all, ", ")
}
