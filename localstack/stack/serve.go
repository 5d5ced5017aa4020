package stack

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"os"
	"time"
)

// Cloud is what Serve needs of a local cloud.
type Cloud interface {
	http.Handler
	// Start sets to work what works by itself. The cloud is served by then.
	Start()
	// Close lets what runs finish until ctx ends.
	Close(ctx context.Context) error
}

// CloudSpec says which local cloud is wanted.
type CloudSpec struct {
	// Dir is for its state, Logs for the functions' logs.
	Dir, Logs string
	// Template is the path of the SAM template, Parameters what its parameters are set to.
	Template   string
	Parameters map[string]string
	// Endpoint is the URL that clients, the functions among them, reach it by.
	Endpoint string
	Region   string
}

// ServeConfig are Serve's settings.
type ServeConfig struct {
	// Port is where the search for a free one begins.
	Port int
	// Fingerprint is what the process calls its code and settings: see up.
	Fingerprint string
	Region      string
	Parameters  map[string]string
}

// closeTimeout is how long functions may go on when the local cloud is to end. What they do not finish comes again.
const closeTimeout = 5 * time.Second

// Serve runs the local cloud in this process until ctx ends. There is one of a checkout at a time.
func Serve(ctx context.Context, p Paths, cfg ServeConfig, open func(context.Context, CloudSpec) (Cloud, error)) (err error) {
	if err := p.makeState(); err != nil {
		return err
	}
	unlock, err := claim(ctx, p)
	if err != nil {
		return err
	}
	defer unlock()
	listener, err := listen(cfg.Port)
	if err != nil {
		return err
	}
	endpoint := "http://" + listener.Addr().String()
	cloud, err := open(ctx, CloudSpec{
		Dir: p.Cloud(), Logs: p.Logs(), Template: p.Template(), Parameters: cfg.Parameters, Endpoint: endpoint, Region: cfg.Region,
	})
	if err != nil {
		return errors.Join(err, listener.Close())
	}
	server := &http.Server{Handler: cloud, ReadHeaderTimeout: time.Minute}
	failed := make(chan error, 1)
	go func() { failed <- server.Serve(listener) }()
	cloud.Start()
	r := Running{PID: os.Getpid(), Endpoint: endpoint, Fingerprint: cfg.Fingerprint, Started: time.Now()}
	if err = r.write(p); err == nil {
		select {
		case err = <-failed:
		case <-ctx.Done():
		}
	}
	closing, cancel := context.WithTimeout(context.WithoutCancel(ctx), closeTimeout)
	defer cancel()
	// The functions first: what they still do, they do through this server.
	err = errors.Join(err, cloud.Close(closing), server.Close())
	return errors.Join(err, os.Remove(p.running()))
}

// claim makes this process the checkout's local cloud. Somebody who only looks whether there is one holds the lock for a
// moment, so it is tried for a while.
func claim(ctx context.Context, p Paths) (unlock func(), err error) {
	ctx, cancel := context.WithTimeout(ctx, 2*time.Second)
	defer cancel()
	unlock, err = waitLock(ctx, p.lock("cloud"))
	if err != nil {
		return nil, fmt.Errorf("the local cloud of this checkout runs already: %w", err)
	}
	if err := os.Remove(p.running()); err != nil && !errors.Is(err, os.ErrNotExist) {
		unlock()
		return nil, err
	}
	return unlock, nil
}
