package pgstore

import (
	"context"
	"fmt"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"

	"acequia/shared/pipeline"
)

// Remove takes all rows of the objects, which are of one data set, out of the warehouse and out of superseded. Where a key loses
// its row so, the row of the highest-ranked object that had lost it comes back. It gives how many rows went from the two tables,
// which objects got rows back (as Displaced, below zero) and, of the column dayColumn if it is not empty, the days of all rows
// that the warehouse lost or got back. The publication must hold the lock Q. Doing it again removes nothing.
func (p *Publication) Remove(
	ctx context.Context, dataset string, objects []pipeline.ObjectID, dayColumn string,
) (gone int64, back []pipeline.Displaced, days []time.Time, err error) {
	t, err := tablesTx{p.tx}.describe(ctx, warehouse, dataset)
	if err != nil || len(t.columns) == 0 {
		return 0, nil, nil, err
	}
	// First those that lost, so that none of them comes back.
	tag, err := p.tx.Exec(ctx, `DELETE FROM `+relation(superseded, dataset)+` WHERE _object_id = ANY($1)`, uuids(objects))
	if err != nil {
		return 0, nil, nil, fmt.Errorf("removing rows from %s.%s: %w", superseded, dataset, err)
	}
	gone = tag.RowsAffected()
	rows, err := p.tx.Query(ctx, removeSQL(t, dataset, dayColumn), uuids(objects))
	if err == nil {
		var id pipeline.ObjectID
		var returned bool
		var n int64
		var day *time.Time
		_, err = pgx.ForEachRow(rows, []any{&returned, (*[16]byte)(&id), &day, &n}, func() error {
			if returned {
				back = addDisplaced(back, id, -n, day)
			} else {
				gone += n
			}
			if day != nil {
				days = append(days, *day)
			}
			return nil
		})
	}
	if err != nil {
		return 0, nil, nil, fmt.Errorf("removing rows from %s.%s: %w", warehouse, dataset, err)
	}
	return gone, back, days, nil
}

// addDisplaced adds rows of an object to the last entry, if that is the object's, or to a new one.
func addDisplaced(all []pipeline.Displaced, id pipeline.ObjectID, n int64, day *time.Time) []pipeline.Displaced {
	if len(all) == 0 || all[len(all)-1].Object != id {
		all = append(all, pipeline.Displaced{Object: id})
	}
	last := &all[len(all)-1]
	last.Rows += n
	if day != nil {
		last.Days = append(last.Days, *day)
	}
	return all
}

// removeSQL deletes the rows of the objects $1 from the warehouse, moves back those that follow them, and counts both by object and
// day. The table is read once, or by its BRIN index where there is one; for each row that goes, the followers are looked up in
// the primary key's index. They move by their places, which an ARRAY of a subquery has gathered (see discardSQL): so all that
// goes is gone before the first of them comes back, and no key is held twice.
func removeSQL(t table, dataset, dayColumn string) string {
	day := "NULL::date"
	if dayColumn != "" {
		day = quote(dayColumn)
	}
	gone := fmt.Sprintf(`gone AS (DELETE FROM %s WHERE _object_id = ANY($1) RETURNING *)`, relation(warehouse, dataset))
	count := func(from string, returned bool) string {
		return fmt.Sprintf(`SELECT %v, _object_id, %s, count(*) FROM %s GROUP BY 2, 3`, returned, day, from)
	}
	if len(t.key) == 0 {
		return `WITH ` + gone + ` ` + count("gone", false) + ` ORDER BY 1, 2`
	}
	columns := strings.Join(quoteAll(t.names()), ", ")
	conditions := make([]string, len(t.key))
	for i, name := range t.key {
		conditions[i] = fmt.Sprintf("s.%[1]s = gone.%[1]s", quote(name))
	}
	return fmt.Sprintf(`
		WITH %[1]s, followers AS (
			DELETE FROM %[2]s WHERE ctid = ANY (ARRAY (
				SELECT s.ctid FROM gone CROSS JOIN LATERAL (
					SELECT s.ctid FROM %[2]s s WHERE %[3]s
					 ORDER BY (SELECT o.rank FROM acequia.objects o WHERE o.object_id = s._object_id) DESC LIMIT 1) s))
			RETURNING *
		), back AS (
			INSERT INTO %[4]s (%[5]s) SELECT %[5]s FROM followers RETURNING *
		)
		%[6]s UNION ALL %[7]s ORDER BY 1, 2`,
		gone, relation(superseded, dataset), strings.Join(conditions, " AND "), relation(warehouse, dataset), columns,
		count("gone", false), count("back", true))
}
