package pgstore_test

import (
	"fmt"
	"io/fs"
	"sync"
	"testing"

	"github.com/jackc/pgx/v5/pgxpool"

	"acequia/shared/pgstore"
	"acequia/test/pgtest"
)

// database is a store with a connection beside it.
type database struct {
	*pgstore.Store
	sql *pgxpool.Pool
	url string
}

func open(t *testing.T) database {
	t.Helper()
	url := pgtest.New(t)
	store, sql := pgtest.Open(t, url), pgtest.Connect(t, url)
	return database{store, sql, url}
}

// texts runs a query with one column and gives its rows.
func (d database) texts(t *testing.T, query string, args ...any) []string {
	t.Helper()
	return pgtest.Texts(t, d.sql, query, args...)
}

func TestMigrateAgainAndAtOnce(t *testing.T) {
	t.Parallel()
	db := open(t)
	if _, err := db.sql.Exec(t.Context(), `DROP SCHEMA acequia, warehouse, superseded CASCADE`); err != nil {
		t.Fatal(err)
	}
	var wg sync.WaitGroup
	for range 3 {
		wg.Go(func() {
			if err := pgstore.Migrate(t.Context(), db.url); err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	files, err := fs.Glob(pgstore.Migrations, "migrations/*.sql")
	if n := db.texts(t, `SELECT count(*)::text FROM acequia.migrations WHERE version_id > 0`); err != nil || n[0] != fmt.Sprint(len(files)) {
		t.Errorf("%s migrations of %d are noted, %v", n[0], len(files), err)
	}
}

// Migrating without the right to make roles leaves them out, and does all else. (Roles belong to the server, so the test
// uses one that has no rights at all but to the database.)
func TestMigrateWithoutTheRightToMakeRoles(t *testing.T) {
	t.Parallel()
	db := open(t)
	for _, statement := range []string{
		`DROP SCHEMA acequia, warehouse, superseded CASCADE`,
		`DO $$ BEGIN CREATE ROLE acequia_test_plain LOGIN PASSWORD 'plain'; EXCEPTION WHEN duplicate_object OR unique_violation THEN NULL; END $$`,
		`DO $$ BEGIN EXECUTE format('GRANT CREATE ON DATABASE %I TO acequia_test_plain', current_database()); END $$`,
		`DO $$ BEGIN EXECUTE format('ALTER DATABASE %I SET role TO acequia_test_plain', current_database()); END $$`,
	} {
		if _, err := db.sql.Exec(t.Context(), statement); err != nil {
			t.Fatal(err)
		}
	}
	if err := pgstore.Migrate(t.Context(), db.url); err != nil {
		t.Fatal(err)
	}
	owner := db.texts(t, `SELECT tableowner FROM pg_tables WHERE schemaname = 'acequia' AND tablename = 'objects'`)
	if len(owner) != 1 || owner[0] != "acequia_test_plain" {
		t.Errorf("owner = %v", owner)
	}
	if rights := db.texts(t, `SELECT has_table_privilege('acequia_reader', 'acequia.objects', 'SELECT')::text`); rights[0] != "true" {
		t.Error("acequia_reader, which is there, was not granted SELECT")
	}
}

func TestOpenNamesTheSettingThatIsWrong(t *testing.T) {
	t.Parallel()
	if _, err := pgstore.Open(t.Context(), "postgres://%zz"); err == nil {
		t.Error("a URL that is none was taken")
	}
}
