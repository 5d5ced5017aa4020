package s3

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"sync"
	"time"
)

// Options configure a Server. The zero value works: us-east-1, the system's clock, no delivery, no log.
type Options struct {
	// Region is what GetBucketLocation and events name.
	Region string
	// Now is the clock.
	Now func() time.Time
	// Deliver hands a notification to its target. It is called at least once per notification, several at a time, in no
	// promised order, until it returns nil. Without it notifications wait in the outbox.
	Deliver func(context.Context, Notification) error
	// Logger is told of failures that no client sees: of the disk, of deliveries.
	Logger *slog.Logger
}

// Server is an http.Handler that speaks S3. Its methods are safe for concurrent use.
type Server struct {
	opt    Options
	db     *store
	blobs  *blobs
	outbox *outbox
}

// Open opens the state in dir, which it creates if it is missing, and deletes files that no object refers to. It fails if
// another process has dir open.
func Open(dir string, opt Options) (*Server, error) {
	if opt.Region == "" {
		opt.Region = "us-east-1"
	}
	if opt.Now == nil {
		opt.Now = time.Now
	}
	if opt.Logger == nil {
		opt.Logger = slog.New(slog.DiscardHandler)
	}
	if err := os.MkdirAll(dir, 0o750); err != nil {
		return nil, fmt.Errorf("create the directory of the S3 state: %w", err)
	}
	db, err := openStore(filepath.Join(dir, "index.db"))
	if err != nil {
		return nil, err
	}
	files, err := openBlobs(filepath.Join(dir, "blobs"))
	if err == nil {
		err = removeUnreferenced(db, files)
	}
	if err != nil {
		return nil, errors.Join(err, db.Close())
	}
	s := &Server{opt: opt, db: db, blobs: files}
	s.outbox = newOutbox(db, opt.Deliver, opt.Logger)
	return s, nil
}

// removeUnreferenced deletes what requests that never got their answer left behind.
func removeUnreferenced(db *store, files *blobs) error {
	referenced := map[string]bool{}
	err := db.view(func(t *tx) error {
		return t.eachBlob(func(name string) { referenced[name] = true })
	})
	if err != nil {
		return fmt.Errorf("read which files the S3 index refers to: %w", err)
	}
	return files.keepOnly(referenced)
}

// Start begins to deliver notifications, those of an earlier run first. Delivery ends with ctx or with Close; what was
// not delivered then waits for the next start. Start returns at once and is called at most once.
func (s *Server) Start(ctx context.Context) { s.outbox.start(ctx) }

// Close ends delivery and closes the index. Requests must have ended before.
func (s *Server) Close() error {
	s.outbox.stop()
	return s.db.Close()
}

// update runs fn in a read-write transaction of the index; then it unlinks the files that fn released and wakes the
// outbox if fn told it something. If fn fails, nothing has happened.
func (s *Server) update(fn func(*tx) error) error {
	var done *tx
	err := s.db.update(func(t *tx) error {
		done = t
		return fn(t)
	})
	if err != nil {
		return err
	}
	s.blobs.remove(done.released)
	if done.told {
		s.outbox.wake()
	}
	return nil
}

// now is the time in the resolution that S3 shows: a second.
func (s *Server) now() time.Time { return s.opt.Now().UTC().Truncate(time.Second) }

// buffers are for copying bodies: large enough that system calls do not count, small enough for many requests at once.
var buffers = sync.Pool{New: func() any { b := make([]byte, 256<<10); return &b }}
