package stack

import (
	"context"
	"errors"
	"fmt"
	"syscall"
	"time"

	"acequia/localstack/postgres"
)

// Down stops what Up started, the tests' Postgres too, and tells what it stopped. All state stays.
func (s *Stack) Down(ctx context.Context) error {
	stopped, err := s.downCloud(ctx)
	if err != nil {
		return err
	}
	if stopped {
		s.Say("Local cloud: stopped.")
	}
	for _, server := range []struct{ name, dir string }{
		{"Postgres", s.Paths.Postgres()},
		{"The tests' Postgres", s.Paths.TestPostgres()},
	} {
		was, err := postgres.Stop(ctx, server.dir)
		if err != nil {
			return err
		}
		if was {
			s.Say(server.name + ": stopped.")
		}
		stopped = stopped || was
	}
	if !stopped {
		s.Say("Nothing was running.")
	}
	return nil
}

// downCloud ends the local cloud, and tells whether there was one. It may finish what its functions are doing.
func (s *Stack) downCloud(ctx context.Context) (bool, error) {
	for _, signal := range []syscall.Signal{syscall.SIGTERM, syscall.SIGKILL} {
		r, runs := FindRunning(s.Paths)
		if !runs {
			return signal == syscall.SIGKILL, nil
		}
		if r.PID == 0 {
			return false, errors.New("a local cloud is just being started in this checkout: try again in a moment")
		}
		if err := syscall.Kill(r.PID, signal); err != nil && !errors.Is(err, syscall.ESRCH) {
			return false, fmt.Errorf("stopping the local cloud (process %d): %w", r.PID, err)
		}
		if ended, err := s.cloudEnds(ctx, closeTimeout+5*time.Second); ended || err != nil {
			return ended, err
		}
	}
	return false, errors.New("the local cloud does not stop")
}

// cloudEnds waits for the local cloud's end.
func (s *Stack) cloudEnds(ctx context.Context, patience time.Duration) (bool, error) {
	for deadline := time.Now().Add(patience); time.Now().Before(deadline); {
		if _, runs := FindRunning(s.Paths); !runs {
			return true, nil
		}
		select {
		case <-ctx.Done():
			return false, ctx.Err()
		case <-time.After(20 * time.Millisecond):
		}
	}
	return false, nil
}
