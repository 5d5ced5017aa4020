package stack

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"syscall"
	"time"
)

// startTimeout bounds how long the local cloud may take until it is ready.
const startTimeout = 60 * time.Second

// spawn starts the local cloud in a process of its own that outlives this one, and waits until it is ready.
func (s *Stack) spawn(ctx context.Context, executable, print string, cfg Config, databaseURL string) (Running, error) {
	log, err := os.OpenFile(s.Paths.CloudLog(), os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
	if err != nil {
		return Running{}, err
	}
	defer log.Close()
	before, err := log.Seek(0, io.SeekEnd)
	if err != nil {
		return Running{}, err
	}
	//nolint:noctx // It is to outlive this command.
	cmd := exec.Command(executable, "serve", "-port", strconv.Itoa(cfg.Port), "-fingerprint", print)
	cmd.Dir = s.Paths.Root
	// The URL holds a password: everybody sees a command's arguments, but not its environment.
	cmd.Env = append(os.Environ(), "DATABASE_URL="+databaseURL, "AWS_REGION="+cfg.Region, "CHUNK_SIZE="+number(cfg.ChunkSize),
		"MAX_RECEIVE_COUNT="+number(int64(cfg.MaxReceives)), "WALK_LIMIT="+walkLimit(cfg))
	cmd.Stdout, cmd.Stderr = log, log
	cmd.SysProcAttr = &syscall.SysProcAttr{Setsid: true}
	if err := cmd.Start(); err != nil {
		return Running{}, fmt.Errorf("starting the local cloud: %w", err)
	}
	exited := make(chan struct{})
	go func() {
		_ = cmd.Wait() // what it says of its end is in its log
		close(exited)
	}()
	running, err := s.ready(ctx, cmd.Process.Pid, exited)
	if err != nil {
		return Running{}, fmt.Errorf("%w; %s ends with:\n%s", err, s.Paths.Relative(s.Paths.CloudLog()),
			tail(s.Paths.CloudLog(), before))
	}
	return running, nil
}

// number gives nothing for 0, which stands for the template's default.
func number(n int64) string {
	if n == 0 {
		return ""
	}
	return strconv.FormatInt(n, 10)
}

func walkLimit(cfg Config) string {
	if cfg.WalkLimit == 0 {
		return ""
	}
	return cfg.WalkLimit.String()
}

// ready waits until the process says that it is the checkout's local cloud, and answers.
func (s *Stack) ready(ctx context.Context, pid int, exited <-chan struct{}) (Running, error) {
	ctx, cancel := context.WithTimeout(ctx, startTimeout)
	defer cancel()
	for {
		if r, runs := FindRunning(s.Paths); runs && r.PID == pid && Healthy(ctx, r.Endpoint) {
			return r, nil
		}
		select {
		case <-exited:
			return Running{}, errors.New("the local cloud did not start")
		case <-ctx.Done():
			return Running{}, fmt.Errorf("the local cloud is not ready: %w", ctx.Err())
		case <-time.After(30 * time.Millisecond):
		}
	}
}

// HealthPath is where the local cloud says how it is.
const HealthPath = "/_acequia/health"

// Healthy tells whether a local cloud answers there.
func Healthy(ctx context.Context, endpoint string) bool {
	ctx, cancel := context.WithTimeout(ctx, 5*time.Second)
	defer cancel()
	request, err := http.NewRequestWithContext(ctx, http.MethodGet, endpoint+HealthPath, nil)
	if err != nil {
		return false
	}
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		return false
	}
	defer response.Body.Close()
	return response.StatusCode == http.StatusOK
}

// tail gives the last lines of what was written to a log after an offset.
func tail(path string, from int64) string {
	f, err := os.Open(path)
	if err != nil {
		return err.Error()
	}
	defer f.Close()
	said, err := io.ReadAll(io.NewSectionReader(f, from, 1<<20))
	if err != nil {
		return err.Error()
	}
	lines := strings.Split(strings.TrimSpace(string(said)), "\n")
	return strings.Join(lines[max(0, len(lines)-10):], "\n")
}
