package pgproxy_test

import (
	"context"
	"net"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"acequia/test/chaos/pgproxy"
	"acequia/test/pgtest"
)

// behind gives a proxy to a database of the test's own, the URL through it, and a connection that goes past it.
func behind(t *testing.T) (p *pgproxy.Proxy, through string, direct *pgx.Conn) {
	t.Helper()
	u, err := url.Parse(pgtest.New(t))
	if err != nil {
		t.Fatal(err)
	}
	if direct, err = pgx.Connect(t.Context(), u.String()); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { direct.Close(context.Background()) })
	if p, err = pgproxy.New(u.Host); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(p.Close)
	if _, err := direct.Exec(t.Context(), `CREATE TABLE seen (n integer)`); err != nil {
		t.Fatal(err)
	}
	u.Host = p.Addr()
	return p, u.String(), direct
}

// insert commits a row through the proxy, with faults from the COMMIT on.
func insert(t *testing.T, p *pgproxy.Proxy, through string, f pgproxy.Faults) error {
	t.Helper()
	conn, err := pgx.Connect(t.Context(), through)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close(context.Background())
	tx, err := conn.Begin(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if _, err := tx.Exec(t.Context(), `INSERT INTO seen VALUES (1)`); err != nil {
		t.Fatal(err)
	}
	p.SetFaults(f)
	defer p.SetFaults(pgproxy.Faults{})
	return tx.Commit(t.Context())
}

// Each fault at a COMMIT is one that the client hears of as an error; where the row is there all the same, the client cannot
// know.
func TestFaultsAtCommit(t *testing.T) {
	t.Parallel()
	for kind, carriedOut := range map[pgproxy.Kind]bool{
		pgproxy.CutBefore: false, pgproxy.KillBefore: false, pgproxy.HalfOpen: false,
		pgproxy.CutAfter: true, pgproxy.KillAfter: true, pgproxy.AnswerLost: true,
	} {
		t.Run(strings.ReplaceAll(string(kind), " ", "-"), func(t *testing.T) {
			t.Parallel()
			p, through, direct := behind(t)
			var killed net.Addr
			err := insert(t, p, through, pgproxy.Faults{
				Odds: map[pgproxy.Kind]float64{kind: 0.01}, CommitFactor: 100, Longest: 10 * time.Millisecond,
				Kill: func(client net.Addr) bool { killed = client; return true },
			})
			if err == nil {
				t.Error("the client heard of nothing")
			}
			if want := strings.Contains(string(kind), "killed"); (killed != nil) != want {
				t.Errorf("killed %v, want that it kills: %t", killed, want)
			}
			if n := p.Counts()[kind]; n != 1 {
				t.Errorf("counted %d, want 1 of all in %v", n, p.Counts())
			}
			if there := appears(t, direct); there != carriedOut {
				t.Errorf("the row is there: %t, want %t", there, carriedOut)
			}
		})
	}
}

// appears tells whether the row is there once the server has ended the session that wrote it.
func appears(t *testing.T, direct *pgx.Conn) (there bool) {
	t.Helper()
	for deadline := time.Now().Add(10 * time.Second); ; time.Sleep(5 * time.Millisecond) {
		var others int
		err := direct.QueryRow(t.Context(), `
			SELECT (SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()),
			       EXISTS (SELECT FROM seen)`).Scan(&others, &there)
		if err != nil {
			t.Fatal(err)
		}
		if others == 0 {
			return there
		}
		if time.Now().After(deadline) {
			t.Fatal("the server does not end the session")
		}
	}
}

// Without faults, and with messages that are late, everything comes through as it was said.
func TestWhatIsSaidComesThrough(t *testing.T) {
	t.Parallel()
	p, through, _ := behind(t)
	p.SetFaults(pgproxy.Faults{Odds: map[pgproxy.Kind]float64{pgproxy.Stalled: 0.5}, Longest: time.Millisecond})
	conn, err := pgx.Connect(t.Context(), through)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close(context.Background())
	const rows = 10_000
	n, err := conn.CopyFrom(t.Context(), pgx.Identifier{"seen"}, []string{"n"},
		pgx.CopyFromSlice(rows, func(i int) ([]any, error) { return []any{i}, nil }))
	if err != nil || n != rows {
		t.Fatalf("%d rows, %v", n, err)
	}
	var sum int64
	if err := conn.QueryRow(t.Context(), `SELECT sum(n) FROM seen`).Scan(&sum); err != nil || sum != rows*(rows-1)/2 {
		t.Errorf("the sum is %d (%v)", sum, err)
	}
	if p.Counts()[pgproxy.Stalled] == 0 {
		t.Error("no message was late")
	}
}
