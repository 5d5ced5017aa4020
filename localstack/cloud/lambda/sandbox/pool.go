package sandbox

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"time"

	"acequia/localstack/cloud/faults"
)

// Options are shared by the pools of all functions.
type Options struct {
	Region string
	// Endpoint is where functions reach the services of the local cloud: AWS_ENDPOINT_URL.
	Endpoint string
	// Variables are environment variables that every function gets; a function's own win over them.
	Variables map[string]string
	// LogDir receives <function>.log.
	LogDir string
	// ProcessDir remembers the running processes where they do not end with the local cloud by themselves.
	ProcessDir string
	// MaxProcesses is how many processes of one function run at once. Further invocations wait for one of them.
	MaxProcesses int
	// IdleAfter is how long a process waits for another invocation before it is ended.
	IdleAfter time.Duration
	// Faults may kill processes; nil for none.
	Faults *faults.Injector
	Logger *slog.Logger
	Now    func() time.Time
}

// Pool runs the invocations of one function. Its methods may be called concurrently.
type Pool struct {
	function Function
	options  Options
	log      *logFile
	// slots has room for as many as may run at once.
	slots chan struct{}

	mu       sync.Mutex
	closed   bool
	inFlight int
	drained  *sync.Cond
	idle     []*environment // the one used last stands last
	living   map[*environment]struct{}
	spent    Spent
}

// NewPool opens the function's log. No process runs before the first invocation.
func NewPool(f Function, opt Options) (*Pool, error) {
	log, err := openLog(opt.LogDir, f.Name)
	if err != nil {
		return nil, fmt.Errorf("open the log of function %s: %w", f.Name, err)
	}
	p := &Pool{
		function: f, options: opt, log: log,
		slots: make(chan struct{}, width(f, opt)), living: map[*environment]struct{}{},
		spent: Spent{MemorySizeMB: f.MemorySize},
	}
	p.drained = sync.NewCond(&p.mu)
	return p, nil
}

func width(f Function, opt Options) int {
	if f.Reserved != nil {
		return min(*f.Reserved, opt.MaxProcesses)
	}
	return opt.MaxProcesses
}

// Width is the number of invocations that can run at once: the reserved concurrency or the local cap, whichever is less.
func (p *Pool) Width() int { return cap(p.slots) }

// Invoke runs an invocation and waits for its end, at first for a free process. An invocation that has begun is not
// stopped when ctx ends. Errors are [ErrThrottled], [ErrClosed] and the context's: the function has not run then.
func (p *Pool) Invoke(ctx context.Context, in Invocation) (Result, error) {
	if err := p.enter(); err != nil {
		return Result{}, err
	}
	defer p.leave()
	select {
	case p.slots <- struct{}{}:
		defer func() { <-p.slots }()
	case <-ctx.Done():
		return Result{}, fmt.Errorf("wait for a process of function %s: %w", p.function.Name, ctx.Err())
	}
	env, err := p.take()
	if errors.Is(err, ErrClosed) {
		return Result{}, err
	}
	if err != nil {
		return p.cannotStart(in, err), nil
	}
	result := env.run(in)
	p.count(result)
	p.give(env)
	return result, nil
}

func (p *Pool) enter() error {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.closed {
		return ErrClosed
	}
	if p.function.Reserved != nil && p.inFlight >= *p.function.Reserved {
		return ErrThrottled
	}
	p.inFlight++
	return nil
}

func (p *Pool) leave() {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.inFlight--
	p.drained.Broadcast()
}

// take gives the warm environment that was used last, or a new one.
func (p *Pool) take() (*environment, error) {
	stamp, err := stampOf(p.function.Binary)
	if err != nil {
		return nil, err
	}
	env, err := p.takeIdle(stamp)
	if env != nil || err != nil {
		return env, err
	}
	env, err = startEnvironment(p.function, p.options, p.log, stamp)
	if err != nil {
		return nil, err
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	p.living[env] = struct{}{}
	if p.closed {
		defer p.end(env)
		return nil, ErrClosed
	}
	return env, nil
}

// takeIdle ends the idle environments that have died or run an old binary until it finds one of use.
func (p *Pool) takeIdle(stamp fileStamp) (*environment, error) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.closed {
		return nil, ErrClosed
	}
	for len(p.idle) > 0 {
		env := p.idle[len(p.idle)-1]
		p.idle = p.idle[:len(p.idle)-1]
		if env.alive() && env.stamp == stamp {
			env.retire.Stop()
			return env, nil
		}
		p.end(env)
	}
	return nil, nil
}

// give returns an environment after an invocation, for the next or for its end.
func (p *Pool) give(env *environment) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.closed || !env.alive() {
		p.end(env)
		return
	}
	p.idle = append(p.idle, env)
	env.retire = time.AfterFunc(p.options.IdleAfter, func() { p.retire(env) })
}

// retire ends an environment if it is still idle.
func (p *Pool) retire(env *environment) {
	p.mu.Lock()
	defer p.mu.Unlock()
	for i, other := range p.idle {
		if other == env {
			p.idle = append(p.idle[:i], p.idle[i+1:]...)
			p.end(env)
			return
		}
	}
}

// end ends an environment; p.mu is held.
func (p *Pool) end(env *environment) {
	delete(p.living, env)
	env.close()
}

// cannotStart is the result where no process can be started: as on AWS, it is the function's failure.
func (p *Pool) cannotStart(in Invocation, err error) Result {
	end := failedOutcome(in.RequestID, errorEntrypoint, err.Error())
	p.log.write([]byte(end.note + "\n"))
	return Result{Payload: end.payload, Failed: true, LogTail: []byte(end.note)}
}

// Usage is what runs of a function at a moment.
type Usage struct {
	// Running counts invocations, those that wait for a process included.
	Running int `json:"running"`
	// Warm counts processes that wait for an invocation.
	Warm int `json:"warm"`
	// Spent is what has run since the start of the local cloud.
	Spent
}

// Spent sums up the REPORT lines of a function's log: what AWS would bill, before rounding by the month.
type Spent struct {
	Invocations int64 `json:"invocations"`
	// Errors counts the invocations that failed, Starts those that a process was started for.
	Errors int64 `json:"errors"`
	Starts int64 `json:"starts"`
	// BilledMilliseconds times MemorySizeMB is what costs money.
	BilledMilliseconds int64 `json:"billed_ms"`
	MemorySizeMB       int   `json:"memory_size_mb"`
	// MaxMemoryUsedMB is the most that any process has used, rounded up.
	MaxMemoryUsedMB int64 `json:"max_memory_used_mb"`
}

// count adds an invocation to what was spent.
func (p *Pool) count(result Result) {
	p.mu.Lock()
	defer p.mu.Unlock()
	p.spent.Invocations++
	if result.Failed {
		p.spent.Errors++
	}
	if result.report.init > 0 {
		p.spent.Starts++
	}
	p.spent.BilledMilliseconds += result.report.billed()
	p.spent.MaxMemoryUsedMB = max(p.spent.MaxMemoryUsedMB, megabytes(result.report.memoryUsed))
}

// Usage tells what runs now.
func (p *Pool) Usage() Usage {
	p.mu.Lock()
	defer p.mu.Unlock()
	return Usage{Running: p.inFlight, Warm: len(p.idle), Spent: p.spent}
}

// Close takes no more invocations, lets those that run finish until ctx ends, and ends all processes. A second Close does
// nothing.
func (p *Pool) Close(ctx context.Context) error {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.closed {
		return nil
	}
	p.closed = true
	stop := context.AfterFunc(ctx, func() {
		p.mu.Lock()
		defer p.mu.Unlock()
		for env := range p.living {
			env.kill()
		}
	})
	defer stop()
	for p.inFlight > 0 {
		p.drained.Wait()
	}
	for env := range p.living {
		p.end(env)
	}
	return p.log.close()
}
