package sandbox

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"sync"
	"time"
)

// environment is an execution environment: a process, the Runtime API that it speaks, and its log.
type environment struct {
	function Function
	options  Options
	stamp    fileStamp
	// accessKey is the one that the process signs its requests with, and no other process does.
	accessKey string

	cmd     *exec.Cmd
	api     *runtimeAPI
	log     *stream
	started time.Time
	// initialized is set by the first invocation, once the process has asked for it.
	initialized bool
	// retire ends the environment when it has been idle for too long; nil before it was idle.
	retire *time.Timer

	// exited is closed when the process has ended; exitErr is set then.
	exited  chan struct{}
	exitErr error
	closing sync.Once
}

// fileStamp tells one build of a binary from another.
type fileStamp struct {
	modified time.Time
	size     int64
}

func stampOf(binary string) (fileStamp, error) {
	info, err := os.Stat(binary)
	if err != nil {
		return fileStamp{}, fmt.Errorf("find the function's binary (has it been built?): %w", err)
	}
	return fileStamp{info.ModTime(), info.Size()}, nil
}

func startEnvironment(f Function, opt Options, to *logFile, stamp fileStamp) (*environment, error) {
	api, err := listenRuntimeAPI(f.ARN)
	if err != nil {
		return nil, err
	}
	log, err := newStream(to)
	if err != nil {
		api.close()
		return nil, err
	}
	e := &environment{
		function: f, options: opt, stamp: stamp, api: api, log: log,
		started: opt.Now(), exited: make(chan struct{}), accessKey: newAccessKey(),
	}
	binary, err := filepath.Abs(f.Binary)
	if err == nil {
		e.cmd = exec.Command(binary)
		e.cmd.Dir = filepath.Dir(binary)
		e.cmd.Env = environ(f, opt, e.cmd.Dir, api.address(), e.accessKey)
		e.cmd.Stdout, e.cmd.Stderr = log.w, log.w
		e.cmd.SysProcAttr = processAttributes()
		err = e.start()
	}
	if err != nil {
		api.close()
		log.close()
		return nil, fmt.Errorf("start %s: %w", f.Binary, err)
	}
	rememberProcess(opt.ProcessDir, e.cmd.Process.Pid, binary)
	return e, nil
}

// start starts the process and waits for its end on one thread: Linux sends the signal of Pdeathsig when the *thread*
// that started the process ends, so that thread must live as long as the process.
func (e *environment) start() error {
	started := make(chan error)
	go func() {
		runtime.LockOSThread()
		defer runtime.UnlockOSThread()
		err := e.cmd.Start()
		started <- err
		if err != nil {
			return
		}
		e.exitErr = e.cmd.Wait()
		forgetProcess(e.options.ProcessDir, e.cmd.Process.Pid)
		close(e.exited)
	}()
	return <-started
}

func (e *environment) alive() bool {
	select {
	case <-e.exited:
		return false
	default:
		return true
	}
}

// kill ends the process and those that it started. Once it has ended, its number may be another's.
func (e *environment) kill() {
	if e.alive() {
		killProcessGroup(e.cmd.Process.Pid)
	}
}

// close ends the environment. It does not return before the process is gone.
func (e *environment) close() {
	e.closing.Do(func() {
		if e.retire != nil {
			e.retire.Stop()
		}
		e.kill()
		<-e.exited
		e.api.close()
		e.log.close()
	})
}

// exitMessage says how the process ended, in Lambda's words.
func (e *environment) exitMessage() string {
	var exit *exec.ExitError
	switch {
	case e.exitErr == nil:
		return "Runtime exited without providing a reason"
	case errors.As(e.exitErr, &exit):
		return "Runtime exited with error: " + exit.String()
	default:
		return "Runtime exited with error: " + e.exitErr.Error()
	}
}
