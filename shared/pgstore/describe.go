package pgstore

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/jackc/pgx/v5"

	"acequia/shared/contract"
	"acequia/shared/pipeline"
)

// table is what the catalog says of a table that is there.
type table struct {
	// columns are in the table's order; there are none if the table does not exist.
	columns []tableColumn
	// key holds the names of the primary key's columns, in key order.
	key []string
}

// tableColumn is a column of a table that is there.
type tableColumn struct {
	name string
	// kind is the type as format_type spells it.
	kind    string
	notNull bool
	// element and array are the ids of the type and of its arrays.
	element, array uint32
}

func (t table) column(name string) (tableColumn, bool) {
	i := slices.IndexFunc(t.columns, func(c tableColumn) bool { return c.name == name })
	if i < 0 {
		return tableColumn{}, false
	}
	return t.columns[i], true
}

func (t table) names() []string {
	names := make([]string, len(t.columns))
	for i, c := range t.columns {
		names[i] = c.name
	}
	return names
}

// fits tells whether the contract's columns can be written to the table.
func (t table) fits(schema string, c *contract.Contract) error {
	key := t.key
	if schema == superseded && len(key) > 0 {
		key = key[:len(key)-1] // _object_id
	}
	if !slices.Equal(key, c.Key) {
		return pipeline.Refuse("the contract of %s has the key (%s), but the table %s.%[1]s has (%[4]s): "+
			"a key cannot change; name the data set anew, or restore the key",
			c.Dataset, strings.Join(c.Key, ", "), schema, strings.Join(key, ", "))
	}
	for _, column := range c.Stored() {
		there, ok := t.column(column.Name)
		if want := catalogType(column.Type); ok && there.kind != want {
			return pipeline.Refuse("the contract of %s gives the column %s the type %s, but in the table %s.%[1]s it is %[5]s: "+
				"a type cannot change; give the column a new name, or restore the type",
				c.Dataset, column.Name, want, schema, there.kind)
		}
	}
	return nil
}

// catalogType spells a type as format_type does.
func catalogType(t contract.Type) string {
	switch t.Kind {
	case contract.TimestampTZ:
		return "timestamp with time zone"
	case contract.Timestamp:
		return "timestamp without time zone"
	default:
		return t.String()
	}
}

// describe reads the catalog.
func (t tablesTx) describe(ctx context.Context, schema, name string) (table, error) {
	var found table
	rows, err := t.Query(ctx, `
		SELECT a.attname, format_type(a.atttypid, a.atttypmod), a.attnotnull, a.atttypid, y.typarray,
		       coalesce(array_position(i.indkey::int2[], a.attnum), -1)
		  FROM pg_class r
		  JOIN pg_namespace n ON n.oid = r.relnamespace
		  JOIN pg_attribute a ON a.attrelid = r.oid AND a.attnum > 0 AND NOT a.attisdropped
		  JOIN pg_type y ON y.oid = a.atttypid
		  LEFT JOIN pg_index i ON i.indrelid = r.oid AND i.indisprimary
		 WHERE n.nspname = $1 AND r.relname = $2
		 ORDER BY a.attnum`, schema, name)
	if err != nil {
		return found, fmt.Errorf("reading the catalog: %w", err)
	}
	places := map[int]string{}
	found.columns, err = pgx.CollectRows(rows, func(row pgx.CollectableRow) (c tableColumn, err error) {
		var place int // array_position counts an int2vector's elements from 0
		err = row.Scan(&c.name, &c.kind, &c.notNull, &c.element, &c.array, &place)
		if place >= 0 {
			places[place] = c.name
		}
		return c, err
	})
	if err != nil {
		return found, fmt.Errorf("reading the catalog: %w", err)
	}
	for i := range len(places) {
		found.key = append(found.key, places[i])
	}
	return found, nil
}
