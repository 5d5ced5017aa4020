package e2e

import (
	"context"
	"os"
	"os/exec"
	"strconv"
	"syscall"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/lambda"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/sqs"
	"github.com/jackc/pgx/v5/pgxpool"

	"acequia/localstack/stack"
	"acequia/shared/pgstore"
	"acequia/shared/s3store"
	"acequia/test/built"
	"acequia/test/pgtest"
)

// firstPort is where the stacks of the tests look for a free port, away from where a person's would be.
const firstPort = 14700

// A world is a stack of a test's own, with clients of all that it offers.
type world struct {
	*testing.T
	paths  stack.Paths
	binary string
	// settings are what the command line reads from its environment.
	settings []string

	env    stack.Environment
	s3     *s3.Client
	sqs    *sqs.Client
	lambda *lambda.Client
	// ledger reads what people read; db answers what it has no words for.
	ledger *pgstore.Store
	db     *pgxpool.Pool
}

// newWorld starts a stack that cuts chunks of at least chunkSize bytes; 0 means the default. Further settings are those of the
// command line.
func newWorld(t *testing.T, chunkSize int, settings ...string) *world {
	t.Helper()
	databaseURL := pgtest.New(t)
	checkout, err := built.Build()
	if err != nil {
		t.Fatal(err)
	}
	w := &world{T: t, paths: stack.Paths{Root: mirror(t, checkout.Root)}, binary: checkout.CommandLine()}
	w.settings = []string{"DATABASE_URL=" + databaseURL, "ACEQUIA_PORT=" + strconv.Itoa(firstPort)}
	w.settings = append(w.settings, settings...)
	if chunkSize > 0 {
		w.settings = append(w.settings, "CHUNK_SIZE="+strconv.Itoa(chunkSize))
	}
	t.Cleanup(func() { w.cli("down") })
	t.Cleanup(func() {
		if t.Failed() {
			w.explain()
		}
	})
	w.up()
	if w.ledger, err = pgstore.Open(t.Context(), databaseURL); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(w.ledger.Close)
	if w.db, err = pgxpool.New(t.Context(), databaseURL); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(w.db.Close)
	return w
}

// up starts what does not run, and makes clients of it.
func (w *world) up() {
	w.Helper()
	w.cli("up")
	env, err := stack.ReadEnvironment(w.paths.Environment())
	if err != nil {
		w.Fatal(err)
	}
	cfg, err := env.AWSConfig(w.Context())
	if err != nil {
		w.Fatal(err)
	}
	w.env, w.s3, w.sqs, w.lambda = env, s3store.ClientOf(cfg), sqs.NewFromConfig(cfg), lambda.NewFromConfig(cfg)
}

// kill ends the local cloud as a crash would.
func (w *world) kill() {
	w.Helper()
	running, ok := stack.FindRunning(w.paths)
	if !ok {
		w.Fatal("there is no local cloud to kill")
	}
	if err := syscall.Kill(running.PID, syscall.SIGKILL); err != nil {
		w.Fatal(err)
	}
	w.within(10*time.Second, "the local cloud to be gone", func() bool {
		_, runs := stack.FindRunning(w.paths)
		return !runs
	})
}

// cli runs the command line in the world's checkout, and gives what it says.
func (w *world) cli(args ...string) string {
	w.Helper()
	out, err := w.command(args...)
	if err != nil {
		w.Errorf("acequia-local %v: %v\n%s", args, err, out)
		w.FailNow()
	}
	return out
}

// refuses is cli for what is not to succeed.
func (w *world) refuses(args ...string) string {
	w.Helper()
	out, err := w.command(args...)
	if err == nil {
		w.Errorf("acequia-local %v succeeds:\n%s", args, out)
	}
	return out
}

func (w *world) command(args ...string) (string, error) {
	// Not the test's context, which has ended when a cleanup runs.
	ctx, cancel := context.WithTimeout(context.Background(), 2*time.Minute)
	defer cancel()
	cmd := exec.CommandContext(ctx, w.binary, args...)
	cmd.Dir, cmd.Env = w.paths.Root, built.Environ(cmd, w.settings...)
	out, err := cmd.CombinedOutput()
	return string(out), err
}

// within waits until ok, and ends the test if that takes too long.
func (w *world) within(patience time.Duration, what string, ok func() bool) {
	w.Helper()
	for deadline := time.Now().Add(patience); !ok(); time.Sleep(50 * time.Millisecond) {
		if time.Now().After(deadline) {
			w.Fatalf("waited %s for %s", patience, what)
		}
	}
}

// explain logs what a person would look at: the state of all, and the end of the local cloud's log.
func (w *world) explain() {
	w.Logf("status:\n%s", w.cli("status"))
	log, err := os.ReadFile(w.paths.CloudLog())
	if err != nil {
		w.Log(err)
	}
	w.Logf("the local cloud's log ends with:\n%s", log[max(0, len(log)-4000):])
}
