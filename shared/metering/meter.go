// Package metering takes the work of an invocation and gives what it used of what costs money. A meter lies in the work's context:
// the stages hand that on and know nothing of it.
package metering

import (
	"context"
	"sync"
	"time"

	"acequia/shared/pipeline"
)

type meterKey struct{}

// meter may be used by several goroutines.
type meter struct {
	memoryMB int64

	mu    sync.Mutex
	used  pipeline.Usage
	since time.Time
}

// Start gives a context for work that begins now, in a function with so much memory; used is what it has used already.
func Start(ctx context.Context, memoryMB int64, used pipeline.Usage) context.Context {
	return context.WithValue(ctx, meterKey{}, &meter{memoryMB: memoryMB, used: used, since: time.Now()})
}

// Take gives what was used since the start or the last Take; nothing if nobody meters the context.
func Take(ctx context.Context) pipeline.Usage {
	m, metered := ctx.Value(meterKey{}).(*meter)
	if !metered {
		return pipeline.Usage{}
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	used, elapsed := m.used, time.Since(m.since).Milliseconds()
	used.MBMilliseconds += elapsed * m.memoryMB
	// What is less than a millisecond is not lost: it counts in what follows.
	m.used, m.since = pipeline.Usage{}, m.since.Add(time.Duration(elapsed)*time.Millisecond)
	return used
}

func count(ctx context.Context, u pipeline.Usage) {
	if m, metered := ctx.Value(meterKey{}).(*meter); metered {
		m.mu.Lock()
		defer m.mu.Unlock()
		m.used = m.used.Add(u)
	}
}
