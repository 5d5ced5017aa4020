package pgstore

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"

	"acequia/shared/pipeline"
)

// BusiestDay gives the day on which a KPI that can be added up, such as a number of transactions, is largest over all its
// dimensions together; of equal days, the last. It tells whether there is a day at all.
func (s *Store) BusiestDay(ctx context.Context, dataset, kpi string) (day time.Time, ok bool, err error) {
	err = s.pool.QueryRow(ctx, `
		SELECT day FROM acequia.daily_summaries WHERE dataset = $1 AND kpi = $2
		 GROUP BY day ORDER BY sum(value) DESC, day DESC LIMIT 1`, dataset, kpi).Scan(&day)
	if errors.Is(err, pgx.ErrNoRows) {
		return day, false, nil
	}
	if err != nil {
		return day, false, fmt.Errorf("looking for the busiest day of %s: %w", dataset, err)
	}
	return day, true, nil
}

// SummariesOf gives all KPIs of a data set's day.
func (s *Store) SummariesOf(ctx context.Context, dataset string, day time.Time) ([]pipeline.Summary, error) {
	rows, err := s.pool.Query(ctx, `
		SELECT dataset, day, kpi, dimension, value::text FROM acequia.daily_summaries
		 WHERE dataset = $1 AND day = $2 ORDER BY kpi, dimension`, dataset, day)
	if err != nil {
		return nil, fmt.Errorf("reading the summaries of %s: %w", dataset, err)
	}
	summaries, err := pgx.CollectRows(rows, func(row pgx.CollectableRow) (v pipeline.Summary, err error) {
		err = row.Scan(&v.Dataset, &v.Day, &v.KPI, &v.Dimension, &v.Value)
		return v, err
	})
	if err != nil {
		return nil, fmt.Errorf("reading the summaries of %s: %w", dataset, err)
	}
	return summaries, nil
}
