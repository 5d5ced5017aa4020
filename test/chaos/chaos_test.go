package chaos

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"maps"
	"os"
	"os/signal"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"
)

var (
	seeds   = flag.Int("seeds", 20, "how many seeds to run")
	first   = flag.Uint64("first", 1, "the first of them")
	only    = flag.Uint64("seed", 0, "run this seed and no other")
	workers = flag.Int("workers", 4, "how many seeds to run at once")
)

// firstPort is where the local clouds of the workers look for a free port; each worker has a hundred.
const firstPort = 24000

// TestChaos holds each seed to the promises.
func TestChaos(t *testing.T) {
	c, err := build()
	if err != nil {
		t.Fatal(err)
	}
	for what, why := range map[string]string{
		"a full disk": c.noDisk, "killing the loader at a message to Postgres": noProcesses(), "the loader of the version before": c.noBefore,
	} {
		if why != "" {
			t.Logf("left out: %s: %s", what, why)
		}
	}
	list := seedsFrom(*first, *seeds)
	if *only > 0 {
		list = []uint64{*only}
	}
	p := newProgress(len(list))
	err = playAll(t.Context(), c, list, nil, func(v verdict) {
		p.add(v)
		if v.failed() {
			t.Error(v)
		}
	})
	if err != nil {
		t.Error(err)
	}
	t.Log(p.summary())
}

func seedsFrom(first uint64, n int) []uint64 {
	list := make([]uint64, n)
	for i := range list {
		list[i] = first + uint64(i)
	}
	return list
}

// playAll runs seeds, several at once, each worker with a Postgres of its own, and tells of each, one at a time.
// An interrupt ends it after what is begun, so that nothing stays behind.
func playAll(ctx context.Context, c *checkout, list []uint64, replaced map[string]string, tell func(verdict)) error {
	ctx, stop := signal.NotifyContext(ctx, os.Interrupt, syscall.SIGTERM)
	defer stop()
	unlock, err := c.alone()
	if err != nil {
		return err
	}
	defer unlock()
	todo := make(chan uint64, len(list))
	for _, seed := range list {
		todo <- seed
	}
	close(todo)
	var wg sync.WaitGroup
	var mu sync.Mutex
	for i := range min(*workers, len(list)) {
		wg.Go(func() {
			failed := work(ctx, place{checkout: c, port: firstPort + 100*i, replaced: replaced}, todo, func(v verdict) {
				mu.Lock()
				defer mu.Unlock()
				tell(v)
			})
			mu.Lock()
			defer mu.Unlock()
			err = errors.Join(err, failed)
		})
	}
	wg.Wait()
	return errors.Join(err, ctx.Err())
}

// work is what one worker does.
func work(ctx context.Context, p place, todo <-chan uint64, tell func(verdict)) error {
	if err := p.reclaim(); err != nil {
		return err
	}
	var err error
	if p.cluster, err = startCluster(ctx, p.postgres()); err != nil {
		return errors.Join(err, p.reclaim())
	}
	for seed := range todo {
		if ctx.Err() != nil {
			break
		}
		tell(play(ctx, p, seed))
	}
	return p.reclaim()
}

// progress tells how it goes, every few seconds.
type progress struct {
	began, told         time.Time
	total, done, failed int
	faults              map[string]int
}

func newProgress(total int) *progress {
	return &progress{began: time.Now(), told: time.Now(), total: total, faults: map[string]int{}}
}

func (p *progress) add(v verdict) {
	p.done++
	if v.failed() {
		p.failed++
	}
	for kind, n := range v.faults {
		p.faults[kind] += n
	}
	if time.Since(p.told) > 5*time.Second {
		p.told = time.Now()
		fmt.Fprintln(os.Stderr, p)
	}
}

func (p *progress) String() string {
	total := 0
	for n := range maps.Values(p.faults) {
		total += n
	}
	took := time.Since(p.began)
	return fmt.Sprintf("chaos: %d of %d seeds, %d failed, %d faults, %.1f s a seed",
		p.done, p.total, p.failed, total, took.Seconds()/float64(max(1, p.done)))
}

// summary lists the faults by kind.
func (p *progress) summary() string {
	var b strings.Builder
	fmt.Fprintln(&b, p)
	for _, kind := range sorted(p.faults) {
		fmt.Fprintf(&b, "  %6d %s\n", p.faults[kind], kind)
	}
	return b.String()
}
