package pgstore

import (
	"context"
	"fmt"
	"strings"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgtype"

	"acequia/shared/contract"
	"acequia/shared/pipeline"
)

// kpiQuery gives the query for one KPI, whose columns are the day, the dimension (jsonb, without those that are NULL) and
// the value as text; $1 holds the days. Of a KPI with a top, only so many with the largest values remain for each day and
// each value of all dimensions but the last: the best category in each currency. Rows without a value of the last do not
// compete: what has no category is not the best one.
func kpiQuery(s *contract.Summary, kpi contract.KPI) string {
	groups := []string{"r." + quote(s.Day)}
	columns := []string{groups[0] + " AS day"}
	var pairs []string
	for i, d := range kpi.Dimensions {
		column, alias := "r."+quote(d), fmt.Sprintf("d%d", i)
		groups = append(groups, column)
		columns = append(columns, column+"::text AS "+alias)
		pairs = append(pairs, literal(d), alias)
	}
	rows, where := groups[0]+" = ANY($1)", "value IS NOT NULL"
	if kpi.Top > 0 {
		rows += fmt.Sprintf(" AND %s IS NOT NULL", groups[len(groups)-1])
		where += fmt.Sprintf(" AND place <= %d", kpi.Top)
	}
	query := fmt.Sprintf(`SELECT %s, (%s)::numeric AS value%s FROM %s r WHERE %s GROUP BY %s`,
		strings.Join(columns, ", "), kpi.Value, placeColumn(groups, kpi), s.Relation, rows, strings.Join(groups, ", "))
	return fmt.Sprintf(`SELECT day, jsonb_strip_nulls(jsonb_build_object(%s)), value::text FROM (%s) k WHERE %s`,
		strings.Join(pairs, ", "), query, where)
}

// placeColumn numbers the values of a KPI with a top, the largest first, and equal ones by the bytes of their last
// dimension's text, whose order is the same on every server.
func placeColumn(groups []string, kpi contract.KPI) string {
	if kpi.Top == 0 {
		return ""
	}
	last := len(groups) - 1
	return fmt.Sprintf(", row_number() OVER (PARTITION BY %s ORDER BY (%s) DESC NULLS LAST, %s::text COLLATE \"C\") AS place",
		strings.Join(groups[:max(1, last)], ", "), kpi.Value, groups[last])
}

// asReader runs do, which runs SQL out of a contract, as the role acequia_reader, where there is one, unable to write and
// not for ever. Whatever that SQL sets or breaks is undone after it.
func (t *SummaryTx) asReader(ctx context.Context, do func() error) (err error) {
	_, err = t.tx.Exec(ctx, fmt.Sprintf(`
		SAVEPOINT contract;
		SELECT set_config('role', rolname, true) FROM pg_roles WHERE rolname = 'acequia_reader' AND pg_has_role(oid, 'MEMBER');
		SET LOCAL transaction_read_only = on;
		SET LOCAL statement_timeout = %d`, contractTimeout.Milliseconds()))
	if err != nil {
		return fmt.Errorf("becoming acequia_reader: %w", err)
	}
	defer func() {
		_, undoErr := t.tx.Exec(ctx, `ROLLBACK TO SAVEPOINT contract; RELEASE SAVEPOINT contract`)
		if err == nil && undoErr != nil {
			err = fmt.Errorf("becoming oneself again: %w", undoErr)
		}
	}()
	return do()
}

func (t *SummaryTx) exists(ctx context.Context, dataset string) (bool, error) {
	var exists bool
	err := t.tx.QueryRow(ctx, `SELECT to_regclass($1) IS NOT NULL`, "warehouse."+quote(dataset)).Scan(&exists)
	if err != nil {
		return false, fmt.Errorf("looking for warehouse.%s: %w", dataset, err)
	}
	return exists, nil
}

func quote(name string) string { return pgx.Identifier{name}.Sanitize() }

func literal(s string) string { return "'" + strings.ReplaceAll(s, "'", "''") + "'" }

func uuids(ids []pipeline.ObjectID) []pgtype.UUID {
	all := make([]pgtype.UUID, len(ids))
	for i, id := range ids {
		all[i] = pgtype.UUID{Bytes: id, Valid: true}
	}
	return all
}

// numeric is a decimal on its way to Postgres as text is parsed: exactly.
func numeric(decimal string) pgtype.Numeric {
	var n pgtype.Numeric
	if err := n.Scan(decimal); err != nil {
		return pgtype.Numeric{}
	}
	return n
}
