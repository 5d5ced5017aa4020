package postgres_test

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"acequia/localstack/postgres"
)

// One server is taken through its life: each of them costs an initdb.
func TestServerLivesAndDiesAndLivesAgain(t *testing.T) {
	t.Parallel()
	dir := filepath.Join(reachable(t), "postgres")
	start := func() *postgres.Server {
		t.Helper()
		server, err := postgres.Start(t.Context(), dir, postgres.Options{Disposable: true, Say: func(s string) { t.Log(s) }})
		if err != nil {
			t.Fatal(err)
		}
		return server
	}
	first := start()
	if !first.Started || !first.Private {
		t.Errorf("server = %+v, want one that this call started", first)
	}
	exec(t, first.URL, "CREATE TABLE kept (n int); INSERT INTO kept VALUES (1)")
	if again := start(); again.Started || again.URL != first.URL {
		t.Errorf("a second start gave %+v, want the running server", again)
	}

	state := inspect(t, dir)
	if err := syscall.Kill(state.PID, syscall.SIGKILL); err != nil {
		t.Fatal(err)
	}
	waitUntil(t, func() bool { return !inspect(t, dir).Running })
	recovered := start()
	if !recovered.Started || rows(t, recovered.URL) != 1 {
		t.Error("what was committed before kill -9 is gone")
	}

	if stopped, err := postgres.Stop(t.Context(), dir); err != nil || !stopped {
		t.Fatalf("stopped = %t, %v", stopped, err)
	}
	if stopped, err := postgres.Stop(t.Context(), dir); err != nil || stopped {
		t.Errorf("a second stop: %t, %v", stopped, err)
	}
	squat(t, filepath.Join(state.Home, "data", "postmaster.pid"))
	if restarted := start(); rows(t, restarted.URL) != 1 {
		t.Error("the data did not survive a stop")
	}

	if err := postgres.Remove(t.Context(), dir); err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(state.Home); !os.IsNotExist(err) {
		t.Errorf("%s is still there after Remove: %v", state.Home, err)
	}
}

// reachable gives a directory that the server's account can enter, which t.TempDir's parent, made by root, may not be.
func reachable(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	for d := dir; d != "/" && d != os.TempDir(); d = filepath.Dir(d) {
		if err := os.Chmod(d, 0o755); err != nil {
			t.Fatal(err)
		}
	}
	t.Cleanup(func() {
		if _, err := postgres.Stop(context.Background(), filepath.Join(dir, "postgres")); err != nil {
			t.Error(err)
		}
	})
	return dir
}

// squat leaves a pid file as after a kill, with a number that now belongs to another process: this one.
func squat(t *testing.T, pidFile string) {
	t.Helper()
	if err := os.WriteFile(pidFile, []byte("1\n/nowhere\n"), 0o600); err != nil {
		t.Fatal(err)
	}
}

// Below a directory that only root can enter, the data goes where its account can reach it.
func TestDataGoesWhereTheAccountReachesIt(t *testing.T) {
	t.Parallel()
	if os.Geteuid() != 0 {
		t.Skip("only root's servers run as somebody else")
	}
	dir := reachable(t)
	if err := os.Chmod(dir, 0o700); err != nil {
		t.Fatal(err)
	}
	dir = filepath.Join(dir, "postgres")
	var said []string
	say := func(s string) { said = append(said, s) }
	server, err := postgres.Start(t.Context(), dir, postgres.Options{Disposable: true, Say: say})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := postgres.Remove(context.Background(), dir); err != nil {
			t.Error(err)
		}
	})
	if !strings.HasPrefix(server.Home, "/var/tmp/acequia-") {
		t.Errorf("home = %s", server.Home)
	}
	if len(said) != 1 || !strings.Contains(said[0], server.Home) {
		t.Errorf("said %q, want where the data is", said)
	}
	exec(t, server.URL, "SELECT 1")
}

func TestAnotherOnesServerIsOnlyConnectedTo(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	theirs := "postgres://somebody:secret@127.0.0.1:1/theirs?connect_timeout=1"
	_, err := postgres.Start(t.Context(), dir, postgres.Options{DatabaseURL: theirs})
	if err == nil || !strings.Contains(err.Error(), "DATABASE_URL") || strings.Contains(err.Error(), "secret") {
		t.Errorf("err = %v, want one that names DATABASE_URL and not the password", err)
	}
	if left, err := os.ReadDir(dir); err != nil || len(left) != 0 {
		t.Errorf("left %v, %v in the directory", left, err)
	}
}

func inspect(t *testing.T, dir string) postgres.State {
	t.Helper()
	state, err := postgres.Inspect(dir)
	if err != nil {
		t.Fatal(err)
	}
	return state
}

func waitUntil(t *testing.T, done func() bool) {
	t.Helper()
	for deadline := time.Now().Add(10 * time.Second); !done(); time.Sleep(10 * time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatal("it did not happen within 10 s")
		}
	}
}

func connect(t *testing.T, url string) *pgx.Conn {
	t.Helper()
	conn, err := pgx.Connect(t.Context(), url)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { conn.Close(context.Background()) })
	return conn
}

func exec(t *testing.T, url, sql string) {
	t.Helper()
	if _, err := connect(t, url).Exec(t.Context(), sql); err != nil {
		t.Fatal(err)
	}
}

func rows(t *testing.T, url string) (n int) {
	t.Helper()
	if err := connect(t, url).QueryRow(t.Context(), "SELECT count(*) FROM kept").Scan(&n); err != nil {
		t.Fatal(err)
	}
	return n
}
