package chaos

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"time"

	"acequia/test/chaos/pgproxy"
)

// rain uploads the files while faults rain, and ends the faults. What it gives is what went wrong with the faults, not with the
// pipeline.
func (w *world) rain(ctx context.Context) error {
	dry, wet := w.uploads[:w.dry], w.uploads[w.dry:]
	if err := w.cloud.setFaults(ctx, calm(w.weather.cloud)); err != nil {
		return err
	}
	if err := w.upload(ctx, dry); err != nil {
		return err
	}
	w.awaitEnds(ctx, len(dry))
	if err := w.cloud.setFaults(ctx, w.weather.cloud); err != nil {
		return err
	}
	sql := w.weather.sql
	sql.Kill = processes{w.cloud}.kill
	w.proxy.SetFaults(sql)
	if err := w.pour(ctx, wet); err != nil {
		return err
	}
	w.proxy.SetFaults(pgproxy.Faults{})
	return w.cloud.setFaults(ctx, calm(w.weather.cloud))
}

// pour uploads while the second session meddles and disasters strike, until it has rained long enough.
func (w *world) pour(ctx context.Context, uploads []upload) (err error) {
	began := time.Now()
	raining, stop := context.WithCancel(ctx)
	var wg sync.WaitGroup
	if w.weather.meddler {
		wg.Go(func() { w.meddle(raining) })
	}
	var struck error
	wg.Go(func() { struck = w.strike(ctx, began) })
	if err = w.upload(ctx, uploads); err == nil {
		pause(ctx, time.Until(began.Add(w.weather.lasts)))
		w.awaitEnds(ctx, int(w.weather.until*float64(len(w.uploads))))
	}
	stop()
	wg.Wait()
	return errors.Join(err, struck)
}

func (w *world) upload(ctx context.Context, uploads []upload) error {
	for _, u := range uploads {
		pause(ctx, u.after)
		if err := w.put(ctx, buckets.RawBucket, u.key, u.file.body); err != nil {
			return err
		}
	}
	return nil
}

// longestRain bounds the rain on a seed whose files do not get on, be it because it rains so hard.
const longestRain = 5 * time.Second

// awaitEnds waits until so many files have come to their end. That it takes too long ends the wait, and so does a server that is
// away.
func (w *world) awaitEnds(ctx context.Context, files int) {
	_ = within(ctx, longestRain, "files to end", func(ctx context.Context) (ok bool, err error) {
		err = w.db.QueryRow(ctx, `SELECT count(*) >= $1 FROM acequia.objects WHERE status NOT IN ('received', 'processing')`, files).Scan(&ok)
		return ok, err
	})
}

// strike has the disasters happen, one after another.
func (w *world) strike(ctx context.Context, began time.Time) error {
	for _, d := range w.weather.disasters {
		pause(ctx, time.Until(began.Add(d.after)))
		if err := w.disaster(ctx, d); err != nil {
			return fmt.Errorf("%s: %w", d.kind, err)
		}
		w.counts.add(string(d.kind), 1)
	}
	return nil
}

func (w *world) disaster(ctx context.Context, d disaster) error {
	switch d.kind {
	case postgresRestarts:
		err := w.cluster.crash(ctx, d.lasts)
		w.proxy.SetTarget(w.cluster.address())
		return err
	case cloudKilled:
		return w.cloud.restart(ctx)
	case diskFull:
		if err := w.disk.fill(); err != nil {
			return err
		}
		pause(ctx, d.lasts)
		return w.disk.free()
	}
	return nil
}
