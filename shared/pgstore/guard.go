package pgstore

import (
	"context"
	"fmt"
	"net"
	"strings"
	"syscall"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
)

// Guards bound how long somebody who has fallen silent keeps others waiting. A function that was ended, a machine or a network that
// is gone says no farewell: the server would go on holding its locks until TCP notices, which takes two hours by default.
type Guards struct {
	// Wait bounds each wait for one of the locks O, Q and F. Past it the message goes back to the queue.
	Wait time.Duration
	// Idle is how long a transaction may say nothing before the server ends it: see Publication.KeepAlive.
	Idle time.Duration
	// Silence is after how long each end of a connection takes the other for gone, whose system answers nothing.
	Silence time.Duration
}

// DefaultGuards let another loader go on within about a minute.
var DefaultGuards = Guards{Wait: 30 * time.Second, Idle: time.Minute, Silence: 40 * time.Second}

// probes is how many TCP keepalive probes stay without an answer before a connection is taken for dead. They fill the second half
// of Guards.Silence.
const probes = 4

// begin begins a transaction that is guarded on the server's side. SET LOCAL is right behind a pooler, too, which gives each transaction
// another connection (PgBouncer, RDS Proxy); what is set for a session would stay for whoever has it next, and PgBouncer takes none
// of these when a connection begins. A Unix socket has no TCP, and ignores that part.
func (g Guards) begin(isolation pgx.TxIsoLevel) string {
	seconds := func(d time.Duration) int64 { return int64(max(d+time.Second-1, time.Second) / time.Second) }
	return fmt.Sprintf(`BEGIN ISOLATION LEVEL %s; SET LOCAL idle_in_transaction_session_timeout = %d; SET LOCAL tcp_user_timeout = %d; `+
		`SET LOCAL tcp_keepalives_idle = %d; SET LOCAL tcp_keepalives_interval = %d; SET LOCAL tcp_keepalives_count = %d; `,
		isolation, g.Idle.Milliseconds(), g.Silence.Milliseconds(), seconds(g.Silence/2), seconds(g.Silence/2/probes), probes)
}

// dial gives what connects to the server, guarded on this side.
func (g Guards) dial() pgconn.DialFunc {
	dialer := &net.Dialer{
		KeepAliveConfig: net.KeepAliveConfig{Enable: true, Idle: g.Silence / 2, Interval: g.Silence / 2 / probes, Count: probes},
		Control: func(network, _ string, c syscall.RawConn) (err error) {
			if !strings.HasPrefix(network, "tcp") {
				return nil
			}
			controlErr := c.Control(func(fd uintptr) { err = setUserTimeout(fd, g.Silence) })
			if controlErr != nil {
				return controlErr
			}
			return err
		},
	}
	return dialer.DialContext
}

// advisoryLock is a lock that a transaction takes first.
type advisoryLock struct {
	// function is the one of Postgres that waits for it.
	function string
	key      int64
	// why says what is waited for.
	why string
}

// bounded is SQL that waits for the lock, for Guards.Wait at most.
func (g Guards) bounded(l advisoryLock) string {
	return fmt.Sprintf(`SET LOCAL lock_timeout = %d; SELECT %s(%d); SET LOCAL lock_timeout = DEFAULT`, g.Wait.Milliseconds(), l.function, l.key)
}

// inVain says of an error whether it was the wait for the lock that took too long.
func (g Guards) inVain(l advisoryLock, err error) error {
	if hasState(err, lockNotAvailable) {
		return fmt.Errorf("waited %s in vain for %s: %w", g.Wait, l.why, err)
	}
	return err
}

// guarded runs do in a transaction that the server ends if its connection falls silent.
func (s *Store) guarded(ctx context.Context, isolation pgx.TxIsoLevel, do func(pgx.Tx) error) error {
	return pgx.BeginTxFunc(ctx, s.pool, pgx.TxOptions{BeginQuery: s.guards.begin(isolation)}, do)
}

// locked runs do in a guarded transaction that holds the lock. READ COMMITTED is required: after a wait for a lock, the next statement
// must see what others committed meanwhile. settings are SQL that comes before.
func (s *Store) locked(ctx context.Context, l advisoryLock, settings string, do func(pgx.Tx) error) error {
	begin := s.guards.begin(pgx.ReadCommitted) + settings + s.guards.bounded(l)
	began := false
	err := pgx.BeginTxFunc(ctx, s.pool, pgx.TxOptions{BeginQuery: begin}, func(tx pgx.Tx) error {
		began = true
		return do(tx)
	})
	if !began {
		err = s.guards.inVain(l, err)
	}
	return err
}
