package chaos

import (
	"context"
	"errors"
	"math/rand/v2"
	"time"

	"github.com/jackc/pgx/v5"
)

// A meddling is what a second session does to those of the loader: it ends by itself, and changes no row.
type meddling struct {
	name string
	// do works in a transaction that is rolled back.
	do func(ctx context.Context, tx pgx.Tx, m *meddler) error
}

// meddler is the second session.
type meddler struct {
	*world
	random *rand.Rand
}

var meddlings = []meddling{
	{"sessions ended", func(ctx context.Context, tx pgx.Tx, _ *meddler) error {
		_, err := tx.Exec(ctx, `SELECT pg_terminate_backend(pid) FROM (`+loaderSession+`) s`)
		return err
	}},
	{"statements cancelled", func(ctx context.Context, tx pgx.Tx, _ *meddler) error {
		_, err := tx.Exec(ctx, `SELECT pg_cancel_backend(pid) FROM (`+loaderSession+`) s`)
		return err
	}},
	{"ledger's rows locked", func(ctx context.Context, tx pgx.Tx, m *meddler) error {
		return m.hold(ctx, tx, `SELECT FROM acequia.objects ORDER BY random() LIMIT 3 FOR UPDATE`)
	}},
	{"tables locked", func(ctx context.Context, tx pgx.Tx, m *meddler) error {
		return m.hold(ctx, tx, `LOCK TABLE `+m.table()+` IN ACCESS EXCLUSIVE MODE`)
	}},
	{"locks against the order", func(ctx context.Context, tx pgx.Tx, m *meddler) error {
		// A publication locks its table first and the ledger's rows last.
		if err := m.hold(ctx, tx, `SELECT FROM acequia.objects ORDER BY random() LIMIT 3 FOR UPDATE`); err != nil {
			return err
		}
		return m.hold(ctx, tx, `LOCK TABLE `+m.table()+` IN SHARE MODE`)
	}},
	{"keys taken and given back", func(ctx context.Context, tx pgx.Tx, m *meddler) error {
		return m.hold(ctx, tx, takeKeys)
	}},
	{"keys taken against the order", func(ctx context.Context, tx pgx.Tx, m *meddler) error {
		if err := m.hold(ctx, tx, `SELECT FROM acequia.objects ORDER BY random() LIMIT 3 FOR UPDATE`); err != nil {
			return err
		}
		return m.hold(ctx, tx, takeKeys)
	}},
}

// takeKeys takes keys of pairs, the last first; those that are taken it leaves.
const takeKeys = `INSERT INTO warehouse.pairs (shop, number, _object_id, _byte_offset)
	SELECT 'S' || n % 3, n / 3, gen_random_uuid(), 0 FROM generate_series(27, 0, -1) n ON CONFLICT DO NOTHING`

// loaderSession finds one of the loader's sessions, rather one at work.
const loaderSession = `SELECT pid FROM pg_stat_activity WHERE datname = current_database() AND application_name = 'acequia'
	ORDER BY state = 'idle', random() LIMIT 1`

// meddle meddles until ctx ends. What fails, as the loser of a deadlock does, has meddled all the same.
func (w *world) meddle(ctx context.Context) {
	m := &meddler{w, randomOf(w.seed, partMeddler)}
	for pause(ctx, time.Duration(m.random.IntN(60))*time.Millisecond) {
		what := meddlings[m.random.IntN(len(meddlings))]
		err := pgx.BeginFunc(ctx, w.db, func(tx pgx.Tx) error {
			if err := what.do(ctx, tx, m); err != nil {
				return err
			}
			return errRollBack
		})
		if errors.Is(err, errRollBack) {
			w.counts.add("SQL: "+what.name, 1)
		}
	}
}

var errRollBack = errors.New("to be rolled back")

// hold runs a statement, and keeps what it locked for a while.
func (m *meddler) hold(ctx context.Context, tx pgx.Tx, statement string) error {
	if _, err := tx.Exec(ctx, statement); err != nil {
		return err
	}
	pause(ctx, time.Duration(5+m.random.IntN(60))*time.Millisecond)
	return nil
}

// table is one of the seed's tables.
func (m *meddler) table() string {
	return "warehouse." + m.datasets[m.random.IntN(len(m.datasets))].name
}
