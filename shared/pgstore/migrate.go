package pgstore

import (
	"context"
	"database/sql"
	"embed"
	"errors"
	"fmt"
	"io/fs"

	_ "github.com/jackc/pgx/v5/stdlib" // database/sql's driver pgx, which goose needs
	"github.com/pressly/goose/v3"
	"github.com/pressly/goose/v3/lock"
)

// Migrations holds the migrations of the ledger's schema, in goose's form: migrations/00001_ledger.sql and so on.
//
//go:embed migrations/*.sql
var Migrations embed.FS

// migrationsTable is where goose notes which migrations have run.
const migrationsTable = "acequia.migrations"

// Migrate brings the database's schemas up to date. Of several processes at once, one migrates and the others wait;
// each migration is a transaction, so after a failure the next call goes on with the one that failed.
func Migrate(ctx context.Context, databaseURL string) (err error) {
	db, err := sql.Open("pgx", databaseURL)
	if err != nil {
		return fmt.Errorf("reading DATABASE_URL: %w", err)
	}
	defer func() { err = errors.Join(err, db.Close()) }()
	if err := ensureLedgerSchema(ctx, db); err != nil {
		return err
	}
	files, err := fs.Sub(Migrations, "migrations")
	if err != nil {
		return fmt.Errorf("reading the migrations: %w", err)
	}
	// goose asks for its lock again and again instead of waiting for it: every second, for five minutes.
	locker, err := lock.NewPostgresSessionLocker(lock.WithLockID(lockKey("migrate")), lock.WithLockTimeout(1, 300))
	if err != nil {
		return fmt.Errorf("preparing the migrations: %w", err)
	}
	provider, err := goose.NewProvider(goose.DialectPostgres, db, files,
		goose.WithSessionLocker(locker), goose.WithTableName(migrationsTable))
	if err != nil {
		return fmt.Errorf("preparing the migrations: %w", err)
	}
	if _, err := provider.Up(ctx); err != nil {
		return fmt.Errorf("migrating the database: %w", err)
	}
	return nil
}

// ensureLedgerSchema makes the schema that goose's own table lies in. The lock is there because two CREATE SCHEMA IF NOT
// EXISTS at once do fail.
func ensureLedgerSchema(ctx context.Context, db *sql.DB) error {
	tx, err := db.BeginTx(ctx, nil)
	if err != nil {
		return fmt.Errorf("connecting to the database: %w", err)
	}
	_, err = tx.ExecContext(ctx, fmt.Sprintf(
		`SELECT pg_advisory_xact_lock(%d); CREATE SCHEMA IF NOT EXISTS acequia`, lockKey("schema")))
	if err == nil {
		err = tx.Commit()
	}
	if err != nil {
		return errors.Join(fmt.Errorf("creating the schema acequia: %w", err), tx.Rollback())
	}
	return nil
}
