package pgstore

import (
	"context"
	"errors"
	"fmt"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"

	"acequia/shared/contract"
	"acequia/shared/pipeline"
)

// Check runs the data set's checks and records the results. A check by object runs for each of the given objects, and again
// for those that did not pass the last time, if a data set changed that the rows refer to: what they lack may have come.
// A check whose query fails, or gives no number, is recorded as failed, with the reason: it costs neither the summaries nor
// the other checks.
func (t *SummaryTx) Check(ctx context.Context, of *contract.Contract, objects []pipeline.ObjectID) ([]pipeline.CheckResult, error) {
	if exists, err := t.exists(ctx, of.Dataset); err != nil || !exists {
		return nil, err
	}
	var all []pipeline.CheckResult
	for _, check := range of.AllChecks() {
		results, err := t.check(ctx, of, check, objects)
		if err != nil {
			return nil, fmt.Errorf("running the check %s: %w", check.Name, err)
		}
		all = append(all, results...)
	}
	_, err := t.tx.CopyFrom(ctx, pgx.Identifier{"acequia", "quality_results"},
		[]string{"object_id", "dataset", "check_name", "severity", "passed", "observed", "expected"},
		pgx.CopyFromSlice(len(all), func(i int) ([]any, error) {
			r := all[i]
			var object *[16]byte
			if r.Object != (pipeline.ObjectID{}) {
				object = (*[16]byte)(&r.Object)
			}
			return []any{object, r.Dataset, r.Check, r.Severity, r.Passed, r.Observed, r.Expected}, nil
		}))
	if err != nil {
		return nil, fmt.Errorf("recording the checks: %w", err)
	}
	return all, nil
}

func (t *SummaryTx) check(
	ctx context.Context, of *contract.Contract, check contract.Check, objects []pipeline.ObjectID,
) ([]pipeline.CheckResult, error) {
	if !check.PerObject {
		if len(objects) == 0 {
			return nil, nil
		}
		result, err := t.ask(ctx, of, check)
		return []pipeline.CheckResult{result}, err
	}
	due, err := t.dueForCheck(ctx, of, check.Name, objects)
	if err != nil {
		return nil, err
	}
	var results []pipeline.CheckResult
	for _, id := range due {
		result, err := t.ask(ctx, of, check, uuids([]pipeline.ObjectID{id}))
		if err != nil {
			return nil, err
		}
		result.Object = id
		results = append(results, result)
	}
	return results, nil
}

// ask runs a check's query as the role that may only read, and holds what it gives to what is expected.
func (t *SummaryTx) ask(ctx context.Context, of *contract.Contract, check contract.Check, args ...any) (pipeline.CheckResult, error) {
	result := pipeline.CheckResult{
		Dataset: of.Dataset, Check: check.Name, Severity: check.Severity, Expected: check.Expect.String(),
	}
	var observed *string
	err := t.asReader(ctx, func() error {
		return t.tx.QueryRow(ctx, fmt.Sprintf("SELECT (%s)::text", check.Query), args...).Scan(&observed)
	})
	var sqlError *pgconn.PgError
	switch {
	case errors.As(err, &sqlError):
		result.Observed = "the query failed: " + sqlError.Message
		return result, nil
	case err != nil:
		return result, err
	case observed == nil:
		result.Observed = "the query gave NULL, not a number"
		return result, nil
	}
	result.Observed = *observed
	if result.Passed, err = check.Expect.Holds(*observed); err != nil {
		result.Observed = fmt.Sprintf("the query gave %q, not a number", *observed)
	}
	return result, nil
}

// dueForCheck gives the objects to check: the given ones, and, once what they refer to has changed, those whose last result
// of this check was that it failed.
func (t *SummaryTx) dueForCheck(
	ctx context.Context, of *contract.Contract, check string, objects []pipeline.ObjectID,
) ([]pipeline.ObjectID, error) {
	related := []string{}
	for _, r := range of.Relationships {
		related = append(related, r.Dataset)
	}
	rows, err := t.tx.Query(ctx,
		`SELECT object_id FROM (
		   SELECT DISTINCT ON (object_id) object_id, passed FROM acequia.quality_results
		    WHERE dataset = $1 AND check_name = $2 AND object_id IS NOT NULL ORDER BY object_id, id DESC) latest
		  WHERE NOT passed AND EXISTS (SELECT FROM acequia.changes WHERE dataset = ANY($4))
		  UNION SELECT unnest($3::uuid[]) ORDER BY 1`, of.Dataset, check, uuids(objects), related)
	if err != nil {
		return nil, fmt.Errorf("finding what failed before: %w", err)
	}
	due, err := pgx.CollectRows(rows, func(row pgx.CollectableRow) (id pipeline.ObjectID, err error) {
		return id, row.Scan((*[16]byte)(&id))
	})
	if err != nil {
		return nil, fmt.Errorf("finding what failed before: %w", err)
	}
	return due, nil
}
