package chaos

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"os"
	"os/exec"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/lambda"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/sqs"

	"acequia/localstack/cloud"
	"acequia/localstack/cloud/faults"
	"acequia/localstack/stack"
	"acequia/shared/s3store"
	"acequia/test/built"
)

// localCloud is the local cloud in a process of its own, which can be killed and started again on the same state.
type localCloud struct {
	paths    stack.Paths
	binary   string
	settings []string
	port     int

	mu  sync.Mutex
	cmd *exec.Cmd
	// plan is in force, also behind a restart.
	plan *faults.Plan
	// injected counts the faults of the plans that were in force.
	injected map[string]int
	clients
}

// clients are clients of a running cloud.
type clients struct {
	endpoint string
	s3       *s3.Client
	sqs      *sqs.Client
	lambda   *lambda.Client
}

func (c *localCloud) start(ctx context.Context) error {
	log, err := openLog(c.paths)
	if err != nil {
		return err
	}
	defer log.Close()
	cmd := exec.Command(c.binary, "serve", "-port", strconv.Itoa(c.port), "-fingerprint", "chaos")
	cmd.Dir, cmd.Env = c.paths.Root, built.Environ(cmd, c.settings...)
	cmd.Stdout, cmd.Stderr = log, log
	if err := cmd.Start(); err != nil {
		return fmt.Errorf("starting the local cloud: %w", err)
	}
	var running stack.Running
	err = within(ctx, 30*time.Second, "the local cloud to be ready", func(ctx context.Context) (ok bool, err error) {
		running, ok = stack.FindRunning(c.paths)
		return ok && running.PID == cmd.Process.Pid && stack.Healthy(ctx, running.Endpoint), nil
	})
	if err != nil {
		return errors.Join(err, cmd.Process.Kill())
	}
	env := stack.Environment{Endpoint: running.Endpoint, Region: "us-east-1"}
	cfg, err := env.AWSConfig(ctx)
	if err != nil {
		return err
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.cmd = cmd
	c.clients = clients{running.Endpoint, s3store.ClientOf(cfg), sqs.NewFromConfig(cfg), lambda.NewFromConfig(cfg)}
	if c.plan == nil {
		return nil
	}
	return c.put(ctx, *c.plan)
}

func openLog(p stack.Paths) (*os.File, error) {
	if err := os.MkdirAll(p.Logs(), 0o755); err != nil {
		return nil, err
	}
	return os.OpenFile(p.CloudLog(), os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
}

// now gives the clients of the process that runs now.
func (c *localCloud) now() clients {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.clients
}

// pid is the process that runs now, if one does.
func (c *localCloud) pid() (int, bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.cmd == nil {
		return 0, false
	}
	return c.cmd.Process.Pid, true
}

// kill is kill -9.
func (c *localCloud) kill() error {
	c.mu.Lock()
	defer c.mu.Unlock()
	if c.cmd == nil {
		return nil
	}
	err := c.cmd.Process.Kill()
	_ = c.cmd.Wait() // it says that the process was killed
	c.cmd = nil
	return err
}

// restart kills the cloud and starts it again.
func (c *localCloud) restart(ctx context.Context) error {
	c.keepCounts(ctx)
	if err := c.kill(); err != nil {
		return err
	}
	return c.start(ctx)
}

// setFaults puts faults in force.
func (c *localCloud) setFaults(ctx context.Context, p faults.Plan) error {
	c.keepCounts(ctx)
	c.mu.Lock()
	defer c.mu.Unlock()
	c.plan = &p
	return c.put(ctx, p)
}

const faultsPath = "/_acequia/faults"

func (c *localCloud) put(ctx context.Context, p faults.Plan) error {
	body, err := json.Marshal(p)
	if err != nil {
		return err
	}
	return call(ctx, http.MethodPut, c.endpoint+faultsPath, body, nil)
}

// keepCounts adds up what was injected so far: a new plan and a new process count from nothing.
func (c *localCloud) keepCounts(ctx context.Context) {
	var report faults.Report
	c.mu.Lock()
	defer c.mu.Unlock()
	if err := call(ctx, http.MethodGet, c.endpoint+faultsPath, nil, &report); err != nil {
		return // they are for people to read
	}
	for kind, n := range report.Injected {
		c.injected[string(kind)] += int(n)
	}
}

func (c *localCloud) health(ctx context.Context) (h cloud.Health, err error) {
	err = call(ctx, http.MethodGet, c.now().endpoint+stack.HealthPath, nil, &h)
	return h, err
}

// busy names who has something to do, and counts what lies in each dead-letter queue.
func (c *localCloud) busy(ctx context.Context) (busy []string, dead map[string]int, err error) {
	h, err := c.health(ctx)
	dead = map[string]int{}
	for _, q := range h.Queues {
		n := q.Visible + q.InFlight + q.Delayed
		switch {
		case n == 0:
		case strings.HasSuffix(q.Name, "-dlq"):
			dead[q.Name] = n
		default:
			busy = append(busy, fmt.Sprintf("%s: %d visible, %d in flight, %d delayed", q.Name, q.Visible, q.InFlight, q.Delayed))
		}
	}
	for _, f := range h.Functions {
		if f.Running+f.Events > 0 {
			busy = append(busy, fmt.Sprintf("%s: %d run, %d events wait", f.Name, f.Running, f.Events))
		}
	}
	return busy, dead, err
}

// call sends a request that is no service's, and reads the JSON of the answer if it is wanted.
func call(ctx context.Context, method, url string, body []byte, answer any) error {
	request, err := http.NewRequestWithContext(ctx, method, url, bytes.NewReader(body))
	if err != nil {
		return err
	}
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		return err
	}
	defer response.Body.Close()
	if response.StatusCode >= http.StatusBadRequest {
		return fmt.Errorf("%s %s: %s", method, url, response.Status)
	}
	if answer == nil {
		return nil
	}
	return json.NewDecoder(response.Body).Decode(answer)
}
