package pgstore

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"

	"acequia/shared/contract"
	"acequia/shared/pipeline"
)

// SummaryTx is one transaction that brings summaries up to date. All that it reads is as of one moment.
type SummaryTx struct {
	tx pgx.Tx
}

// contractTimeout bounds each statement that holds SQL out of a contract.
const contractTimeout = 2 * time.Minute

// Summarize runs do in one transaction. Of two at once, one waits for the other, and then finds its changes settled. A
// publication that commits meanwhile is seen by none of what do asks: its changes are the next run's.
func (s *Store) Summarize(ctx context.Context, do func(*SummaryTx) error) error {
	return s.guarded(ctx, pgx.RepeatableRead, func(tx pgx.Tx) error {
		// The moment is that of the first query. LOCK TABLE is none, so whoever waits here still sees what it waited for.
		if _, err := tx.Exec(ctx, `LOCK TABLE acequia.daily_summaries IN SHARE ROW EXCLUSIVE MODE`); err != nil {
			return fmt.Errorf("waiting for another summary to end: %w", err)
		}
		return do(&SummaryTx{tx})
	})
}

// Changes gives all changes that no run has settled.
func (t *SummaryTx) Changes(ctx context.Context) ([]pipeline.Change, error) {
	rows, err := t.tx.Query(ctx, `SELECT dataset, day, object_id FROM acequia.changes`)
	if err != nil {
		return nil, fmt.Errorf("reading the changes: %w", err)
	}
	changes, err := pgx.CollectRows(rows, func(row pgx.CollectableRow) (pipeline.Change, error) {
		var c pipeline.Change
		err := row.Scan(&c.Dataset, &c.Day, (*[16]byte)(&c.Object))
		return c, err
	})
	if err != nil {
		return nil, fmt.Errorf("reading the changes: %w", err)
	}
	return changes, nil
}

// Settle takes the changes that Changes gave off the ledger, except those to the data sets that are kept.
func (t *SummaryTx) Settle(ctx context.Context, kept []string) error {
	_, err := t.tx.Exec(ctx, `DELETE FROM acequia.changes WHERE dataset <> ALL(coalesce($1::text[], '{}'))`, kept)
	if err != nil {
		return fmt.Errorf("settling the changes: %w", err)
	}
	return nil
}

// contained runs do under a savepoint. An error of Postgres in it undoes what do wrote, and no more: it comes back as a
// *pipeline.RefusedError, and the transaction can go on with other data sets.
func (t *SummaryTx) contained(ctx context.Context, of *contract.Contract, do func(*SummaryTx) error) error {
	err := pgx.BeginFunc(ctx, t.tx, func(tx pgx.Tx) error { return do(&SummaryTx{tx}) })
	var pg *pgconn.PgError
	if errors.As(err, &pg) {
		return pipeline.Refuse("%s cannot be summed up: %v; correct its contract, or load the data that it speaks of", of.Dataset, err)
	}
	return err
}

// DaysReferring gives the days of the data set's rows that refer to rows which the objects published. That the tables cannot
// be asked so is a *pipeline.RefusedError, and costs the transaction nothing.
func (t *SummaryTx) DaysReferring(
	ctx context.Context, of *contract.Contract, by contract.Relationship, objects []pipeline.ObjectID,
) (days []time.Time, err error) {
	err = t.contained(ctx, of, func(t *SummaryTx) error {
		days, err = t.daysReferring(ctx, of, by, objects)
		return err
	})
	return days, err
}

func (t *SummaryTx) daysReferring(
	ctx context.Context, of *contract.Contract, by contract.Relationship, objects []pipeline.ObjectID,
) ([]time.Time, error) {
	related, err := t.exists(ctx, by.Dataset)
	if err != nil || !related {
		return nil, err
	}
	own, err := t.exists(ctx, of.Dataset)
	if err != nil || !own {
		return nil, err
	}
	rows, err := t.tx.Query(ctx, fmt.Sprintf(
		`SELECT DISTINCT own.%s FROM warehouse.%s own JOIN warehouse.%s other ON own.%s = other.%s
		  WHERE other._object_id = ANY($1) AND own.%[1]s IS NOT NULL`,
		quote(of.Summary.Day), quote(of.Dataset), quote(by.Dataset), quote(by.Column), quote(by.References)), uuids(objects))
	if err != nil {
		return nil, fmt.Errorf("finding the days that refer to %s: %w", by.Dataset, err)
	}
	days, err := pgx.CollectRows(rows, pgx.RowTo[time.Time])
	if err != nil {
		return nil, fmt.Errorf("finding the days that refer to %s: %w", by.Dataset, err)
	}
	return days, nil
}

// Summarize computes the data set's KPIs for the days, and puts them in the place of those that were there. A KPI that
// Postgres cannot compute is a *pipeline.RefusedError: all KPIs of the data set stay as they were, and the transaction goes on.
func (t *SummaryTx) Summarize(ctx context.Context, of *contract.Contract, days []time.Time) ([]pipeline.Summary, error) {
	var all []pipeline.Summary
	err := t.contained(ctx, of, func(t *SummaryTx) error {
		for _, kpi := range of.Summary.KPIs {
			computed, err := t.compute(ctx, of, kpi, days)
			if err != nil {
				return fmt.Errorf("computing the KPI %s: %w", kpi.Name, err)
			}
			all = append(all, computed...)
		}
		return t.replace(ctx, of.Dataset, days, all)
	})
	if err != nil {
		return nil, err
	}
	return all, nil
}

// replace puts the days' summaries in the place of those that were there.
func (t *SummaryTx) replace(ctx context.Context, dataset string, days []time.Time, all []pipeline.Summary) error {
	_, err := t.tx.Exec(ctx, `DELETE FROM acequia.daily_summaries WHERE dataset = $1 AND day = ANY($2)`, dataset, days)
	if err != nil {
		return fmt.Errorf("replacing the summaries: %w", err)
	}
	_, err = t.tx.CopyFrom(ctx, pgx.Identifier{"acequia", "daily_summaries"},
		[]string{"dataset", "day", "kpi", "dimension", "value"},
		pgx.CopyFromSlice(len(all), func(i int) ([]any, error) {
			s := all[i]
			return []any{s.Dataset, s.Day, s.KPI, s.Dimension, numeric(s.Value)}, nil
		}))
	if err != nil {
		return fmt.Errorf("writing the summaries: %w", err)
	}
	return nil
}

// compute asks for the values of one KPI.
func (t *SummaryTx) compute(
	ctx context.Context, of *contract.Contract, kpi contract.KPI, days []time.Time,
) ([]pipeline.Summary, error) {
	var summaries []pipeline.Summary
	err := t.asReader(ctx, func() error {
		rows, err := t.tx.Query(ctx, kpiQuery(of.Summary, kpi), days)
		if err != nil {
			return err
		}
		summaries, err = pgx.CollectRows(rows, func(row pgx.CollectableRow) (pipeline.Summary, error) {
			s := pipeline.Summary{Dataset: of.Dataset, KPI: kpi.Name}
			err := row.Scan(&s.Day, &s.Dimension, &s.Value)
			return s, err
		})
		return err
	})
	return summaries, err
}
