package chaos

import (
	"context"
	"errors"
	"math/rand/v2"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"
)

// meddling is what a second session does to those of the loader, in a transaction that is rolled back: it changes no row. Each
// statement's locks are held for a while before the next. TABLE_ is one of the tables.
type meddling struct {
	name       string
	statements []string
}

// meddlings go against the order of locks where they have two statements: a publication takes keys in their order, and lines of the
// ledger last.
var meddlings = []meddling{
	{"sessions ended", []string{`SELECT pg_terminate_backend(pid) FROM (` + loaderSession + `) s`}},
	{"statements cancelled", []string{`SELECT pg_cancel_backend(pid) FROM (` + loaderSession + `) s`}},
	{"ledger's lines locked", []string{lockLines}},
	{"tables locked", []string{`LOCK TABLE TABLE_ IN ACCESS EXCLUSIVE MODE`}},
	{"lines locked, then tables", []string{lockLines, `LOCK TABLE TABLE_ IN SHARE MODE`}},
	{"rows taken", []string{takeRows}},
	{"rows taken, then others", []string{takeRows, takeRows}},
	{"lines locked, then rows taken", []string{lockLines, takeRows}},
}

const (
	// loaderSession finds one of the loader's sessions, rather one at work.
	loaderSession = `SELECT pid FROM pg_stat_activity WHERE datname = current_database() AND application_name = 'acequia'
		ORDER BY state = 'idle', random() LIMIT 1`
	// lockLines locks lines of the ledger, rather of objects that are published, whose rows others are about to take.
	lockLines = `SELECT FROM acequia.objects ORDER BY status = 'published' DESC, random() LIMIT 3 FOR UPDATE`
	takeRows  = `DELETE FROM TABLE_ WHERE ctid IN (SELECT ctid FROM TABLE_ ORDER BY random() LIMIT 4)`
)

// meddler is the second session.
type meddler struct {
	*world
	random *rand.Rand
}

// meddle meddles until ctx ends. What fails, as the loser of a deadlock does, has meddled all the same.
func (w *world) meddle(ctx context.Context) {
	m := &meddler{w, randomOf(w.seed, partMeddler)}
	for pause(ctx, time.Duration(m.random.IntN(60))*time.Millisecond) {
		what := meddlings[m.random.IntN(len(meddlings))]
		err := pgx.BeginFunc(ctx, w.db, func(tx pgx.Tx) error { return m.do(ctx, tx, what) })
		if errors.Is(err, errRollBack) {
			w.counts.add("SQL: "+what.name, 1)
		}
	}
}

var errRollBack = errors.New("to be rolled back")

func (m *meddler) do(ctx context.Context, tx pgx.Tx, what meddling) error {
	rows, err := tx.Query(ctx, `SELECT format('%I.%I', schemaname, tablename) FROM pg_tables WHERE schemaname = 'warehouse' ORDER BY 1`)
	if err != nil {
		return err
	}
	tables, err := pgx.CollectRows(rows, pgx.RowTo[string])
	if err != nil {
		return err
	}
	table := "acequia.changes" // as long as there is no other
	if len(tables) > 0 {
		table = tables[m.random.IntN(len(tables))]
	}
	for _, s := range what.statements {
		if _, err := tx.Exec(ctx, strings.ReplaceAll(s, "TABLE_", table)); err != nil {
			return err
		}
		pause(ctx, time.Duration(5+m.random.IntN(60))*time.Millisecond)
	}
	return errRollBack
}
