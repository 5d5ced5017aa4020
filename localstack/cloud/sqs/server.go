package sqs

import (
	"cmp"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"time"

	"acequia/localstack/cloud/faults"
	"acequia/localstack/cloud/sqs/internal/queue"
)

// Options says how a Server behaves. The zero value is ready to use.
type Options struct {
	// Region is the region in ARNs; us-east-1 if empty.
	Region string
	// Now is the clock; time.Now if nil.
	Now func() time.Time
	// Logger is told of what fails inside the server; slog.Default if nil.
	Logger *slog.Logger
	// Faults happen to what callers in this process receive and delete; nil for none.
	Faults *faults.Injector
}

// Server is SQS: an http.Handler of its API, and the same queues for callers in this process.
type Server struct {
	store *queue.Store
	log   *slog.Logger
}

// Open opens the queues that lie in the folder dir, which is made if it does not exist. Only one process may have them
// open.
func Open(dir string, opt Options) (*Server, error) {
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return nil, fmt.Errorf("make the folder of the queues: %w", err)
	}
	now := opt.Now
	if now == nil {
		now = time.Now
	}
	log := cmp.Or(opt.Logger, slog.Default())
	store, err := queue.Open(filepath.Join(dir, "queues.db"), queue.Options{
		Region: cmp.Or(opt.Region, "us-east-1"), Now: now, Log: log, Faults: opt.Faults,
	})
	if err != nil {
		return nil, err
	}
	return &Server{store: store, log: log}, nil
}

// Close ends the receivers that wait, and closes the queues. It is called once.
func (s *Server) Close() error { return s.store.Close() }

// FaultsChanged is to be called when a plan of faults was switched on or off: what it held back becomes visible, and what is in
// flight keeps to its limits.
func (s *Server) FaultsChanged() { s.store.FaultsChanged() }
