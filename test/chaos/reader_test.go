package chaos

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/jackc/pgx/v5"
)

// reader polls the tables as people do, each time in one snapshot, and holds what it sees to the promises that hold at all times:
// a file is there whole or not at all, and the ledger counts what is there.
type reader struct {
	*world
	// whole is how many rows a file has, by its ETag.
	whole map[string]int

	mu    sync.Mutex
	polls int
	seen  map[string]bool
}

// watch reads until the function it gives is called, which tells what was seen that must never be.
func (w *world) watch(ctx context.Context) (stop func() []string) {
	r := &reader{world: w, whole: map[string]int{}, seen: map[string]bool{}}
	for _, u := range w.uploads {
		r.whole[etagOf(u.file.body)] = len(u.file.kept())
	}
	ctx, cancel := context.WithCancel(ctx)
	var wg sync.WaitGroup
	wg.Go(func() {
		for pause(ctx, 15*time.Millisecond) {
			r.look(ctx)
		}
	})
	return func() []string {
		cancel()
		wg.Wait()
		w.polls = r.polls
		return slices.Sorted(maps.Keys(r.seen))
	}
}

// glance is what one snapshot shows of an object.
type glance struct {
	Key, Status, ETag       string
	Loaded, Superseded      int
	InWarehouse, InOverrule int
}

func (r *reader) look(ctx context.Context) {
	glances, err := r.glances(ctx)
	if err != nil {
		return // while the server is away there is nothing to see
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	r.polls++
	for _, g := range glances {
		if problem := r.judge(g); problem != "" {
			r.seen["a reader saw "+problem] = true
		}
	}
	if r.polls%auditEvery == 0 {
		r.audit(ctx)
	}
}

// auditEvery is at how many looks acequia.audit is asked too, which reads a lot.
const auditEvery = 8

// audit asks what does not add up, which must be nothing at any moment.
func (r *reader) audit(ctx context.Context) {
	problems, err := r.lines(ctx, `SELECT problem FROM acequia.audit`)
	if err != nil {
		return
	}
	for _, problem := range problems {
		r.seen["acequia.audit said "+problem] = true
	}
}

// glances reads which tables there are, and what is in them, in one snapshot.
func (r *reader) glances(ctx context.Context) (glances []glance, err error) {
	err = pgx.BeginTxFunc(ctx, r.db, pgx.TxOptions{IsoLevel: pgx.RepeatableRead, AccessMode: pgx.ReadOnly}, func(tx pgx.Tx) error {
		rows, err := tx.Query(ctx, `SELECT tablename FROM pg_tables WHERE schemaname = 'superseded'`)
		if err != nil {
			return err
		}
		tables, err := pgx.CollectRows(rows, pgx.RowTo[string])
		if err != nil || len(tables) == 0 {
			return err
		}
		if rows, err = tx.Query(ctx, glanceQuery(tables)); err != nil {
			return err
		}
		glances, err = pgx.CollectRows(rows, pgx.RowToStructByPos[glance])
		return err
	})
	return glances, err
}

// glanceQuery counts each object's rows beside what the ledger says of it; rows without an object have no key.
func glanceQuery(tables []string) string {
	var counts []string
	for _, schema := range []string{"warehouse", "superseded"} {
		var selects []string
		for _, t := range tables {
			selects = append(selects, fmt.Sprintf(`SELECT _object_id, count(*)::int n FROM %s.%s GROUP BY 1`, schema, t))
		}
		counts = append(counts, "("+strings.Join(selects, " UNION ALL ")+")")
	}
	return fmt.Sprintf(`
		SELECT coalesce(o.key, ''), coalesce(o.status, ''), coalesce(o.etag, ''), coalesce(o.loaded, 0)::int,
		       CASE WHEN o.replaced_by IS NULL THEN coalesce(o.superseded, 0) ELSE 0 END::int,
		       coalesce(w.n, 0), coalesce(s.n, 0)
		  FROM acequia.objects o
		  FULL JOIN %s w ON w._object_id = o.object_id
		  FULL JOIN %s s ON s._object_id = coalesce(o.object_id, w._object_id)`, counts[0], counts[1])
}

// judge says what is wrong with a glance.
func (r *reader) judge(g glance) string {
	whole, known := r.whole[strings.Trim(g.ETag, `"`)]
	rows := g.InWarehouse + g.InOverrule
	switch {
	case g.Key == "" && rows > 0:
		return fmt.Sprintf("%d rows of an object that the ledger does not know", rows)
	case g.InWarehouse != g.Loaded || g.InOverrule != g.Superseded:
		return fmt.Sprintf("%s, %s, with %d rows loaded and %d superseded, of which the ledger says %d and %d",
			g.Key, g.Status, g.InWarehouse, g.InOverrule, g.Loaded, g.Superseded)
	case known && rows != 0 && rows != whole:
		return fmt.Sprintf("%d of the %d rows of %s", rows, whole, g.Key)
	}
	return ""
}
