package chaos

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"
)

// verdict is what came of a seed.
type verdict struct {
	seed uint64
	// problems are what broke a promise, trouble is what kept the test from finding out.
	problems []string
	trouble  error
	faults   map[string]int
	took     time.Duration
	// state is the directory with the logs of all; it is kept if something went wrong.
	state string
}

func (v verdict) failed() bool { return len(v.problems) > 0 || v.trouble != nil }

// String is for the person who looks into a seed that failed.
func (v verdict) String() string {
	var b strings.Builder
	fmt.Fprintf(&b, "seed %d, after %s; again: make chaos SEED=%d; the logs: %s\n", v.seed, v.took.Round(time.Millisecond), v.seed, v.state)
	if v.trouble != nil {
		fmt.Fprintf(&b, "it could not be held to anything: %v\n", v.trouble)
	}
	for _, p := range v.problems {
		fmt.Fprintln(&b, p)
	}
	for _, kind := range sorted(v.faults) {
		if v.faults[kind] > 0 {
			fmt.Fprintf(&b, "  %5d %s\n", v.faults[kind], kind)
		}
	}
	return b.String()
}

// play runs one seed at a place.
func play(ctx context.Context, p place, seed uint64) (v verdict) {
	began := time.Now()
	v = verdict{seed: seed, state: p.state(seed)}
	s := draw(seed)
	p.spare(&s)
	if v.trouble = os.RemoveAll(v.state); v.trouble != nil {
		return v
	}
	w, err := newWorld(ctx, p, s, v.state)
	if err == nil {
		v.problems, err = w.run(ctx)
		v.faults = w.faultCounts()
		err = errors.Join(err, w.close())
	}
	v.trouble, v.took = err, time.Since(began)
	if !v.failed() {
		v.trouble = remove(ctx, v.state)
	}
	return v
}

// remove removes the directory of a seed. Functions end a moment after the local cloud does, and until then may write there.
func remove(ctx context.Context, dir string) error {
	var err error
	late := within(ctx, 5*time.Second, "the functions to leave "+dir, func(context.Context) (bool, error) {
		err = os.RemoveAll(dir)
		return err == nil, nil
	})
	if late != nil {
		return errors.Join(late, err)
	}
	return nil
}

// spare leaves out of a seed what cannot be done here.
func (p place) spare(s *scenario) {
	w := &s.weather
	// A loader beside a sabotaged one would do its work, and that of the version before does not know how to replace.
	w.before = w.before && p.checkout.noBefore == "" && len(p.replaced) == 0 && !slices.Contains(s.datasets, stock)
	var able []disaster
	for _, d := range w.disasters {
		if d.kind != diskFull || p.checkout.noDisk == "" {
			able = append(able, d)
		}
	}
	w.disasters = able
}

// run lets it rain, waits for the end of all, and holds everything to the promises.
func (w *world) run(ctx context.Context) (problems []string, err error) {
	stop := w.watch(ctx)
	err = w.rain(ctx)
	unsettled := error(nil)
	if err == nil {
		unsettled = w.settle(ctx)
	}
	problems = stop()
	if err != nil {
		return problems, err
	}
	if err := w.keepServerLog(); err != nil {
		return problems, err
	}
	if unsettled != nil {
		problems = append(problems, unsettled.Error())
	}
	found, err := w.verify(ctx)
	return append(problems, found...), err
}

// keepServerLog puts what Postgres logged beside the other logs of the seed, and counts the deadlocks in it, whoever lost.
func (w *world) keepServerLog() error {
	log, err := w.cluster.said()
	if err != nil {
		return err
	}
	w.counts.add("SQL: deadlocks", bytes.Count(log, []byte("deadlock detected")))
	return os.WriteFile(filepath.Join(w.cloud.paths.Logs(), "postgres.log"), log, 0o600)
}
