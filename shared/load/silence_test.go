package load_test

import (
	"context"
	"fmt"
	"strings"
	"testing"
	"time"

	"acequia/shared/load"
	"acequia/shared/pgstore"
	"acequia/shared/pipeline"
	"acequia/test/pgtest"
)

// hasty are guards for tests, in which nobody waits for a minute.
var hasty = pgstore.Guards{Wait: 100 * time.Millisecond, Idle: 1500 * time.Millisecond, Silence: time.Second}

// guardedLoader gives a loader beside the world's own, on the database of that URL.
func (w world) guardedLoader(t *testing.T, url string, g pgstore.Guards) *load.Loader {
	t.Helper()
	store, err := pgstore.OpenGuarded(t.Context(), url, g)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(store.Close)
	return newLoader(store, w.bucket, contractOf("sales", true))
}

// A loader that is never heard of again, here when it reads the rows, keeps nobody from its object.
func TestAnotherLoaderGoesOnWhereOneFellSilent(t *testing.T) {
	t.Parallel()
	w := newWorld(t, contractOf("sales", true))
	o := newObject("sales", "sales/a.csv", "v1", monday, []record{{0, "k1", 1, "a"}, {10, "k2", 1, "b"}})
	reports := w.bucket.stage(t, o, true)
	w.load(t, reports[:2]...)
	url := w.sql.Config().ConnString()
	link := pgtest.NewLink(t, url)
	lost, other := w.guardedLoader(t, link.URL, hasty), w.guardedLoader(t, url, hasty)
	ctx, giveUp := context.WithCancel(t.Context())
	defer giveUp()
	silent, ended := make(chan bool), make(chan error, 1)
	w.bucket.fault = func(string) error {
		link.Silence()
		close(silent)
		w.bucket.fault = nil
		return nil
	}
	go func() { _, err := lost.Handle(ctx, reports[2]); ended <- err }()
	<-silent
	s, err := other.Handle(t.Context(), reports[2])
	if _, ends := load.Hopeless(err); err == nil || ends {
		t.Errorf("while the one who fell silent has the object: %v", err)
	}
	for deadline := time.Now().Add(10 * time.Second); err != nil && time.Now().Before(deadline); {
		s, err = other.Handle(t.Context(), reports[2])
	}
	if err != nil || s.Status != pipeline.Published {
		t.Errorf("%s, %v", s.Status, err)
	}
	w.checkCounts(t)
	link.Close()
	giveUp()
	if err := <-ended; err == nil {
		t.Error("the one who fell silent has published, too")
	}
}

// A publication that waits for the work bucket for longer than a transaction may say nothing is not taken for dead.
func TestWhoWaitsForTheBucketIsNotTakenForDead(t *testing.T) {
	t.Parallel()
	for _, at := range []string{"the first look", "reading"} {
		t.Run(at, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t, contractOf("sales", true))
			chunk := []record{}
			for i := range 30 {
				chunk = append(chunk, record{int64(i), fmt.Sprintf("k%02d", i), 1, "a"})
			}
			reports := w.bucket.stage(t, newObject("sales", "sales/a.csv", "v1", monday, chunk), true)
			w.load(t, reports[:2]...)
			l := w.guardedLoader(t, w.sql.Config().ConnString(), hasty)
			l.SetBeat(50 * time.Millisecond)
			reads := 0
			w.bucket.fault = func(key string) error {
				if reads++; strings.HasSuffix(key, "rows.copy") && (reads == 1) == (at == "the first look") {
					time.Sleep(2 * hasty.Idle)
				}
				return nil
			}
			if s, err := l.Handle(t.Context(), reports[2]); err != nil || s.Status != pipeline.Published {
				t.Errorf("%s, %v", s.Status, err)
			}
		})
	}
}
