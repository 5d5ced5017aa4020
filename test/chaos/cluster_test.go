package chaos

import (
	"context"
	"fmt"
	"io"
	"net/url"
	"os"
	"sync"
	"syscall"
	"time"

	"github.com/jackc/pgx/v5"

	"acequia/localstack/postgres"
	"acequia/shared/pgstore"
)

// cluster is a Postgres server of a worker's own: stopping it at once is no harm to others.
type cluster struct {
	dir string

	mu  sync.Mutex
	url *url.URL
	// read is how much of the server's log was read.
	read int64
}

// template is the database that those of the seeds are copies of.
const template = "acequia"

func startCluster(ctx context.Context, dir string) (*cluster, error) {
	c := &cluster{dir: dir}
	if err := c.start(ctx); err != nil {
		return nil, err
	}
	if err := pgstore.Migrate(ctx, c.database(template)); err != nil {
		return nil, err
	}
	// Deadlocks are found soon, and everybody hears of a peer that is gone.
	return c, c.execute(ctx, `ALTER SYSTEM SET deadlock_timeout = '30ms'`, `SELECT pg_reload_conf()`)
}

func (c *cluster) start(ctx context.Context) error {
	server, err := postgres.Start(ctx, c.dir, postgres.Options{Disposable: true})
	if err != nil {
		return err
	}
	u, err := url.Parse(server.URL)
	if err != nil {
		return err
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.url = u
	return nil
}

// address is where the server listens; a restart may change it.
func (c *cluster) address() string {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.url.Host
}

// database gives the URL of one of the server's databases.
func (c *cluster) database(name string) string { return c.through(c.address(), name) }

// through is database by way of a proxy.
func (c *cluster) through(address, name string) string {
	c.mu.Lock()
	defer c.mu.Unlock()
	u := *c.url
	u.Host, u.Path = address, "/"+name
	return u.String()
}

// crash is pg_ctl stop -m immediate, after which the server recovers from its log as after a crash. It is left stopped for a
// while.
func (c *cluster) crash(ctx context.Context, pause time.Duration) error {
	state, err := postgres.Inspect(c.dir)
	if err != nil {
		return err
	}
	if err := syscall.Kill(state.PID, syscall.SIGQUIT); err != nil {
		return fmt.Errorf("stopping Postgres at once: %w", err)
	}
	err = within(ctx, 20*time.Second, "Postgres to stop", func(context.Context) (bool, error) {
		state, err := postgres.Inspect(c.dir)
		return !state.Running, err
	})
	if err != nil {
		return err
	}
	time.Sleep(pause)
	return c.start(ctx)
}

// said gives what the server has logged since it was asked last.
func (c *cluster) said() ([]byte, error) {
	state, err := postgres.Inspect(c.dir)
	if err != nil {
		return nil, err
	}
	f, err := os.Open(state.Log)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	b, err := io.ReadAll(io.NewSectionReader(f, c.read, 1<<30))
	c.read += int64(len(b))
	return b, err
}

func (c *cluster) execute(ctx context.Context, statements ...string) error {
	conn, err := pgx.Connect(ctx, c.database("postgres"))
	if err != nil {
		return fmt.Errorf("connecting to the worker's Postgres: %w", err)
	}
	defer conn.Close(context.WithoutCancel(ctx))
	for _, s := range statements {
		if _, err := conn.Exec(ctx, s); err != nil {
			return fmt.Errorf("%s: %w", s, err)
		}
	}
	return nil
}
