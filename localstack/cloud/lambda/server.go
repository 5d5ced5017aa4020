package lambda

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"sync"
	"time"

	"go.etcd.io/bbolt"

	"acequia/localstack/cloud/faults"
	"acequia/localstack/cloud/lambda/sandbox"
)

// Options configure a [Server].
type Options struct {
	// Region and AccountID are part of ARNs; us-east-1 and 000000000000 by default.
	Region    string
	AccountID string
	// Endpoint is the URL of the local cloud, which functions see as AWS_ENDPOINT_URL.
	Endpoint string
	// Environment holds variables for every function; a function's own win over them.
	Environment map[string]string
	// LogDir receives <function>.log; "logs" in the server's directory by default.
	LogDir string
	// MaxProcesses is how many processes of one function may run at once; 4 by default.
	MaxProcesses int
	// IdleAfter is how long a process waits for another invocation before it is ended; 60 s by default.
	IdleAfter time.Duration
	// RetryDelays are the waits before each retry of an asynchronous invocation, the last one for all further ones;
	// 1 s and 2 s by default.
	RetryDelays []time.Duration
	// Queues are where mappings receive from, and where failed events go.
	Queues Queues
	// Faults may double asynchronous invocations and kill processes; nil for none.
	Faults *faults.Injector
	Logger *slog.Logger
	Now    func() time.Time
}

func (o *Options) setDefaults(dir string) {
	o.Region = cmp.Or(o.Region, "us-east-1")
	o.AccountID = cmp.Or(o.AccountID, "000000000000")
	o.LogDir = cmp.Or(o.LogDir, filepath.Join(dir, "logs"))
	o.MaxProcesses = cmp.Or(o.MaxProcesses, 4)
	o.IdleAfter = cmp.Or(o.IdleAfter, time.Minute)
	if len(o.RetryDelays) == 0 {
		o.RetryDelays = []time.Duration{time.Second, 2 * time.Second}
	}
	if o.Logger == nil {
		o.Logger = slog.New(slog.DiscardHandler)
	}
	if o.Now == nil {
		o.Now = time.Now
	}
}

// Server is a Lambda of one region and account. Its methods may be called concurrently.
type Server struct {
	options Options
	sandbox sandbox.Options
	db      *bbolt.DB

	mu        sync.Mutex
	functions map[string]*function
	mappings  []*mapping

	// stopping ends when the server takes in no more work; work counts the goroutines that end then.
	stopping context.Context
	stop     context.CancelFunc
	work     sync.WaitGroup
}

// Open opens the server whose state lies in dir, which is made if need be. Another process must not have it open.
func Open(dir string, opt Options) (*Server, error) {
	opt.setDefaults(dir)
	processes := filepath.Join(dir, "processes")
	if err := os.MkdirAll(processes, 0o755); err != nil { //nolint:gosec // the state is for whoever works on this machine
		return nil, fmt.Errorf("open Lambda's state: %w", err)
	}
	if err := sandbox.EndOrphans(processes); err != nil {
		return nil, err
	}
	db, err := openEvents(filepath.Join(dir, "events.db"))
	if err != nil {
		return nil, err
	}
	if !sandbox.MeasuresMemory() {
		opt.Logger.Warn("memory limits of functions are not enforced: this system does not show a process's memory in /proc")
	}
	s := &Server{
		options: opt, db: db, functions: map[string]*function{},
		sandbox: sandbox.Options{
			Region: opt.Region, Endpoint: opt.Endpoint, Variables: opt.Environment, LogDir: opt.LogDir,
			ProcessDir: processes, MaxProcesses: opt.MaxProcesses, IdleAfter: opt.IdleAfter, Faults: opt.Faults, Now: opt.Now,
		},
	}
	s.stopping, s.stop = context.WithCancel(context.Background())
	return s, nil
}

// AddFunction adds a function, with the asynchronous invocations of it that were stored before: they go on with [Server.Start].
func (s *Server) AddFunction(f Function) (arn string, err error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if _, taken := s.functions[f.Name]; taken {
		return "", fmt.Errorf("add function %s: there is one of this name already", f.Name)
	}
	arn = s.arn(f.Name)
	pool, err := sandbox.NewPool(sandbox.Function{
		Name: f.Name, ARN: arn, Binary: f.Binary, Handler: f.Handler, MemorySize: f.MemorySize, Timeout: f.Timeout,
		Reserved: f.Reserved, Variables: f.Environment,
	}, s.sandbox)
	if err != nil {
		return "", err
	}
	added := &function{Function: f, arn: arn, pool: pool, queue: newEventQueue(s.db, f.Name)}
	if err := added.queue.load(); err != nil {
		return "", errors.Join(err, pool.Close(context.Background()))
	}
	s.functions[f.Name] = added
	return arn, nil
}

// Start begins with the asynchronous invocations and the event source mappings. Functions call the services of the local
// cloud, so those must answer at [Options].Endpoint by now.
func (s *Server) Start() {
	for _, f := range s.sorted() {
		for range max(f.pool.Width(), 1) {
			s.work.Go(func() { s.workAsync(f) })
		}
	}
	for _, m := range s.allMappings() {
		for range m.pollers() {
			s.work.Go(func() { s.poll(m) })
		}
	}
}

// Close takes in no more work, lets the invocations that run finish until ctx ends, and then ends them: those that were
// asynchronous, and the messages of a batch, come again after the next start.
func (s *Server) Close(ctx context.Context) error {
	s.stop()
	s.mu.Lock()
	functions := s.functions
	s.mu.Unlock()
	var closing sync.WaitGroup
	errs := make(chan error, len(functions))
	for _, f := range functions {
		closing.Go(func() { errs <- f.pool.Close(ctx) })
	}
	closing.Wait()
	s.work.Wait()
	close(errs)
	var all []error
	for err := range errs {
		all = append(all, err)
	}
	return errors.Join(append(all, s.db.Close())...)
}
