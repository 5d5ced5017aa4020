package pgstore

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"

	"acequia/shared/contract"
)

// The schemas that hold a table for each data set.
const (
	warehouse  = contract.Schema
	superseded = "superseded"
)

// tablesTimeout bounds each wait for a lock while tables are changed. Past it the message goes back to the queue.
const tablesTimeout = 20 * time.Second

// lockNotAvailable is the SQLSTATE of a wait that was longer than lock_timeout.
const lockNotAvailable = "55P03"

// EnsureTables makes the data set's tables as its contract says, those of the related data sets, so that views on them can
// be made, and its views. A later contract's new columns are added, nullable; a related data set's table that is there is
// left as it is, for its own files to change. complete tells whether all views are there: one that speaks of tables which
// do not exist yet is left out until they do. Doing it again changes nothing, and rows that are there are never touched.
// That the contract does not fit the data set's table, that the SQL of a view is wrong, or that a view cannot change because
// others depend on it, is a *pipeline.RefusedError.
func (s *Store) EnsureTables(ctx context.Context, c *contract.Contract, related []*contract.Contract) (complete bool, err error) {
	err = s.guarded(ctx, pgx.ReadCommitted, func(tx pgx.Tx) error {
		t := tablesTx{tx}
		if err := t.lock(ctx); err != nil {
			return err
		}
		for _, each := range append([]*contract.Contract{c}, related...) {
			if err := t.createMissing(ctx, each); err != nil {
				return err
			}
		}
		if err := t.adapt(ctx, c); err != nil {
			return err
		}
		complete, err = t.ensureViews(ctx, c)
		return err
	})
	if hasState(err, lockNotAvailable) {
		err = fmt.Errorf("waited %s in vain for those who use or change it: %w", tablesTimeout, err)
	}
	if err != nil {
		return false, fmt.Errorf("making the tables of %s: %w", c.Dataset, err)
	}
	return complete, nil
}

// tablesTx changes tables within a transaction.
type tablesTx struct {
	pgx.Tx
}

// lock lets one process at a time change tables. Who cannot get a table because it is read or loaded for long gives up,
// and the message comes back: whoever queued behind us would wait as long.
func (t tablesTx) lock(ctx context.Context) error {
	_, err := t.Exec(ctx, fmt.Sprintf(`SET LOCAL lock_timeout = %d; SELECT pg_advisory_xact_lock(%d)`,
		tablesTimeout.Milliseconds(), lockKey("tables")))
	if err != nil {
		return fmt.Errorf("waiting for another process that changes tables: %w", err)
	}
	return nil
}

// createMissing makes those of the data set's tables that are not there.
func (t tablesTx) createMissing(ctx context.Context, c *contract.Contract) error {
	for _, schema := range []string{warehouse, superseded} {
		existing, err := t.describe(ctx, schema, c.Dataset)
		if err == nil && len(existing.columns) == 0 {
			err = t.create(ctx, schema, c)
		}
		if err != nil {
			return fmt.Errorf("making the table %s.%s: %w", schema, c.Dataset, err)
		}
	}
	return nil
}

// adapt makes the data set's tables, which are there, fit its contract.
func (t tablesTx) adapt(ctx context.Context, c *contract.Contract) error {
	for _, schema := range []string{warehouse, superseded} {
		existing, err := t.describe(ctx, schema, c.Dataset)
		if err == nil {
			err = existing.fits(schema, c)
		}
		if err == nil {
			err = t.widen(ctx, schema, c, existing)
		}
		if err == nil && c.Replace {
			err = t.index(ctx, schema, c)
		}
		if err != nil {
			return fmt.Errorf("changing the table %s.%s: %w", schema, c.Dataset, err)
		}
	}
	return nil
}

// create makes the table: the contract's columns, then those of Acequia.
func (t tablesTx) create(ctx context.Context, schema string, c *contract.Contract) error {
	var lines []string
	for _, column := range c.Stored() {
		line := columnSQL(column)
		if slices.Contains(c.Key, column.Name) && column.Type.Kind == contract.Text {
			line += ` COLLATE "C"` // the order in which rows are sorted and merged, and the fastest
		}
		if column.Required || slices.Contains(c.Key, column.Name) {
			line += ` NOT NULL`
		}
		lines = append(lines, line)
	}
	lines = append(lines, `_object_id uuid NOT NULL`, `_byte_offset bigint NOT NULL`, `_loaded_at timestamptz NOT NULL DEFAULT now()`)
	if len(c.Key) > 0 {
		lines = append(lines, fmt.Sprintf(`CONSTRAINT %s PRIMARY KEY (%s)`,
			quote(primaryKey(c.Dataset)), strings.Join(keySQL(schema, c.Key), ", ")))
	}
	_, err := t.Exec(ctx, fmt.Sprintf("CREATE TABLE %s (\n%s\n)", relation(schema, c.Dataset), strings.Join(lines, ",\n")))
	if err != nil {
		return err
	}
	return t.comment(ctx, schema, c, c.Stored())
}

// keySQL gives the columns of the primary key: in superseded, there may be one row for each key and object.
func keySQL(schema string, key []string) []string {
	columns := quoteAll(key)
	if schema == superseded {
		columns = append(columns, `_object_id`)
	}
	return columns
}

// widen adds the columns that the table lacks, and lets those be NULL that the contract does not require (any more).
func (t tablesTx) widen(ctx context.Context, schema string, c *contract.Contract, existing table) error {
	var actions []string
	var added []contract.Column
	required := map[string]bool{}
	for _, column := range c.Stored() {
		required[column.Name] = column.Required || slices.Contains(c.Key, column.Name)
		if _, there := existing.column(column.Name); !there {
			actions = append(actions, `ADD COLUMN `+columnSQL(column))
			added = append(added, column)
		}
	}
	for _, column := range existing.columns {
		if column.notNull && !required[column.name] && !own(column.name) {
			actions = append(actions, fmt.Sprintf(`ALTER COLUMN %s DROP NOT NULL`, quote(column.name)))
		}
	}
	if len(actions) == 0 {
		return nil
	}
	_, err := t.Exec(ctx, fmt.Sprintf(`ALTER TABLE %s %s`, relation(schema, c.Dataset), strings.Join(actions, ", ")))
	if err != nil {
		return err
	}
	return t.comment(ctx, schema, c, added)
}

// index makes the index by which a replaced version's rows are found without reading the table. Rows of an object lie together, so
// a BRIN index does; it costs a tenth of the load speed, where a B-tree costs a quarter. What no VACUUM has summed up yet is read.
func (t tablesTx) index(ctx context.Context, schema string, c *contract.Contract) error {
	_, err := t.Exec(ctx, fmt.Sprintf(`CREATE INDEX IF NOT EXISTS %s ON %s USING brin (_object_id) WITH (autosummarize = on)`,
		quote(c.Dataset+"_by_object"), relation(schema, c.Dataset)))
	return err
}

// comment puts the contract's descriptions where people read them.
func (t tablesTx) comment(ctx context.Context, schema string, c *contract.Contract, columns []contract.Column) error {
	text := c.Description
	if schema == superseded {
		text = fmt.Sprintf("Rows of warehouse.%s that lost their key to an object that ranks higher.", c.Dataset)
	}
	statements := []string{fmt.Sprintf(`COMMENT ON TABLE %s IS %s`, relation(schema, c.Dataset), literal(storable(text)))}
	for _, column := range columns {
		if column.Description != "" {
			statements = append(statements, fmt.Sprintf(`COMMENT ON COLUMN %s.%s IS %s`,
				relation(schema, c.Dataset), quote(column.Name), literal(storable(column.Description))))
		}
	}
	for _, statement := range statements {
		if _, err := t.Exec(ctx, statement); err != nil {
			return fmt.Errorf("commenting on the table: %w", err)
		}
	}
	return nil
}

func columnSQL(c contract.Column) string { return quote(c.Name) + " " + c.Type.String() }

// own tells the columns that Acequia adds to a contract's.
func own(name string) bool {
	return name == "_object_id" || name == "_byte_offset" || name == "_loaded_at"
}

func primaryKey(dataset string) string { return dataset + "_pkey" }

func relation(schema, name string) string { return pgx.Identifier{schema, name}.Sanitize() }

func quoteAll(names []string) []string {
	quoted := make([]string, len(names))
	for i, name := range names {
		quoted[i] = quote(name)
	}
	return quoted
}

// refuse says that the contract and the table disagree.
