package chaos

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"syscall"

	"acequia/localstack/postgres"
	"acequia/localstack/stack"
)

// place is where a worker runs its seeds, one after another.
type place struct {
	checkout *checkout
	cluster  *cluster
	// port is where its clouds listen, and names the place.
	port int
	// replaced are directories of binaries to run instead of the checkout's, by function.
	replaced map[string]string
}

// dir is where chaos has its state. make clean removes it.
func (c *checkout) dir() string { return filepath.Join(c.State(), "chaos") }

// alone keeps other runs in the checkout waiting: places are where they are, so that the next run finds what one left behind that
// was killed.
func (c *checkout) alone() (unlock func(), err error) {
	if err := os.MkdirAll(c.dir(), 0o755); err != nil {
		return nil, err
	}
	f, err := os.OpenFile(filepath.Join(c.dir(), "lock"), os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return nil, err
	}
	if err := syscall.Flock(int(f.Fd()), syscall.LOCK_EX); err != nil {
		return nil, errors.Join(err, f.Close())
	}
	return func() { f.Close() }, nil
}

func (p place) name() string     { return fmt.Sprintf("worker-%d", p.port) }
func (p place) postgres() string { return filepath.Join(p.checkout.dir(), p.name()) }

// disk is where the worker mounts a disk, away from a home that Postgres's account may not enter.
func (p place) disk() string { return filepath.Join(os.TempDir(), "acequia-chaos-"+p.name()) }

// state is where a seed's cloud has its state, and its logs.
func (p place) state(seed uint64) string {
	return filepath.Join(p.checkout.dir(), fmt.Sprintf("seed-%d", seed))
}

// reclaim takes down what runs at the place, or was left there.
func (p place) reclaim() error {
	seeds, err := filepath.Glob(filepath.Join(p.checkout.dir(), "seed-*"))
	for _, dir := range seeds {
		if running, runs := stack.FindRunning(stack.Paths{Root: dir}); runs && running.PID > 0 && p.listens(running) {
			err = errors.Join(err, syscall.Kill(running.PID, syscall.SIGKILL))
		}
	}
	// Not the run's context: what is to be taken down may be so because that has ended.
	err = errors.Join(err, postgres.Remove(context.Background(), p.postgres()))
	if _, missing := os.Stat(p.disk()); missing == nil {
		err = errors.Join(err, disk{p.disk()}.remove())
	}
	return err
}

// listens tells whether a local cloud is of this place.
func (p place) listens(r stack.Running) bool {
	var port int
	_, err := fmt.Sscanf(r.Endpoint, "http://127.0.0.1:%d", &port)
	return err == nil && port >= p.port && port < p.port+100
}
