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
func (p *Publication) Probe(ctx context.Context, tuples []rows.Tuple, own bool) ([]pipeline.Key, error) {
	keys := make([]pipeline.Key, len(tuples))
	sql := p.probeSQL
	if own {
		sql = p.probeOwnSQL
	}
	err := p.queryKeys(ctx, sql, tuples, func(values [][]byte) error {
		n := binary.BigEndian.Uint64(values[0]) // counted from 1
		if n < 1 || n > uint64(len(keys)) {
			return fmt.Errorf("key %d of %d", n, len(keys))
		}
		key := &keys[n-1]
		key.State = pipeline.KeyLost
		copy(key.Row[:], values[2])
		if won := len(values[1]) == 1 && values[1][0] == 1; won {
			key.State = pipeline.KeyWon
		}
		if own {
			key.State = ownState(tuples[n-1], key.State, values[3], values[4])
		}
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("looking which of %d keys are taken: %w", len(tuples), err)
	}
	return keys, nil
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

// probeSQL gives the number of each key that is taken, whether our rank is higher than that of the row's object, and the row's place. LATERAL
// with a LIMIT makes it a look into the index for each key; the ranks of the few objects are remembered (Memoize).
func (p *Publication) probeSQL(t table) string {
	return fmt.Sprintf(`
		SELECT k.n, o.rank < (SELECT me.rank FROM acequia.objects me WHERE me.object_id = '%s'), w.ctid
		  FROM %s WITH ORDINALITY k (%s, n)
		 CROSS JOIN LATERAL (SELECT w._object_id, w.ctid FROM %s w WHERE %s LIMIT 1) w
		  LEFT JOIN acequia.objects o ON o.object_id = w._object_id`,
		p.object.ID, unnest(t), aliases(t), relation(warehouse, p.object.Dataset), sameKey(t))
}

// probeOwnSQL is probeSQL with the offsets of our own record that holds the key, and of that which has lost it.
func (p *Publication) probeOwnSQL(t table) string {
	return fmt.Sprintf(`
		SELECT k.n, o.rank < (SELECT me.rank FROM acequia.objects me WHERE me.object_id = '%[1]s'), h.ctid,
		       CASE WHEN h._object_id = '%[1]s' THEN h._byte_offset END, l._byte_offset
		  FROM %[2]s WITH ORDINALITY k (%[3]s, n)
		 CROSS JOIN LATERAL (SELECT w._object_id, w._byte_offset, w.ctid FROM %[4]s w WHERE %[6]s LIMIT 1) h
		  LEFT JOIN acequia.objects o ON o.object_id = h._object_id
		  LEFT JOIN LATERAL (SELECT w._byte_offset FROM %[5]s w WHERE %[6]s AND w._object_id = '%[1]s' LIMIT 1) l
		    ON h._object_id <> '%[1]s'`,
		p.object.ID, unnest(t), aliases(t), relation(warehouse, p.object.Dataset), relation(superseded, p.object.Dataset), sameKey(t))
}

// Displace moves the rows in these places of the warehouse to superseded. dayColumn is the column with the day that a row speaks of,
// empty if there is none.
func (p *Publication) Displace(ctx context.Context, places []pipeline.RowPlace, dayColumn string) ([]pipeline.Displaced, error) {
	if len(places) == 0 {
		return nil, nil
	}
	t, err := p.table(ctx)
	if err != nil {
		return nil, err
	}
	all, err := p.moved(ctx, p.displaceSQL(t, dayColumn), [][]byte{placeArray(places)}, []uint32{tidArray})
	if err != nil {
		return nil, fmt.Errorf("moving rows that lost their key: %w", err)
	}
	return all, nil
}

// displaceSQL moves the rows in the places $1 with all their columns, those of other contract versions too, and gives for each object
// and day how many it moved. With enable_seqscan off, it goes to these places however many they are.
func (p *Publication) displaceSQL(t table, dayColumn string) string {
	columns, day := strings.Join(quoteAll(t.names()), ", "), "NULL::date"
	if dayColumn != "" {
		day = quote(dayColumn)
	}
	return fmt.Sprintf(`
		WITH lost AS (
			DELETE FROM %s WHERE ctid = ANY ($1) RETURNING *
		), kept AS (
			INSERT INTO %s (%[3]s) SELECT %[3]s FROM lost
		)
		SELECT _object_id, %[4]s, count(*) FROM lost GROUP BY 1, 2 ORDER BY 1, 2`,
		relation(warehouse, p.object.Dataset), relation(superseded, p.object.Dataset), columns, day)
}

// moved runs a query that gives objects, days and numbers of rows, sorted by object.
func (p *Publication) moved(ctx context.Context, sql string, params [][]byte, types []uint32) (all []pipeline.Displaced, err error) {
	err = p.query(ctx, sql, params, types, func(values [][]byte) error {
		var id pipeline.ObjectID
		copy(id[:], values[0])
		all = addDisplaced(all, id, int64(binary.BigEndian.Uint64(values[2])), day(values[1]))
		return nil
	})
	return all, err
}

// queryKeys runs a query whose parameters are the tuples' keys.
func (p *Publication) queryKeys(
	ctx context.Context, sql func(table) string, tuples []rows.Tuple, row func(values [][]byte) error,
) error {
	t, err := p.table(ctx)
	if err != nil {
		return err
	}
	params, types := keyArrays(t, tuples)
	return p.query(ctx, sql(t), params, types, row)
}

// keyArrays gives the tuples' keys, one array for each key column, and the types of the arrays.
func keyArrays(t table, tuples []rows.Tuple) (params [][]byte, types []uint32) {
	for i, name := range t.key {
		column, _ := t.column(name)
		params = append(params, array(tuples, rows.Leading+i, column.element))
		types = append(types, column.array)
	}
	return params, types
}

// query runs a query with parameters in binary form, and gives each row of the result in binary form.
func (p *Publication) query(ctx context.Context, sql string, params [][]byte, types []uint32, row func(values [][]byte) error) (err error) {
	binaryFormat := []int16{1}
	result := p.tx.Conn().PgConn().ExecParams(ctx, sql, params, types, binaryFormat, binaryFormat)
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
