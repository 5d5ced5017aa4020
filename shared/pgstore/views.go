package pgstore

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"strings"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"

	"acequia/shared/contract"
	"acequia/shared/pipeline"
)

// SQLSTATEs that a view's SQL can give.
const (
	undefinedTable         = "42P01"
	invalidTableDefinition = "42P16" // CREATE OR REPLACE VIEW cannot take a column away, or put one between others
	insufficientPrivilege  = "42501"
	syntaxOrAccessError    = "42" // the class
	dependentObjectsExist  = "2BP01"
)

// ensureViews makes the contract's views, and tells whether all of them are there.
func (t tablesTx) ensureViews(ctx context.Context, c *contract.Contract) (complete bool, err error) {
	complete = true
	for _, view := range c.Views {
		made, err := t.ensureView(ctx, c, view)
		if err != nil {
			return false, fmt.Errorf("making the view %s.%s: %w", warehouse, view.Name, err)
		}
		complete = complete && made
	}
	return complete, nil
}

// ensureView makes a view unless it is there as it should be: making it anew would wait for everyone who reads it.
func (t tablesTx) ensureView(ctx context.Context, c *contract.Contract, view contract.View) (made bool, err error) {
	comment, err := t.viewComment(ctx, c, view)
	if err != nil {
		return false, err
	}
	var current bool
	err = t.QueryRow(ctx, `SELECT coalesce(obj_description(to_regclass($1), 'pg_class') = $2, false)`,
		relation(warehouse, view.Name), comment).Scan(&current)
	if err != nil || current {
		return current, err
	}
	err = t.createView(ctx, view, "CREATE OR REPLACE VIEW")
	if hasState(err, invalidTableDefinition) {
		if _, err = t.Exec(ctx, `DROP VIEW `+relation(warehouse, view.Name)); err == nil {
			err = t.createView(ctx, view, "CREATE VIEW")
		}
	}
	if hasState(err, undefinedTable) {
		return false, nil
	}
	if err != nil {
		return false, refusedView(err, c, view)
	}
	_, err = t.Exec(ctx, fmt.Sprintf(`COMMENT ON VIEW %s IS %s`, relation(warehouse, view.Name), literal(comment)))
	return true, err
}

// createView runs under a savepoint, and by the extended protocol, which takes a single statement and no more: a query out
// of a contract cannot smuggle in a second one.
func (t tablesTx) createView(ctx context.Context, view contract.View, verb string) error {
	return pgx.BeginFunc(ctx, t.Tx, func(tx pgx.Tx) error {
		query := strings.TrimRight(strings.TrimSpace(view.Query), ";")
		sql := fmt.Sprintf("%s %s AS\n%s", verb, relation(warehouse, view.Name), query)
		return tx.Conn().PgConn().ExecParams(ctx, sql, nil, nil, nil, nil).Read().Err
	})
}

// viewComment describes the view for people, and ends in a digest of all that the view depends on: its query, and the
// columns of the tables that a * in it may stand for.
func (t tablesTx) viewComment(ctx context.Context, c *contract.Contract, view contract.View) (string, error) {
	hash := sha256.New()
	hash.Write([]byte(view.Query))
	datasets := []string{c.Dataset}
	for _, r := range c.Relationships {
		datasets = append(datasets, r.Dataset)
	}
	for _, dataset := range datasets {
		there, err := t.describe(ctx, warehouse, dataset)
		if err != nil {
			return "", err
		}
		hash.Write([]byte(fmt.Sprintf("\x00%q", there.names())))
	}
	return storable(fmt.Sprintf("%s (of the contract %s; %s)",
		view.Description, c.Dataset, hex.EncodeToString(hash.Sum(nil)[:8]))), nil
}

// refusedView makes it a refusal that the view cannot be as the contract wants it; every other error is worth a retry.
func refusedView(err error, c *contract.Contract, view contract.View) error {
	var pg *pgconn.PgError
	switch {
	case !errors.As(err, &pg):
		return err
	case pg.Code == dependentObjectsExist:
		return pipeline.Refuse("the view %s in the contract of %s loses or moves columns while others depend on it (%s): "+
			"only add columns at its end, or drop those that depend on it", view.Name, c.Dataset, pg.Detail)
	case pg.Code == insufficientPrivilege:
		return fmt.Errorf("the user of DATABASE_URL lacks a right that the view needs; grant it: %w", err)
	case strings.HasPrefix(pg.Code, syntaxOrAccessError):
		return pipeline.Refuse("the view %s in the contract of %s is not valid SQL: %s; correct its query, or load the data that it speaks of",
			view.Name, c.Dataset, pg.Message)
	}
	return err
}

// hasState tells whether err is Postgres's, with one of these SQLSTATEs.
func hasState(err error, states ...string) bool {
	var pg *pgconn.PgError
	if !errors.As(err, &pg) {
		return false
	}
	for _, state := range states {
		if pg.Code == state {
			return true
		}
	}
	return false
}
