package pgstore

import (
	"context"
	"io"
	"strings"

	"github.com/jackc/pgx/v5"

	"acequia/shared/pipeline"
	"acequia/shared/rows"
)

// The parts of a COPY file around its tuples.
const (
	CopyHeader  = copyHeader
	CopyTrailer = copyTrailer
)

// NewTupleReader gives the reader that COPY is fed from.
func NewTupleReader(tuples []rows.Tuple) io.Reader { return newTupleReader(tuples) }

// ReportLock is the lock that a report about an object takes shared.
func ReportLock(o pipeline.Object) int64 { return reportLock(o).key }

// Plans gives the planner's plans for the statements that take the tuples' keys.
func (p *Publication) Plans(ctx context.Context, tuples []rows.Tuple) ([]string, error) {
	discard := func(t table) string { return p.discardSQL(t, warehouse, "day") }
	var plans []string
	for _, sql := range []func(table) string{p.probeSQL, p.probeOwnSQL, discard} {
		var plan []string
		explain := func(t table) string { return "EXPLAIN " + sql(t) }
		err := p.queryKeys(ctx, explain, tuples, func(values [][]byte) error {
			plan = append(plan, string(values[0]))
			return nil
		})
		if err != nil {
			return nil, err
		}
		plans = append(plans, strings.Join(plan, "\n"))
	}
	return plans, nil
}

// DisplacePlan gives the planner's plan for the statement that moves rows in these places.
func (p *Publication) DisplacePlan(ctx context.Context, places []pipeline.RowPlace) (string, error) {
	t, err := p.table(ctx)
	if err != nil {
		return "", err
	}
	var plan []string
	err = p.query(ctx, "EXPLAIN "+p.displaceSQL(t, "day"), [][]byte{placeArray(places)}, []uint32{tidArray}, func(values [][]byte) error {
		plan = append(plan, string(values[0]))
		return nil
	})
	return strings.Join(plan, "\n"), err
}

// RemovePlan gives the planner's plan for the statement that removes the publication's object from the warehouse.
func (p *Publication) RemovePlan(ctx context.Context) (string, error) {
	t, err := p.table(ctx)
	if err != nil {
		return "", err
	}
	rows, err := p.tx.Query(ctx, "EXPLAIN "+removeSQL(t, p.object.Dataset, "day"), uuids([]pipeline.ObjectID{p.object.ID}))
	if err != nil {
		return "", err
	}
	plan, err := pgx.CollectRows(rows, pgx.RowTo[string])
	return strings.Join(plan, "\n"), err
}

// Texts runs a query with one column in the publication's transaction.
func (p *Publication) Texts(ctx context.Context, query string) ([]string, error) {
	return texts(p.tx.Query(ctx, query))
}

// Texts runs a query with one column on one of the store's connections.
func (s *Store) Texts(ctx context.Context, query string) ([]string, error) {
	return texts(s.pool.Query(ctx, query))
}

func texts(rows pgx.Rows, err error) ([]string, error) {
	if err != nil {
		return nil, err
	}
	return pgx.CollectRows(rows, pgx.RowTo[string])
}
