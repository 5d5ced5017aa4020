package pgtest_test

import (
	"testing"

	"github.com/jackc/pgx/v5"

	"acequia/test/pgtest"
)

func TestEachCallGivesADatabaseOfItsOwn(t *testing.T) {
	t.Parallel()
	for range 2 {
		conn, err := pgx.Connect(t.Context(), pgtest.New(t))
		if err != nil {
			t.Fatal(err)
		}
		defer conn.Close(t.Context())
		// It would be there already, were the database that of the first call; and the schema is there only if it was migrated.
		if _, err := conn.Exec(t.Context(), `CREATE TABLE acequia.mine ()`); err != nil {
			t.Error(err)
		}
	}
}
