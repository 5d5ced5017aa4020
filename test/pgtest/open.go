package pgtest

import (
	"testing"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"

	"acequia/shared/pgstore"
)

// Open gives a store on the database of that URL, until the test has ended.
func Open(t testing.TB, url string) *pgstore.Store {
	t.Helper()
	store, err := pgstore.Open(t.Context(), url)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(store.Close)
	return store
}

// Connect gives connections to the database of that URL beside a store's, until the test has ended.
func Connect(t testing.TB, url string) *pgxpool.Pool {
	t.Helper()
	sql, err := pgxpool.New(t.Context(), url)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(sql.Close)
	return sql
}

// Texts runs a query with one column of text, and gives its rows; nil if there are none.
func Texts(t testing.TB, sql *pgxpool.Pool, query string, args ...any) []string {
	t.Helper()
	rows, err := sql.Query(t.Context(), query, args...)
	if err != nil {
		t.Fatal(err)
	}
	texts, err := pgx.AppendRows([]string(nil), rows, pgx.RowTo[string])
	if err != nil {
		t.Fatal(err)
	}
	return texts
}
