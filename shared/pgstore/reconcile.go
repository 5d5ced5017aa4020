package pgstore

import (
	"context"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"

	"acequia/shared/pipeline"
)

// aloneIdle is longer than any run has, whose transaction says nothing all along: a function's 15 minutes.
const aloneIdle = 20 * time.Minute

// Alone runs do if nobody else, on any machine, runs something of that name, and tells whether it did. The lock is a
// transaction's, which holds nothing else, not even a snapshot: it goes with the process that holds it.
func (s *Store) Alone(ctx context.Context, name string, do func() error) (did bool, err error) {
	guards := s.guards
	guards.Idle = aloneIdle
	tx, err := s.pool.BeginTx(ctx, pgx.TxOptions{BeginQuery: guards.begin(pgx.ReadCommitted)})
	if err != nil {
		return false, fmt.Errorf("connecting to lock %s: %w", name, err)
	}
	defer tx.Rollback(context.WithoutCancel(ctx)) // not ctx, which may have ended
	err = tx.QueryRow(ctx, `SELECT pg_try_advisory_xact_lock($1)`, lockKey("alone", name)).Scan(&did)
	if err != nil || !did {
		return false, wrapped(err, "locking "+name)
	}
	return true, do()
}

// DeployedAt is when Acequia came. What was uploaded before is no news to it.
func (s *Store) DeployedAt(ctx context.Context) (at time.Time, err error) {
	err = s.pool.QueryRow(ctx, `SELECT deployed_at FROM acequia.deployment`).Scan(&at)
	return at, wrapped(err, "asking since when Acequia is deployed")
}

// Watermark gives the last key that the named comparison of the bucket with the ledger came to; empty if it never began.
func (s *Store) Watermark(ctx context.Context, bucket, name string) (key string, err error) {
	err = s.pool.QueryRow(ctx, `
		SELECT coalesce((SELECT key FROM acequia.watermarks WHERE bucket = $1 AND name = $2), '')`, bucket, name).Scan(&key)
	return key, wrapped(err, "reading the watermark "+name)
}

// SetWatermark moves a watermark.
func (s *Store) SetWatermark(ctx context.Context, bucket, name, key string) error {
	_, err := s.pool.Exec(ctx, `
		INSERT INTO acequia.watermarks (bucket, name, key) VALUES ($1, $2, $3)
		ON CONFLICT (bucket, name) DO UPDATE SET key = excluded.key`, bucket, name, key)
	return wrapped(err, "moving the watermark "+name)
}

// NoteReconciliation keeps a run as the last of its kind.
func (s *Store) NoteReconciliation(ctx context.Context, r pipeline.Reconciliation) error {
	_, err := s.pool.Exec(ctx, `
		INSERT INTO acequia.reconciliations (full_run, began_at, ended_at, found) VALUES ($1, $2, $3, $4)
		ON CONFLICT (full_run) DO UPDATE SET began_at = excluded.began_at, ended_at = excluded.ended_at, found = excluded.found`,
		r.Full, r.Began, r.Ended, r)
	return wrapped(err, "noting what reconcile found")
}

// Reconciliations gives the last run of each kind, the latest first.
func (s *Store) Reconciliations(ctx context.Context) ([]pipeline.Reconciliation, error) {
	rows, err := s.pool.Query(ctx, `SELECT found FROM acequia.reconciliations ORDER BY ended_at DESC`)
	if err != nil {
		return nil, fmt.Errorf("reading what reconcile found: %w", err)
	}
	runs, err := pgx.CollectRows(rows, pgx.RowTo[pipeline.Reconciliation])
	return runs, wrapped(err, "reading what reconcile found")
}

// wrapped says what was being done when err came; nil stays nil.
func wrapped(err error, doing string) error {
	if err != nil {
		return fmt.Errorf("%s: %w", doing, err)
	}
	return nil
}
