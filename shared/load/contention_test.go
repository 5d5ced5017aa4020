package load_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"sync"
	"testing"
	"time"

	"acequia/shared/contract"
	"acequia/shared/load"
	"acequia/shared/pgstore"
	"acequia/shared/pipeline"
)

// slowed is a publication that pauses between looking which keys are taken and taking them, and before it ends: where it
// matters that nobody else comes between.
type slowed struct {
	*pgstore.Publication
}

// pause is long or nothing, so that one publication overtakes another whole.
func pause() { time.Sleep(time.Duration(rand.IntN(2)*15) * time.Millisecond) }

func (s slowed) Displace(ctx context.Context, places []pipeline.RowPlace, dayColumn string) ([]pipeline.Displaced, error) {
	pause()
	return s.Publication.Displace(ctx, places, dayColumn)
}

func (s slowed) End(ctx context.Context, e pipeline.Ending) error {
	pause()
	return s.Publication.End(ctx, e)
}

// race gives the reports to several loaders with slowed publications.
func (w world) race(t *testing.T, s scenario, reports []pipeline.Report) {
	t.Helper()
	box := &mailbox{reports: reports}
	var wg sync.WaitGroup
	for i := range 4 {
		loader := newLoader(w.store, w.bucket, s.contract)
		loader.Publish = func(ctx context.Context, o pipeline.Object, c *contract.Contract, do func(load.Publication) error) error {
			return w.store.Publish(ctx, o, c, func(p *pgstore.Publication) error { return do(slowed{p}) })
		}
		wg.Go(func() { w.work(t, s, loader, rand.New(rand.NewPCG(uint64(i), 3)), box) })
	}
	wg.Wait()
}

const fights = 30

func newFight(number int) (chunk []record) {
	for key := range 12 {
		chunk = append(chunk, record{offset: int64(key * 10), key: fmt.Sprint(number, "-", key), day: number, value: "x"})
	}
	return chunk
}

// Of three objects with the same keys, the lowest is published, and the other two are about to be, at the same moment: both
// find its rows and mean to take them, and only the lock Q keeps the lower from taking those of the higher, which came first.
func TestTwoObjectsFightForTheRowsOfAThird(t *testing.T) {
	t.Parallel()
	s := scenario{contract: contractOf("sales", true)}
	w := newWorld(t, s.contract)
	stop := w.watch(t, s)
	var last []pipeline.Report
	for fight := range fights {
		for rank := range 3 {
			o := newObject("sales", fmt.Sprintf("sales/%d-%d.csv", fight, rank), "v",
				monday.Add(time.Duration(rank)*time.Second), newFight(fight))
			s.objects = append(s.objects, o)
			reports := w.bucket.stage(t, o, true)
			w.load(t, reports[:2]...)
			if rank == 0 {
				w.load(t, reports[2])
			} else {
				last = append(last, reports[2])
			}
		}
	}
	w.race(t, s, last)
	stop()
	w.compare(t, s)
}

// Two versions of a key hold the same bytes, and each gets its last report twice, all at the same moment: one of the
// versions is published, once, and only the lock O lets the other see that it is.
func TestVersionsWithTheSameBytesArePublishedOnce(t *testing.T) {
	t.Parallel()
	s := scenario{contract: contractOf("sales", true)}
	w := newWorld(t, s.contract)
	stop := w.watch(t, s)
	var last []pipeline.Report
	for fight := range fights {
		for version := range 2 {
			o := newObject("sales", fmt.Sprintf("sales/%d.csv", fight), "v1", monday, newFight(fight))
			if version > 0 {
				o = again(o, "v2")
			}
			s.objects = append(s.objects, o)
			reports := w.bucket.stage(t, o, true)
			w.load(t, reports[:2]...)
			last = append(last, reports[2], reports[2])
		}
	}
	w.race(t, s, last)
	stop()
	w.compare(t, s)
}
