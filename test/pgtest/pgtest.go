// Package pgtest takes a test and gives it a Postgres database of its own.
package pgtest

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io/fs"
	"net/url"
	"os"
	"strings"
	"sync"
	"testing"

	"github.com/jackc/pgx/v5"

	"acequia/shared/pgstore"
)

// New gives the URL of a fresh, migrated database on the server that TEST_DATABASE_URL names, and drops it when the test
// has ended. Without that variable the test fails: a test that skips itself is believed to have passed.
func New(t testing.TB) string {
	t.Helper()
	server := os.Getenv("TEST_DATABASE_URL")
	if server == "" {
		t.Fatal("set TEST_DATABASE_URL, or run make test, which starts a private Postgres")
	}
	template, err := templateOnce(server)
	if err != nil {
		t.Fatalf("preparing a database for tests: %v", err)
	}
	name := "acequia_test_" + strings.ToLower(rand.Text()[:12])
	if err := execute(server, fmt.Sprintf("CREATE DATABASE %s TEMPLATE %s", name, template)); err != nil {
		t.Fatalf("creating a database for the test: %v", err)
	}
	t.Cleanup(func() {
		if err := execute(server, fmt.Sprintf("DROP DATABASE IF EXISTS %s WITH (FORCE)", name)); err != nil {
			t.Errorf("dropping the test's database: %v", err)
		}
	})
	return database(server, name)
}

var (
	once        sync.Once
	template    string
	templateErr error
)

func templateOnce(server string) (string, error) {
	once.Do(func() { template, templateErr = ensureTemplate(server) })
	return template, templateErr
}

// templateLock lets one process at a time make the template.
const templateLock = 7_013_281_946_151

// ensureTemplate makes the template database, whose name depends on the migrations' text, unless it is there. It gets its
// name last, so that one half made is never used.
func ensureTemplate(server string) (name string, err error) {
	digest, err := migrationsDigest()
	if err != nil {
		return "", err
	}
	name = "acequia_template_" + digest
	building := name + "_building"
	ctx := context.Background()
	conn, err := pgx.Connect(ctx, server)
	if err != nil {
		return "", fmt.Errorf("connecting to TEST_DATABASE_URL: %w", err)
	}
	defer conn.Close(ctx)
	if _, err := conn.Exec(ctx, "SELECT pg_advisory_lock($1)", templateLock); err != nil {
		return "", err
	}
	var exists bool
	err = conn.QueryRow(ctx, "SELECT EXISTS (SELECT FROM pg_database WHERE datname = $1)", name).Scan(&exists)
	if err != nil || exists {
		return name, err
	}
	for _, statement := range []string{"DROP DATABASE IF EXISTS " + building + " WITH (FORCE)", "CREATE DATABASE " + building} {
		if _, err := conn.Exec(ctx, statement); err != nil {
			return "", err
		}
	}
	if err := pgstore.Migrate(ctx, database(server, building)); err != nil {
		return "", err
	}
	_, err = conn.Exec(ctx, fmt.Sprintf("ALTER DATABASE %s RENAME TO %s", building, name))
	return name, err
}

func migrationsDigest() (string, error) {
	hash := sha256.New()
	err := fs.WalkDir(pgstore.Migrations, ".", func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		b, err := fs.ReadFile(pgstore.Migrations, path)
		hash.Write(b)
		return err
	})
	return hex.EncodeToString(hash.Sum(nil)[:6]), err
}

func execute(server, statement string) error {
	ctx := context.Background()
	conn, err := pgx.Connect(ctx, server)
	if err != nil {
		return err
	}
	defer conn.Close(ctx)
	_, err = conn.Exec(ctx, statement)
	return err
}

// database gives the server's URL with another database in it.
func database(server, name string) string {
	u, err := url.Parse(server)
	if err != nil {
		return server
	}
	u.Path = "/" + name
	return u.String()
}
