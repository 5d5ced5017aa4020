package pgstore

import (
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"strings"
	"time"

	"acequia/shared/pipeline"
	"acequia/shared/rows"
)

// Probe tells for each tuple whether its key is in the warehouse already, and if so, which of the two objects ranks higher. With own,
// rows of the object itself may be there, of other chunks, and the greater offset wins.
func (p *Publication) Probe(ctx context.Context, tuples []rows.Tuple, own bool) ([]pipeline.KeyState, error) {
	states := make([]pipeline.KeyState, len(tuples))
	sql := p.probeSQL
	if own {
		sql = p.probeOwnSQL
	}
	err := p.queryKeys(ctx, sql, tuples, func(values [][]byte) error {
		n := binary.BigEndian.Uint64(values[0]) // counted from 1
		if n < 1 || n > uint64(len(states)) {
			return fmt.Errorf("key %d of %d", n, len(states))
		}
		states[n-1] = pipeline.KeyLost
		if won := len(values[1]) == 1 && values[1][0] == 1; won {
			states[n-1] = pipeline.KeyWon
		}
		if own {
			states[n-1] = ownState(tuples[n-1], states[n-1], values[2], values[3])
		}
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("looking which of %d keys are taken: %w", len(tuples), err)
	}
	return states, nil
}

// ownState is the state of a key that is taken, where held and lost are the offset of the object's own record that has it, or has
// lost it; nil if there is none.
func ownState(t rows.Tuple, state pipeline.KeyState, held, lost []byte) pipeline.KeyState {
	offset, _ := t.Field(1)
	switch {
	case held != nil && binary.BigEndian.Uint64(held) < binary.BigEndian.Uint64(offset):
		return pipeline.KeyOwn
	case held != nil:
		return pipeline.KeyDuplicate
	case lost != nil && binary.BigEndian.Uint64(lost) < binary.BigEndian.Uint64(offset):
		return pipeline.KeyLostAgain
	case lost != nil:
		return pipeline.KeyDuplicate
	}
	return state
}

// probeSQL gives the place of each key that is taken, and whether our rank is higher than that of the row's object. LATERAL
// with a LIMIT makes it a look into the index for each key; the ranks of the few objects are remembered (Memoize).
func (p *Publication) probeSQL(t table) string {
	return fmt.Sprintf(`
		SELECT k.n, o.rank < (SELECT me.rank FROM acequia.objects me WHERE me.object_id = '%s')
		  FROM %s WITH ORDINALITY k (%s, n)
		 CROSS JOIN LATERAL (SELECT w._object_id FROM %s w WHERE %s LIMIT 1) w
		  LEFT JOIN acequia.objects o ON o.object_id = w._object_id`,
		p.object.ID, unnest(t), aliases(t), relation(warehouse, p.object.Dataset), sameKey(t))
}

// probeOwnSQL is probeSQL with the offsets of our own record that holds the key, and of that which has lost it.
func (p *Publication) probeOwnSQL(t table) string {
	return fmt.Sprintf(`
		SELECT k.n, o.rank < (SELECT me.rank FROM acequia.objects me WHERE me.object_id = '%[1]s'),
		       CASE WHEN h._object_id = '%[1]s' THEN h._byte_offset END, l._byte_offset
		  FROM %[2]s WITH ORDINALITY k (%[3]s, n)
		 CROSS JOIN LATERAL (SELECT w._object_id, w._byte_offset FROM %[4]s w WHERE %[6]s LIMIT 1) h
		  LEFT JOIN acequia.objects o ON o.object_id = h._object_id
		  LEFT JOIN LATERAL (SELECT w._byte_offset FROM %[5]s w WHERE %[6]s AND w._object_id = '%[1]s' LIMIT 1) l
		    ON h._object_id <> '%[1]s'`,
		p.object.ID, unnest(t), aliases(t), relation(warehouse, p.object.Dataset), relation(superseded, p.object.Dataset), sameKey(t))
}

// Displace moves the rows that hold the tuples' keys from the warehouse to superseded. dayColumn is the column with the day
// that a row speaks of, empty if there is none.
func (p *Publication) Displace(ctx context.Context, tuples []rows.Tuple, dayColumn string) ([]pipeline.Displaced, error) {
	if len(tuples) == 0 {
		return nil, nil
	}
	all, err := p.moved(ctx, func(t table) string { return p.displaceSQL(t, dayColumn) }, tuples)
	if err != nil {
		return nil, fmt.Errorf("moving rows that lost their key: %w", err)
	}
	return all, nil
}

// moved runs a query that takes keys and gives objects, days and numbers of rows, sorted by object.
func (p *Publication) moved(ctx context.Context, sql func(table) string, tuples []rows.Tuple) (all []pipeline.Displaced, err error) {
	err = p.queryKeys(ctx, sql, tuples, func(values [][]byte) error {
		var id pipeline.ObjectID
		copy(id[:], values[0])
		all = addDisplaced(all, id, int64(binary.BigEndian.Uint64(values[2])), day(values[1]))
		return nil
	})
	return all, err
}

// displaceSQL moves rows with all their columns, those of other contract versions too, and gives for each object and day
// how many it moved. The rows are deleted by their places, which an ARRAY of a subquery has gathered: the planner takes it
// for short whatever it holds, and so goes to these places. Joined with the keys, or given an array of known length, it
// scans the table.
func (p *Publication) displaceSQL(t table, dayColumn string) string {
	columns, day := strings.Join(quoteAll(t.names()), ", "), "NULL::date"
	if dayColumn != "" {
		day = quote(dayColumn)
	}
	return fmt.Sprintf(`
		WITH lost AS (
			DELETE FROM %[1]s WHERE ctid = ANY (ARRAY (
				SELECT w.ctid FROM %[2]s k (%[3]s) CROSS JOIN LATERAL (SELECT w.ctid FROM %[1]s w WHERE %[4]s LIMIT 1) w))
			RETURNING *
		), kept AS (
			INSERT INTO %[5]s (%[6]s) SELECT %[6]s FROM lost
		)
		SELECT _object_id, %[7]s, count(*) FROM lost GROUP BY 1, 2 ORDER BY 1, 2`,
		relation(warehouse, p.object.Dataset), unnest(t), aliases(t), sameKey(t),
		relation(superseded, p.object.Dataset), columns, day)
}

// queryKeys runs a query whose parameters are the tuples' keys, one array for each key column, and gives each row of the
// result in binary form.
func (p *Publication) queryKeys(
	ctx context.Context, sql func(table) string, tuples []rows.Tuple, row func(values [][]byte) error,
) error {
	t, err := p.table(ctx)
	if err != nil {
		return err
	}
	var params [][]byte
	var types []uint32
	for i, name := range t.key {
		column, _ := t.column(name)
		params = append(params, array(tuples, rows.Leading+i, column.element))
		types = append(types, column.array)
	}
	binaryFormat := []int16{1}
	result := p.tx.Conn().PgConn().ExecParams(ctx, sql(t), params, types, binaryFormat, binaryFormat)
	for result.NextRow() && err == nil {
		err = row(result.Values())
	}
	_, closeErr := result.Close()
	return errors.Join(err, closeErr)
}

func (p *Publication) table(ctx context.Context) (table, error) {
	if p.described == nil {
		found, err := tablesTx{p.tx}.describe(ctx, warehouse, p.object.Dataset)
		if err != nil {
			return found, err
		}
		p.described = &found
	}
	return *p.described, nil
}

// unnest, aliases and sameKey spell the keys as a relation k: unnest($1, $2) k (k1, k2), joined with w.
func unnest(t table) string {
	params := make([]string, len(t.key))
	for i := range t.key {
		params[i] = fmt.Sprintf("$%d", i+1)
	}
	return "unnest(" + strings.Join(params, ", ") + ")"
}

func aliases(t table) string {
	names := make([]string, len(t.key))
	for i := range t.key {
		names[i] = fmt.Sprintf("k%d", i+1)
	}
	return strings.Join(names, ", ")
}

func sameKey(t table) string {
	conditions := make([]string, len(t.key))
	for i, name := range t.key {
		conditions[i] = fmt.Sprintf("w.%s = k.k%d", quote(name), i+1)
	}
	return strings.Join(conditions, " AND ")
}

// day reads a date: days since 2000-01-01 (date_send in src/backend/utils/adt/date.c); nil is NULL.
func day(b []byte) *time.Time {
	if b == nil {
		return nil
	}
	at := time.Date(2000, 1, 1, 0, 0, 0, 0, time.UTC).AddDate(0, 0, int(int32(binary.BigEndian.Uint32(b))))
	return &at
}
