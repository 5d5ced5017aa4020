// Package pgstore keeps Acequia's ledger and the warehouse in Postgres: it takes the pipeline's nouns and gives rows. All
// SQL of the project is here, and no decision: what is to be published, refused or summed up is a stage's to say.
package pgstore

import (
	"context"
	"fmt"

	"github.com/jackc/pgx/v5/pgxpool"
)

// Store is a pool of connections to one database.
type Store struct {
	pool   *pgxpool.Pool
	guards Guards
}

// Open gives a store on the database that databaseURL names (postgres://user:password@host:port/database). It connects
// when it is first needed. How many connections there may be is the URL's to say: pool_max_conns (see pgxpool).
func Open(ctx context.Context, databaseURL string) (*Store, error) {
	return OpenGuarded(ctx, databaseURL, DefaultGuards)
}

// OpenGuarded is Open with other bounds on how long it waits for others, and they for it.
func OpenGuarded(ctx context.Context, databaseURL string, guards Guards) (*Store, error) {
	config, err := pgxpool.ParseConfig(databaseURL)
	if err != nil {
		return nil, fmt.Errorf("reading DATABASE_URL: %w", err)
	}
	if config.ConnConfig.RuntimeParams["application_name"] == "" {
		config.ConnConfig.RuntimeParams["application_name"] = "acequia"
	}
	config.ConnConfig.DialFunc = guards.dial()
	pool, err := pgxpool.NewWithConfig(ctx, config)
	if err != nil {
		return nil, fmt.Errorf("opening the database: %w", err)
	}
	return &Store{pool, guards}, nil
}

// Close ends all connections, and waits for those that are in use.
func (s *Store) Close() { s.pool.Close() }

// Ping tells whether the database answers.
func (s *Store) Ping(ctx context.Context) error { return s.pool.Ping(ctx) }
