package stack_test

import (
	"context"
	"fmt"
	"net/http"
	"os"
	"os/signal"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	s3client "github.com/aws/aws-sdk-go-v2/service/s3"

	"acequia/localstack/cloud/s3"
	"acequia/localstack/postgres"
	"acequia/localstack/stack"
	"acequia/shared/s3store"
)

// The test binary plays the command line: up starts it again with "serve".
func TestMain(m *testing.M) {
	if len(os.Args) > 1 && os.Args[1] == "serve" {
		if err := serve(os.Args[2:]); err != nil {
			fmt.Fprintln(os.Stderr, err)
			os.Exit(1)
		}
		os.Exit(0)
	}
	os.Exit(m.Run())
}

func serve(args []string) error {
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGTERM)
	defer stop()
	dir, err := os.Getwd()
	if err != nil {
		return err
	}
	port, err := strconv.Atoi(args[1])
	if err != nil {
		return err
	}
	cfg := stack.ServeConfig{Port: port, Fingerprint: args[3], Region: "us-east-1"}
	return stack.Serve(ctx, stack.Paths{Root: dir}, cfg, openCloud)
}

// cloud is a local cloud with nothing but buckets.
type cloud struct{ *s3.Server }

func openCloud(_ context.Context, spec stack.CloudSpec) (stack.Cloud, error) {
	server, err := s3.Open(spec.Dir, s3.Options{Region: spec.Region})
	if err != nil {
		return nil, err
	}
	return cloud{server}, server.EnsureBucket(stack.DefaultEnvironment().ContractsBucket, true)
}

func (c cloud) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if r.URL.Path == stack.HealthPath {
		return
	}
	c.Server.ServeHTTP(w, r)
}

func (c cloud) Start() {}

func (c cloud) Close(context.Context) error { return c.Server.Close() }

// fixture is a checkout with a stack, and what it said.
type fixture struct {
	*stack.Stack
	said []string
}

func newFixture(t *testing.T) *fixture {
	t.Helper()
	f := &fixture{}
	root, err := filepath.EvalSymlinks(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	f.Stack = &stack.Stack{
		Paths:   stack.Paths{Root: root},
		Migrate: func(context.Context, string) error { return nil },
		Say:     func(s string) { f.said = append(f.said, s) },
	}
	f.write(t, f.Paths.Template(), "Resources: {}")
	f.write(t, filepath.Join(f.Paths.Contracts(), "sales.odcs.yaml"), "id: one")
	f.write(t, filepath.Join(f.Paths.Functions(), "clean", "bootstrap"), "")
	t.Cleanup(func() {
		if err := f.Clean(context.Background()); err != nil {
			t.Error(err)
		}
	})
	return f
}

func (f *fixture) write(t *testing.T, path, content string) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
		t.Fatal(err)
	}
}

func (f *fixture) up(t *testing.T, cfg stack.Config) (stack.Environment, stack.Running, string) {
	t.Helper()
	f.said = nil
	cfg.Region, cfg.Port = "us-east-1", 14566
	env, err := f.Up(t.Context(), cfg)
	if err != nil {
		t.Fatal(err)
	}
	running, ok := stack.FindRunning(f.Paths)
	if !ok || running.Endpoint != env.Endpoint {
		t.Fatalf("running %+v, %t; want the one on %s", running, ok, env.Endpoint)
	}
	return env, running, strings.Join(f.said, "\n")
}

func TestStackLivesAndDiesAndLivesAgain(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	// A server whose data may be lost with the power starts in a fraction of the time; up finds it running.
	if _, err := postgres.Start(t.Context(), f.Paths.Postgres(), postgres.Options{Disposable: true}); err != nil {
		t.Fatal(err)
	}
	env, first, said := f.up(t, stack.Config{})
	mention(t, said, "Postgres: runs already", "Local cloud: started", "sales.odcs.yaml")
	if written, err := stack.ReadEnvironment(f.Paths.Environment()); err != nil || written != env {
		t.Errorf("wrote %+v, %v; want %+v", written, err, env)
	}

	_, again, said := f.up(t, stack.Config{DatabaseURL: env.DatabaseURL}) // as from a shell that sourced .local/env
	mention(t, said, "Postgres: runs already", "Local cloud: runs already")
	if again.PID != first.PID {
		t.Error("a second up started another cloud")
	}

	if err := syscall.Kill(first.PID, syscall.SIGKILL); err != nil {
		t.Fatal(err)
	}
	waitUntil(t, func() bool { _, runs := stack.FindRunning(f.Paths); return !runs })
	env, killed, said := f.up(t, stack.Config{})
	mention(t, said, "Local cloud: started")
	if versions := versions(t, env); versions != 1 {
		t.Errorf("%d versions of the contract, want the one that was there before kill -9", versions)
	}

	f.write(t, filepath.Join(f.Paths.Contracts(), "sales.odcs.yaml"), "id: two")
	env, changed, said := f.up(t, stack.Config{ChunkSize: 1 << 16})
	mention(t, said, "Local cloud: restarted")
	if changed.PID == killed.PID || versions(t, env) != 2 {
		t.Error("settings or contracts that changed did not arrive")
	}

	f.said = nil
	if err := f.Down(t.Context()); err != nil {
		t.Fatal(err)
	}
	mention(t, strings.Join(f.said, "\n"), "Postgres: stopped", "Local cloud: stopped")
	if _, runs := stack.FindRunning(f.Paths); runs {
		t.Error("the cloud runs after down")
	}
	if err := f.Clean(t.Context()); err != nil {
		t.Fatal(err)
	}
	if items, err := f.Items(); err != nil || len(items) != 0 {
		t.Errorf("%v, %v is left after clean", items, err)
	}
}

func TestWhatCannotStartSaysWhy(t *testing.T) {
	t.Parallel()
	f := newFixture(t)
	if err := os.RemoveAll(f.Paths.Functions()); err != nil {
		t.Fatal(err)
	}
	_, err := f.Up(t.Context(), stack.Config{})
	if err == nil || !strings.Contains(err.Error(), "make build") {
		t.Errorf("err = %v, want the remedy", err)
	}
}

func versions(t *testing.T, env stack.Environment) int {
	t.Helper()
	cfg, err := env.AWSConfig(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	out, err := s3store.ClientOf(cfg).ListObjectVersions(t.Context(), &s3client.ListObjectVersionsInput{Bucket: &env.ContractsBucket})
	if err != nil {
		t.Fatal(err)
	}
	return len(out.Versions)
}

func mention(t *testing.T, said string, words ...string) {
	t.Helper()
	for _, w := range words {
		if !strings.Contains(said, w) {
			t.Errorf("%q is missing in what was said:\n%s", w, said)
		}
	}
}

func waitUntil(t *testing.T, done func() bool) {
	t.Helper()
	for deadline := time.Now().Add(10 * time.Second); !done(); time.Sleep(10 * time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatal("it did not happen within 10 s")
		}
	}
}
