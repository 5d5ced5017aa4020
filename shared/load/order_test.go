package load_test

import (
	"context"
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"os"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/jackc/pgx/v5"

	"acequia/shared/load"
	"acequia/shared/pipeline"
)

// The table and the ledger's counts are a function of the set of objects and of what people want done to them: whatever the order of
// the reports, however often they come, and wherever connections break, several loaders reach what a sequential oracle reaches.
// ACEQUIA_SEEDS, such as 100-400, tries others.
func TestOrderDoesNotMatter(t *testing.T) {
	t.Parallel()
	for _, seed := range seeds(t) {
		t.Run(fmt.Sprint(seed), func(t *testing.T) {
			t.Parallel()
			s := drawScenario(rand.New(rand.NewPCG(seed, 1)))
			w := newWorld(t, s.contract)
			stop := w.watch(t, s)
			w.deliver(t, s)
			stop()
			w.compare(t, s)
		})
	}
}

// seeds gives the seeds to try.
func seeds(t *testing.T) (all []uint64) {
	t.Helper()
	first, end := uint64(0), uint64(12)
	if asked := os.Getenv("ACEQUIA_SEEDS"); asked != "" {
		if _, err := fmt.Sscanf(asked, "%d-%d", &first, &end); err != nil {
			t.Fatalf("ACEQUIA_SEEDS is %q, want such as 100-400: %v", asked, err)
		}
	}
	for seed := first; seed < end; seed++ {
		all = append(all, seed)
	}
	return all
}

// mailbox holds the reports that are still to be delivered.
type mailbox struct {
	mu      sync.Mutex
	random  *rand.Rand
	reports []pipeline.Report
	// replays holds the reports of second attempts, which are sent when the first is at its end.
	replays map[pipeline.ObjectID][]pipeline.Report
}

// put puts reports among those that are there, some of them twice.
func (m *mailbox) put(reports ...pipeline.Report) {
	for _, r := range reports {
		for range 1 + m.random.IntN(2) {
			m.reports = slices.Insert(m.reports, m.random.IntN(len(m.reports)+1), r)
		}
	}
}

func (m *mailbox) take() (pipeline.Report, bool) {
	m.mu.Lock()
	defer m.mu.Unlock()
	if len(m.reports) == 0 {
		return pipeline.Report{}, false
	}
	r := m.reports[0]
	m.reports = m.reports[1:]
	return r, true
}

// ended sends the replay of an object that is at its end.
func (m *mailbox) ended(id pipeline.ObjectID) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.put(m.replays[id]...)
	delete(m.replays, id)
}

// deliver gives all reports to several loaders, in any order, some of them twice, and again until each was handled.
func (w world) deliver(t *testing.T, s scenario) {
	t.Helper()
	box := &mailbox{random: s.random, replays: map[pipeline.ObjectID][]pipeline.Report{}}
	for _, o := range s.objects {
		box.put(breakOne(w.bucket.stage(t, o, true), s.broken[o.ID])...)
		if replay, replayed := s.replays[o.ID]; replayed {
			box.replays[o.ID] = breakOne(w.bucket.stageAttempt(t, replay, 2, true), s.brokenReplays[o.ID])
		}
	}
	for _, o := range s.forgotten {
		box.put(forget(o))
	}
	var wg sync.WaitGroup
	for range 4 {
		loader := newLoader(w.store, w.bucket, s.contract)
		loader.SetSegmentRows(7)
		random := rand.New(rand.NewPCG(s.random.Uint64(), 2))
		wg.Go(func() { w.work(t, s, loader, random, box) })
	}
	wg.Wait()
}

// breakOne makes of an object's reports such of one of whose chunks is given up.
func breakOne(reports []pipeline.Report, broken bool) []pipeline.Report {
	if broken && len(reports) > 2 {
		reports[1].Kind, reports[1].Reason = pipeline.ChunkFailed, "given up"
	}
	return reports
}

// work handles reports as a queue has them handled: what fails comes again.
func (w world) work(t *testing.T, s scenario, loader *load.Loader, random *rand.Rand, box *mailbox) {
	for {
		r, more := box.take()
		if !more {
			return
		}
		for try := 0; ; try++ {
			ctx, cancel := t.Context(), func() {}
			switch faulty := random.Float64() < s.fault && try < 5; {
			case faulty && random.IntN(2) == 0:
				ctx, cancel = context.WithTimeout(ctx, time.Duration(random.IntN(15))*time.Millisecond)
			case faulty:
				w.cutConnections(t)
			}
			standing, err := loader.Handle(ctx, r)
			cancel()
			if err == nil {
				if standing.Status.Done() {
					box.ended(r.Object.ID)
				}
				break
			}
			if try > 20 {
				t.Errorf("%s of %s: %v", r.Kind, r.Object.Key, err)
				break
			}
		}
	}
}

// cutConnections ends one of the loaders' connections, whatever it is doing.
func (w world) cutConnections(t *testing.T) {
	_, err := w.sql.Exec(t.Context(), `
		SELECT pg_terminate_backend(pid) FROM (
		  SELECT pid FROM pg_stat_activity WHERE datname = current_database() AND application_name = 'acequia'
		   ORDER BY state = 'idle', random() LIMIT 1) a`)
	if err != nil {
		t.Error(err)
	}
}

// watch compares ledger and warehouse all the time, each time in one snapshot, until the function it gives is called.
func (w world) watch(t *testing.T, s scenario) (stop func()) {
	t.Helper()
	if _, err := w.store.EnsureTables(t.Context(), s.contract, nil); err != nil {
		t.Fatal(err)
	}
	done := make(chan struct{})
	var wg sync.WaitGroup
	wg.Go(func() {
		for {
			select {
			case <-done:
				return
			case <-time.After(2 * time.Millisecond):
				w.checkCounts(t)
			}
		}
	})
	return func() {
		close(done)
		wg.Wait()
		w.checkCounts(t)
	}
}

// checkCounts holds the ledger to the tables, on a connection that nobody cuts.
func (w world) checkCounts(t *testing.T) {
	found, err := w.sql.Query(t.Context(), `SELECT check_name || ': ' || problem FROM acequia.audit`)
	if err != nil {
		t.Error(err)
		return
	}
	wrong, err := pgx.CollectRows(found, pgx.RowTo[string])
	if err != nil {
		t.Error(err)
	}
	for _, line := range wrong {
		t.Error(line)
	}
}

// compare holds what the loaders reached to what the oracle says.
func (w world) compare(t *testing.T, s scenario) {
	t.Helper()
	want := s.expected()
	got := expectation{
		warehouse:  w.texts(t, rowsQuery("warehouse")),
		superseded: w.texts(t, rowsQuery("superseded")),
		objects: w.texts(t, `
			SELECT concat_ws(' ', o.key, o.version_id, o.status, CASE WHEN o.status = 'published' THEN
			       format('%s=%s+%s+%s+%s %s', o.records, o.loaded, o.superseded, o.duplicates, o.rejected, n.version_id) END)
			  FROM acequia.objects o LEFT JOIN acequia.objects n ON n.object_id = o.replaced_by`),
	}
	got.sort()
	if diff := cmp.Diff(want, got, cmp.AllowUnexported(expectation{})); diff != "" {
		t.Errorf("the loaders' (+) differs from the oracle's (-):\n%s", diff)
	}
	for _, day := range w.texts(t, `SELECT DISTINCT day::text FROM warehouse.sales WHERE day NOT IN (SELECT day FROM acequia.changes)`) {
		t.Errorf("nobody was told that %s changed", day)
	}
	for _, o := range s.objects {
		status := w.row(t, o).Status
		var told pipeline.Outcome
		if err := json.Unmarshal(w.bucket.get(pipeline.OutcomeKey(o.ID)), &told); err != nil || !sameToIngest(told.Status, status) {
			t.Errorf("%s %s is %s, the outcome says %q, %v", o.Key, o.VersionID, status, told.Status, err)
		}
		if n := w.bucket.count("staged/" + o.ID.String()); n > 0 && status == pipeline.Forgotten {
			t.Errorf("%s %s is forgotten, but %d files are staged", o.Key, o.VersionID, n)
		}
	}
}

// sameToIngest tells whether a marker tells ingest what it must know: a loader that crashes may leave one where two differ no more.
func sameToIngest(told, is pipeline.Status) bool {
	loaded := func(s pipeline.Status) bool { return s == pipeline.Published || s == pipeline.Unchanged }
	return told == is || loaded(told) && loaded(is)
}

func rowsQuery(schema string) string {
	return fmt.Sprintf(`SELECT concat_ws(' ', id, o.key, o.version_id, _byte_offset, day - date '2000-01-01', value)
		FROM %s.sales JOIN acequia.objects o ON o.object_id = _object_id`, schema)
}
