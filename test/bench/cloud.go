package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/lambda"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/sqs"

	"acequia/localstack/desk"
	"acequia/localstack/stack"
	"acequia/shared/pgstore"
	"acequia/shared/pipeline"
	"acequia/shared/s3store"
)

// cloud is a local cloud of the benchmark's own, with the functions of this checkout.
type cloud struct {
	paths  stack.Paths
	binary string
	env    stack.Environment
	s3     *s3.Client
	sqs    *sqs.Client
	lambda *lambda.Client
	raw    *desk.Bucket
	ledger *pgstore.Store
	pid    int
}

// startCloud starts a local cloud that works on the database, with its state below dir: to the command line, dir is a checkout
// whose infrastructure is a copy, and whose functions are those of this one.
func startCloud(ctx context.Context, checkout stack.Paths, dir, databaseURL string) (*cloud, error) {
	c := &cloud{
		paths:  stack.Paths{Root: dir},
		binary: filepath.Join(checkout.State(), "bin", "acequia-local"),
	}
	if err := mirror(checkout, c.paths); err != nil {
		return nil, fmt.Errorf("making a checkout for the benchmark: %w", err)
	}
	if err := c.command(ctx, "up", "DATABASE_URL="+databaseURL, "ACEQUIA_PORT=14566"); err != nil {
		return nil, err
	}
	if err := c.connect(ctx); err != nil {
		return c, err
	}
	running, runs := stack.FindRunning(c.paths)
	if !runs {
		return c, errors.New("the local cloud has ended already")
	}
	c.pid = running.PID
	return c, nil
}

func mirror(checkout, to stack.Paths) error {
	infra := filepath.Join(to.Root, "infra")
	if err := os.CopyFS(infra, os.DirFS(filepath.Join(checkout.Root, "infra"))); err != nil {
		return err
	}
	if err := os.MkdirAll(to.State(), 0o755); err != nil { //nolint:gosec // Postgres's account must be able to pass through.
		return err
	}
	return os.Symlink(checkout.Functions(), to.Functions())
}

// command runs the command line on the benchmark's checkout.
func (c *cloud) command(ctx context.Context, verb string, settings ...string) error {
	cmd := exec.CommandContext(ctx, c.binary, verb)
	cmd.Dir = c.paths.Root
	cmd.Env = append(cmd.Environ(), settings...)
	if out, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("acequia-local %s: %w\n%s", verb, err, out)
	}
	return nil
}

func (c *cloud) connect(ctx context.Context) (err error) {
	if c.env, err = stack.ReadEnvironment(c.paths.Environment()); err != nil {
		return err
	}
	cfg, err := c.env.AWSConfig(ctx)
	if err != nil {
		return err
	}
	c.s3, c.sqs, c.lambda = s3store.ClientOf(cfg), sqs.NewFromConfig(cfg), lambda.NewFromConfig(cfg)
	c.raw = desk.NewBucket(c.s3, c.env.RawBucket)
	c.ledger, err = pgstore.Open(ctx, c.env.DatabaseURL)
	return err
}

// stop ends the local cloud. It is called when the benchmark's own context may have ended.
func (c *cloud) stop() error {
	if c.ledger != nil {
		c.ledger.Close()
	}
	return c.command(context.Background(), "down")
}

// pollPeriod is how long the ledger is left alone, at least, between two questions whether a file has ended. The longer a file takes,
// the longer that is: to ask costs both sides (a tenth of a second of each for 1,000 questions), and a two-hundredth of what is
// measured is exact enough.
const (
	pollPeriod = 5 * time.Millisecond
	pollShare  = 200
)

// upload puts a file into the raw bucket as people do, and gives its version.
func (c *cloud) upload(ctx context.Context, path, key string) (version string, err error) {
	return c.raw.Upload(ctx, path, key, func(int64) {})
}

// ended waits until the ledger says that the version has come to its end.
func (c *cloud) ended(ctx context.Context, key, version string) (pgstore.ObjectRow, error) {
	began := time.Now()
	for {
		o, known, err := c.ledger.ObjectByVersion(ctx, c.env.RawBucket, key, version)
		if err != nil || known && o.Status.Done() {
			return o, err
		}
		select {
		case <-ctx.Done():
			return o, ctx.Err()
		case <-time.After(max(pollPeriod, time.Since(began)/pollShare)):
		}
	}
}

// quiet waits until no queue holds a message: then all that an event set going has come to its end.
func (c *cloud) quiet(ctx context.Context) error {
	for {
		queues, err := desk.Queues(ctx, c.sqs, "")
		if err != nil {
			return err
		}
		busy := false
		for _, q := range queues {
			busy = busy || q.Waiting+q.InFlight+q.Delayed > 0
		}
		if !busy {
			return nil
		}
		time.Sleep(pollPeriod)
	}
}

// holds tells in what a published object differs from its account; it is nil if in nothing.
func holds(o pgstore.ObjectRow, a account) error {
	got := account{o.Records, o.Counts.Rejected, o.Counts.Duplicates}
	switch {
	case o.Status != pipeline.Published:
		return fmt.Errorf("%s is %s: %s", o.Object.Key, o.Status, strings.TrimSpace(o.Error))
	case got != a || o.Counts.Loaded != a.rows():
		return fmt.Errorf("%s: the ledger says %+v, the file holds %+v", o.Object.Key, o.Counts, a)
	}
	return nil
}
