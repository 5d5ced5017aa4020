package load_test

import (
	"fmt"
	"math/rand/v2"
	"sync"
	"testing"
	"time"

	"acequia/shared/pipeline"
)

// Of three objects with the same keys, the lowest is published, and the other two are about to be, at the same moment: both
// find its rows and mean to take them, and only the locks keep the lower from taking those of the higher, which came first.
func TestTwoObjectsFightForTheRowsOfAThird(t *testing.T) {
	t.Parallel()
	const fights, keys = 40, 12
	c := contractOf("sales", true)
	w := newWorld(t, c)
	s := scenario{random: rand.New(rand.NewPCG(1, 1)), contract: c}
	stop := w.watch(t, s)
	last := make(chan pipeline.Report, 2*fights)
	for fight := range fights {
		var chunk []record
		for key := range keys {
			chunk = append(chunk, record{offset: int64(key * 10), key: fmt.Sprint(fight, "-", key), day: fight, value: "x"})
		}
		for rank := range 3 {
			o := newObject("sales", fmt.Sprintf("sales/%d-%d.csv", fight, rank), "v", monday.Add(time.Duration(rank)*time.Second), chunk)
			s.objects = append(s.objects, o)
			reports := w.bucket.stage(t, o, true)
			w.load(t, reports[:2]...)
			if rank == 0 {
				w.load(t, reports[2])
			} else {
				last <- reports[2]
			}
		}
	}
	close(last)
	var wg sync.WaitGroup
	for i := range 4 {
		wg.Go(func() { w.work(t, s, newLoader(w.store, w.bucket, c), rand.New(rand.NewPCG(uint64(i), 3)), last) })
	}
	wg.Wait()
	stop()
	w.compare(t, s)
}
