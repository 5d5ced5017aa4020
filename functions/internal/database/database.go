// Package database opens Postgres for the functions that write to it; the others do not even link its driver.
package database

import (
	"context"

	"acequia/functions/internal/wiring"
	"acequia/shared/pgstore"
)

// Open brings the schemas of the database at DATABASE_URL up to date and connects to it. All settings asked for so far must
// be there: without one, a driver would take its defaults and migrate whatever database answers.
func Open(ctx context.Context, p *wiring.Parts) (*pgstore.Store, error) {
	databaseURL := p.Env.Required("DATABASE_URL")
	if err := p.Env.Err(); err != nil {
		return nil, err
	}
	if err := pgstore.Migrate(ctx, databaseURL); err != nil {
		return nil, err
	}
	return pgstore.Open(ctx, databaseURL)
}
