package desk

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"sync"
	"time"

	"acequia/shared/pgstore"
	"acequia/shared/pipeline"
)

// transfer is one file on its way from this machine to its end in the ledger.
type transfer struct {
	path, key string
	bytes     int64

	mu sync.Mutex
	state
}

// state is how far a transfer is.
type state struct {
	sent    int64
	version string // once it is uploaded
	known   bool   // whether the ledger knows it
	object  pgstore.ObjectRow
	err     error
	began   time.Time
	took    time.Duration // once it has ended
}

func (t *transfer) name() string { return filepath.Base(t.key) }

func (t *transfer) look() state {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.state
}

func (t *transfer) change(f func(*state)) {
	t.mu.Lock()
	defer t.mu.Unlock()
	f(&t.state)
}

func newTransfer(path, key string) (*transfer, error) {
	info, err := os.Stat(path)
	if err != nil {
		return nil, &UsageError{fmt.Sprintf("the file to upload: %v", err)}
	}
	if !info.Mode().IsRegular() {
		return nil, &UsageError{"what is to be uploaded, " + path + ", is not a file"}
	}
	return &transfer{path: path, key: key, bytes: info.Size()}, nil
}

const (
	pollPeriod = 100 * time.Millisecond
	drawPeriod = 80 * time.Millisecond
)

// carry uploads the files, all at once, and follows each until its end. It calls draw often, and ended once for each file.
// The error is of the first file that could not be followed to its end; ErrTimeout if the time was over.
func (d *Desk) carry(ctx context.Context, transfers []*transfer, draw func(), ended func(*transfer)) error {
	ctx, cancel := context.WithTimeout(ctx, d.Timeout)
	defer cancel()
	finished := make(chan *transfer, len(transfers))
	for _, t := range transfers {
		t.change(func(s *state) { s.began = d.Now() })
		go func() {
			err := d.follow(ctx, t)
			t.change(func(s *state) { s.err, s.took = err, d.Now().Sub(s.began) })
			finished <- t
		}()
	}
	ticker := time.NewTicker(drawPeriod)
	defer ticker.Stop()
	var errs []error
	for left := len(transfers); left > 0; {
		select {
		case t := <-finished:
			left--
			errs = append(errs, t.look().err)
			ended(t)
		case <-ticker.C:
		}
		draw()
	}
	return errors.Join(errs...)
}

// follow uploads a file and waits until the ledger says that it has ended.
func (d *Desk) follow(ctx context.Context, t *transfer) error {
	version, err := d.Raw.Upload(ctx, t.path, t.key, func(bytes int64) {
		t.change(func(s *state) { s.sent = bytes })
	})
	if err != nil {
		return err
	}
	t.change(func(s *state) { s.version, s.sent = version, t.bytes })
	for {
		object, known, err := d.Ledger.ObjectByVersion(ctx, d.Env.RawBucket, t.key, version)
		switch {
		case ctx.Err() != nil:
			return fmt.Errorf("%s: %w", t.key, ErrTimeout)
		case err != nil:
			return err
		case known:
			t.change(func(s *state) { s.object, s.known = object, true })
			if object.Status.Done() {
				return nil
			}
		}
		select {
		case <-ctx.Done():
			return fmt.Errorf("%s: %w", t.key, ErrTimeout)
		case <-time.After(pollPeriod):
		}
	}
}

// well tells whether the file's rows are in the warehouse.
func well(status pipeline.Status) bool {
	return status == pipeline.Published || status == pipeline.Unchanged
}
