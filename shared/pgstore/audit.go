package pgstore

import (
	"context"
	"fmt"

	"github.com/jackc/pgx/v5"

	"acequia/shared/pipeline"
)

// Finding is something that does not add up: a row of acequia.audit.
type Finding struct {
	// Object may be one that the ledger does not know.
	Object pipeline.ObjectID
	// Dataset is empty for an object that belongs to none.
	Dataset string
	// Check names the check that failed, Problem is a sentence with the numbers.
	Check, Problem string
}

// Audit holds the ledger to the rows, all in one snapshot, and gives what does not add up. It reads every table whole.
func (s *Store) Audit(ctx context.Context) ([]Finding, error) {
	rows, err := s.pool.Query(ctx, `
		SELECT object_id, coalesce(dataset, ''), check_name, problem FROM acequia.audit ORDER BY dataset, object_id, check_name`)
	if err != nil {
		return nil, fmt.Errorf("auditing the ledger: %w", err)
	}
	findings, err := pgx.CollectRows(rows, func(row pgx.CollectableRow) (f Finding, err error) {
		err = row.Scan((*[16]byte)(&f.Object), &f.Dataset, &f.Check, &f.Problem)
		return f, err
	})
	if err != nil {
		return nil, fmt.Errorf("auditing the ledger: %w", err)
	}
	return findings, nil
}
