package faults

import (
	"context"
	"hash/fnv"
	"math/rand/v2"
	"time"
)

// Fault is a fault that happens. It draws how from a generator of its own, so the order of its draws is the order of the
// calls. It belongs to one goroutine.
type Fault struct {
	run    *run
	random *rand.Rand
}

// newFault makes the generator of the n-th opportunity of a kind.
func newFault(r *run, kind Kind, n uint64) Fault {
	h := fnv.New64a()
	h.Write([]byte(kind))
	return Fault{run: r, random: rand.New(rand.NewPCG(r.plan.Seed^h.Sum64(), n))}
}

// Delay draws a time of more than 0 and at most MaxDelay.
func (f Fault) Delay() time.Duration {
	return time.Duration(1 + f.random.Int64N(int64(f.run.plan.MaxDelay.Duration())))
}

// Below draws a number from 0 to n-1.
func (f Fault) Below(n int64) int64 { return f.random.Int64N(n) }

// Wait lets a drawn time pass. It ends early, without an error, when the plan is switched off: what was held back is delivered
// then.
func (f Fault) Wait(ctx context.Context) error { return f.WaitFor(ctx, nil) }

// WaitFor is Wait that ends early when the channel is closed, too.
func (f Fault) WaitFor(ctx context.Context, other <-chan struct{}) error {
	timer := time.NewTimer(f.Delay())
	defer timer.Stop()
	select {
	case <-timer.C:
	case <-other:
	case <-f.run.ended:
	case <-ctx.Done():
		return ctx.Err()
	}
	return nil
}
