// Package postgres takes a directory and gives a Postgres server that keeps its data there: found, installed or
// downloaded, listening on the loopback interface only, outliving the command that started it. A server that somebody
// names by its URL is connected to and otherwise left alone.
//
// A directory holds server.json (what must be known to start and stop the server), lock, and cluster/ (the data, the
// server's log, downloaded binaries). cluster is a link where the account that the server runs as cannot reach the
// directory: Postgres refuses to run as root, so for root it runs as postgres or nobody, who see nothing below /root.
package postgres

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"time"
)

// Options say which server is wanted.
type Options struct {
	// DatabaseURL names a server of the caller's own. It is connected to, and never started, stopped or changed. The URL
	// that Start gave for the same directory earlier does not count: an environment that still holds it asks for no
	// other server.
	DatabaseURL string
	// Disposable says that the data may be lost with the power, which makes every commit cheaper: for tests. It survives
	// the death of processes all the same.
	Disposable bool
	// Say is told, in a sentence for a person, what takes long: installing, downloading. It may be nil.
	Say func(sentence string)
}

// Server is a server that answers.
type Server struct {
	// URL is how to connect to it: postgres://user:password@host:port/database.
	URL string
	// Private tells whether Start runs it, rather than the caller.
	Private bool
	// Started tells whether it was this call that started it.
	Started bool
	// Home is the directory of a private server's data, and Log the file that it logs to.
	Home, Log string
}

// startTimeout bounds how long a server may take to answer, crash recovery included.
const startTimeout = 90 * time.Second

// Start gives a server that answers: the one of opt.DatabaseURL, or the private one of dir, started if it does not run.
// Data that was left by a server that died is recovered. Start may be called by several processes at once.
func Start(ctx context.Context, dir string, opt Options) (*Server, error) {
	if opt.Say == nil {
		opt.Say = func(string) {}
	}
	dir, err := filepath.Abs(dir)
	if err != nil {
		return nil, err
	}
	s, err := readSettings(dir)
	if err != nil {
		return nil, err
	}
	if opt.DatabaseURL != "" && !s.issued(opt.DatabaseURL) {
		if err := ping(ctx, opt.DatabaseURL); err != nil {
			return nil, fmt.Errorf("the server that DATABASE_URL names does not answer (unset it to use a private one): %w", err)
		}
		return &Server{URL: opt.DatabaseURL}, nil
	}
	if err := os.MkdirAll(dir, 0o755); err != nil { //nolint:gosec // The server's account must be able to pass through.
		return nil, fmt.Errorf("making the server's directory: %w", err)
	}
	unlock, err := lock(dir)
	if err != nil {
		return nil, err
	}
	defer unlock()
	return start(ctx, dir, opt)
}

func start(ctx context.Context, dir string, opt Options) (*Server, error) {
	ctx, cancel := context.WithTimeout(ctx, 15*time.Minute) // an installation over a slow line, at worst
	defer cancel()
	c, err := openCluster(dir, opt)
	if err != nil {
		return nil, err
	}
	server := &Server{Private: true, Home: c.home, Log: c.logPath()}
	if _, running := c.process(); !running {
		server.Started = true
		if err := c.prepare(ctx); err != nil {
			return nil, err
		}
		if err := c.launch(ctx); err != nil {
			return nil, err
		}
	} else if err := c.answers(ctx, nil); err != nil {
		return nil, err
	}
	if err := ensureDatabase(ctx, c.settings.url("postgres"), database); err != nil {
		return nil, err
	}
	server.URL = c.settings.url(database)
	return server, nil
}

// State is what can be seen of a private server from outside.
type State struct {
	// Exists tells whether the directory holds a server at all, Running whether it runs.
	Exists, Running bool
	PID             int
	// Home is where its data lies, Log where it logs to, and URL how to connect to it.
	Home, Log, URL string
}

// Inspect tells about the private server of dir without touching it.
func Inspect(dir string) (State, error) {
	dir, err := filepath.Abs(dir)
	if err != nil {
		return State{}, err
	}
	c, err := existing(dir)
	if err != nil || c == nil {
		return State{}, err
	}
	pid, running := c.process()
	return State{
		Exists: true, Running: running, PID: pid, Home: c.home, Log: c.logPath(), URL: c.settings.url(database),
	}, nil
}

// Stop ends the private server of dir and waits until it has; it tells whether there was one to end. Sessions are cut
// off, what was committed is kept.
func Stop(ctx context.Context, dir string) (bool, error) {
	dir, err := filepath.Abs(dir)
	if err != nil {
		return false, err
	}
	c, err := existing(dir)
	if err != nil || c == nil {
		return false, err
	}
	unlock, err := lock(dir)
	if err != nil {
		return false, err
	}
	defer unlock()
	pid, running := c.process()
	if !running {
		return false, nil
	}
	return true, c.end(ctx, pid)
}

// Remove stops the private server of dir and removes all its data. Nothing there is no error.
func Remove(ctx context.Context, dir string) error {
	state, err := Inspect(dir)
	if err != nil {
		return err
	}
	if _, err := Stop(ctx, dir); err != nil {
		return err
	}
	for _, path := range []string{state.Home, dir} {
		if path == "" {
			continue
		}
		if err := os.RemoveAll(path); err != nil {
			return fmt.Errorf("removing the server's data: %w", err)
		}
	}
	return nil
}
