package load_test

import (
	"context"
	"fmt"
	"math/rand/v2"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/jackc/pgx/v5"

	"acequia/shared/contract"
	"acequia/shared/load"
	"acequia/shared/pipeline"
)

// The table and the ledger's counts are a function of the set of objects: whatever the order of the reports, however
// often they come, and wherever connections break, several loaders reach what a sequential oracle reaches.
func TestOrderDoesNotMatter(t *testing.T) {
	t.Parallel()
	for seed := range uint64(8) {
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

// scenario is a set of objects with the ends that they must come to.
type scenario struct {
	random   *rand.Rand
	contract *contract.Contract
	objects  []object
	// broken holds the objects of which a chunk is given up.
	broken map[pipeline.ObjectID]bool
	// fault is the share of deliveries that meet a fault.
	fault float64
}

func drawScenario(random *rand.Rand) scenario {
	s := scenario{random: random, contract: contractOf("sales", true), broken: map[pipeline.ObjectID]bool{}}
	s.contract.Reject.Share = 0.3
	s.fault = []float64{0, 0.2}[random.IntN(2)]
	universe := 5 + random.IntN(60)
	for key := range 2 + random.IntN(4) {
		for version := range 1 + random.IntN(3) {
			name := fmt.Sprintf("sales/%d.csv", key)
			o := newObject("sales", name, fmt.Sprint("v", version), monday.Add(time.Duration(random.IntN(3))*time.Second))
			if last := len(s.objects) - 1; version > 0 && random.IntN(3) == 0 {
				o.chunks = s.objects[last].chunks // the same bytes again: the rank is the first one's
				o.Rank = pipeline.Rank(s.objects[last].Rank.Run() + " " + o.VersionID)
			} else {
				o.Rank = pipeline.NewRank(o.LastModified, name, version, o.VersionID)
				o.chunks = drawChunks(random, universe)
				s.broken[o.ID] = random.IntN(10) == 0
			}
			s.objects = append(s.objects, o)
		}
	}
	return s
}

func drawChunks(random *rand.Rand, universe int) [][]record {
	var chunks [][]record
	var offset int64
	rejects := random.IntN(4)
	for range random.IntN(5) {
		var chunk []record
		for range random.IntN(40) {
			r := record{offset: offset, key: fmt.Sprint("k", random.IntN(universe)), day: random.IntN(4), value: fmt.Sprint(random.IntN(9))}
			if rejects == 0 && random.IntN(3) == 0 || random.IntN(30) == 0 {
				r.key = ""
			}
			chunk = append(chunk, r)
			offset += 10
		}
		chunks = append(chunks, chunk)
	}
	return chunks
}

// deliver gives all reports to several loaders, shuffled, some of them twice, and again until each was handled.
func (w world) deliver(t *testing.T, s scenario) {
	t.Helper()
	var reports []pipeline.Report
	for _, o := range s.objects {
		all := w.bucket.stage(t, o, true)
		if s.broken[o.ID] && len(o.chunks) > 0 {
			all[1].Kind, all[1].Reason = pipeline.ChunkFailed, "given up"
		}
		for _, r := range all {
			reports = append(reports, slices.Repeat([]pipeline.Report{r}, 1+s.random.IntN(2))...)
		}
	}
	s.random.Shuffle(len(reports), func(i, j int) { reports[i], reports[j] = reports[j], reports[i] })
	queue := make(chan pipeline.Report, len(reports))
	for _, r := range reports {
		queue <- r
	}
	close(queue)
	var wg sync.WaitGroup
	for range 4 {
		loader := newLoader(w.store, w.bucket, s.contract)
		loader.SetSegmentRows(7)
		seed := s.random.Uint64()
		wg.Go(func() { w.work(t, s, loader, rand.New(rand.NewPCG(seed, 2)), queue) })
	}
	wg.Wait()
}

// work handles reports as a queue has them handled: what fails comes again.
func (w world) work(t *testing.T, s scenario, loader *load.Loader, random *rand.Rand, queue <-chan pipeline.Report) {
	for r := range queue {
		for try := 0; ; try++ {
			ctx, cancel := t.Context(), func() {}
			switch faulty := random.Float64() < s.fault && try < 5; {
			case faulty && random.IntN(2) == 0:
				ctx, cancel = context.WithTimeout(ctx, time.Duration(random.IntN(15))*time.Millisecond)
			case faulty:
				w.cutConnections(t)
			}
			_, err := loader.Handle(ctx, r)
			cancel()
			if err == nil {
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
			SELECT concat_ws(' ', run, status, CASE WHEN status = 'published' THEN records END, loaded, superseded, duplicates)
			  FROM acequia.objects`),
	}
	got.sort()
	if diff := cmp.Diff(want, got, cmp.AllowUnexported(expectation{})); diff != "" {
		t.Errorf("the loaders' (+) differs from the oracle's (-):\n%s", diff)
	}
	for _, day := range w.texts(t, `SELECT DISTINCT day::text FROM warehouse.sales WHERE day NOT IN (SELECT day FROM acequia.changes)`) {
		t.Errorf("nobody was told that %s changed", day)
	}
	for _, o := range s.objects {
		if row := w.row(t, o); string(w.bucket.get(pipeline.OutcomeKey(o.ID))) == "" {
			t.Errorf("%s %s is %s, without an outcome", o.Key, o.VersionID, row.Status)
		}
	}
}

func rowsQuery(schema string) string {
	return fmt.Sprintf(`SELECT concat_ws(' ', id, o.run, _byte_offset, day - date '2000-01-01', value)
		FROM %s.sales JOIN acequia.objects o ON o.object_id = _object_id`, schema)
}
