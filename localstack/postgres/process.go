package postgres

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"syscall"
	"time"
)

// process finds the server that runs on the data.
func (c *cluster) process() (pid int, running bool) {
	b, err := os.ReadFile(c.pidFile())
	if err != nil {
		return 0, false
	}
	first, _, _ := strings.Cut(string(b), "\n")
	pid, err = strconv.Atoi(strings.TrimSpace(first))
	if err != nil || pid <= 0 {
		return 0, false
	}
	return pid, c.serves(pid)
}

func (c *cluster) pidFile() string { return filepath.Join(c.data(), "postmaster.pid") }

// forgetStranger removes a pid file whose number belongs to a process that is no server of ours: the server was killed,
// and its number was given away (a container starts to count again at 1), or is kept by a zombie that nobody waits for.
// Postgres itself cannot tell and would not start. The file also says which memory the killed server's children share, so
// it goes only when none of them is left: two servers' children on the same data would ruin it.
func (c *cluster) forgetStranger(ctx context.Context) error {
	pid, ours := c.process()
	if pid == 0 || ours || errors.Is(syscall.Kill(pid, 0), syscall.ESRCH) {
		return nil
	}
	for c.orphans() {
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-time.After(20 * time.Millisecond):
		}
	}
	return os.Remove(c.pidFile())
}

// orphans tells whether any process still works on the data. They end by themselves when they miss their parent.
func (c *cluster) orphans() bool {
	all, err := filepath.Glob("/proc/[0-9]*") // none on a system without /proc
	if err != nil {
		return false
	}
	for _, dir := range all {
		if pid, err := strconv.Atoi(filepath.Base(dir)); err == nil && c.serves(pid) {
			return true
		}
	}
	return false
}

// serves tells whether the process is a server on this data: a server's working directory is its data.
func (c *cluster) serves(pid int) bool {
	if runtime.GOOS == "linux" {
		cwd, err := os.Stat(fmt.Sprintf("/proc/%d/cwd", pid))
		if err != nil {
			return false
		}
		data, err := os.Stat(c.data())
		return err == nil && os.SameFile(cwd, data)
	}
	out, err := exec.Command("ps", "-o", "args=", "-p", strconv.Itoa(pid)).Output()
	return err == nil && strings.Contains(string(out), c.data())
}

// end stops the server: at once for its clients (SIGINT, "fast shutdown"), and without a final checkpoint (SIGQUIT) if it
// takes too long.
func (c *cluster) end(ctx context.Context, pid int) error {
	for _, signal := range []syscall.Signal{syscall.SIGINT, syscall.SIGQUIT} {
		if err := syscall.Kill(pid, signal); err != nil && !errors.Is(err, syscall.ESRCH) {
			return fmt.Errorf("stopping the private Postgres (process %d): %w", pid, err)
		}
		for deadline := time.Now().Add(30 * time.Second); time.Now().Before(deadline); {
			if !c.serves(pid) {
				return nil
			}
			select {
			case <-ctx.Done():
				return ctx.Err()
			case <-time.After(20 * time.Millisecond):
			}
		}
	}
	return fmt.Errorf("the private Postgres (process %d) does not stop", pid)
}
