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

// Plans gives the planner's plans for the statements that take the tuples' keys.
func (p *Publication) Plans(ctx context.Context, tuples []rows.Tuple) ([]string, error) {
	displace := func(t table) string { return p.displaceSQL(t, "day") }
	var plans []string
	for _, sql := range []func(table) string{p.probeSQL, p.probeOwnSQL, displace} {
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
