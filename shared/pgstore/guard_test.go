package pgstore_test

import (
	"context"
	"strings"
	"testing"
	"time"

	"acequia/shared/contract"
	"acequia/shared/pgstore"
	"acequia/shared/pipeline"
	"acequia/test/pgtest"
)

// hasty are guards for tests, in which nobody waits for a minute.
var hasty = pgstore.Guards{Wait: 200 * time.Millisecond, Idle: time.Second, Silence: time.Second}

// openGuarded gives a store that waits no longer than g says.
func openGuarded(t *testing.T, url string, g pgstore.Guards) *pgstore.Store {
	t.Helper()
	store, err := pgstore.OpenGuarded(t.Context(), url, g)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(store.Close)
	return store
}

func TestLocksOfOneWhoFellSilentAreFree(t *testing.T) {
	t.Parallel()
	o := objectOf("sales/a.csv")
	received := pipeline.Report{Kind: pipeline.ObjectReceived, Object: o, Attempt: 1}
	nothing := func(*pgstore.Publication) error { return nil }
	for name, c := range map[string]struct {
		hold func(p *pgstore.Publication) error
		want func(ctx context.Context, s *pgstore.Store) error
	}{
		"O": {
			nothing,
			func(ctx context.Context, s *pgstore.Store) error {
				return s.Publish(ctx, o, &contract.Contract{}, nothing)
			},
		},
		"F": {
			func(p *pgstore.Publication) error { _, err := p.Forget(t.Context()); return err },
			func(ctx context.Context, s *pgstore.Store) error { _, err := s.Record(ctx, received); return err },
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			db := open(t)
			if _, err := db.Record(t.Context(), received); err != nil {
				t.Fatal(err)
			}
			link := pgtest.NewLink(t, db.url)
			lost, other := openGuarded(t, link.URL, hasty), openGuarded(t, db.url, hasty)
			ctx, giveUp := context.WithCancel(t.Context())
			defer giveUp()
			silent, ended := make(chan bool), make(chan error, 1)
			go func() {
				ended <- lost.Publish(ctx, o, &contract.Contract{}, func(p *pgstore.Publication) error {
					if err := c.hold(p); err != nil {
						return err
					}
					link.Silence()
					close(silent)
					return p.KeepAlive(ctx)
				})
			}()
			<-silent
			err := c.want(t.Context(), other)
			if err == nil || !strings.Contains(err.Error(), "waited 200ms in vain") {
				t.Errorf("while the lock is held: %v", err)
			}
			for deadline := time.Now().Add(10 * time.Second); err != nil && time.Now().Before(deadline); {
				err = c.want(t.Context(), other)
			}
			if err != nil {
				t.Errorf("the lock is held still: %v", err)
			}
			link.Close()
			giveUp()
			if err := <-ended; err == nil {
				t.Error("the one who fell silent has committed")
			}
		})
	}
}

// Each guard is in force in a transaction, and gone after it: behind a pooler, the connection is another's then.
func TestGuardsLastAsLongAsTheirTransaction(t *testing.T) {
	t.Parallel()
	db := open(t)
	const settings = `SELECT name || ' = ' || setting FROM pg_settings WHERE name IN (
		'idle_in_transaction_session_timeout', 'tcp_user_timeout', 'tcp_keepalives_idle', 'tcp_keepalives_interval', 'lock_timeout') ORDER BY name`
	before := db.texts(t, settings)
	store := openGuarded(t, db.url+"&pool_max_conns=1", pgstore.DefaultGuards)
	var within []string
	err := store.Publish(t.Context(), objectOf("sales/a.csv"), &contract.Contract{}, func(p *pgstore.Publication) (err error) {
		within, err = p.Texts(t.Context(), settings)
		return err
	})
	want := []string{
		"idle_in_transaction_session_timeout = 60000", "lock_timeout = 0", "tcp_keepalives_idle = 20", "tcp_keepalives_interval = 5",
		"tcp_user_timeout = 40000",
	}
	if strings.Join(within, "\n") != strings.Join(want, "\n") || err != nil {
		t.Errorf("within: %q, %v", within, err)
	}
	var after []string
	_, err = store.Alone(t.Context(), "a", func() error { return nil })
	if err == nil {
		after, err = store.Texts(t.Context(), settings)
	}
	if strings.Join(after, "\n") != strings.Join(before, "\n") || err != nil {
		t.Errorf("after: %q, %v, want %q", after, err, before)
	}
}
