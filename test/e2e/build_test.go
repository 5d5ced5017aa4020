package e2e

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"acequia/localstack/stack"
)

// build brings the binaries up to date, once: a test of yesterday's functions would be believed. After `make test` there
// is nothing left to do.
var build = sync.OnceValues(func() (checkout string, err error) {
	checkout, err = filepath.Abs(filepath.Join("..", ".."))
	if err != nil {
		return "", err
	}
	cmd := exec.Command("make", "build")
	cmd.Dir, cmd.Env = checkout, environ()
	if out, err := cmd.CombinedOutput(); err != nil {
		return "", fmt.Errorf("the binaries could not be built with make build: %w\n%s", err, out)
	}
	return checkout, built(checkout)
})

// built looks at the binaries. That also tells `go test`, which caches results by what a test imports and looks at, to run
// these tests again when one has changed.
func built(checkout string) error {
	paths := stack.Paths{Root: checkout}
	binaries := []string{binary(checkout)}
	for _, name := range []string{"ingest", "clean", "transform", "load", "summarize", "reconcile"} {
		binaries = append(binaries, filepath.Join(paths.Functions(), name, "bootstrap"))
	}
	for _, path := range binaries {
		if _, err := os.Stat(path); err != nil {
			return fmt.Errorf("make build should have built it: %w", err)
		}
	}
	return nil
}

// binary is where a checkout's command line is.
func binary(checkout string) string { return filepath.Join(checkout, ".local", "bin", "acequia-local") }

// mirror makes a directory that is a checkout to the command line, with a state of its own: the infrastructure is a copy,
// the functions are those of this checkout.
func mirror(t *testing.T, checkout string) (root string) {
	t.Helper()
	root, err := filepath.EvalSymlinks(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	if err := os.CopyFS(filepath.Join(root, "infra"), os.DirFS(filepath.Join(checkout, "infra"))); err != nil {
		t.Fatal(err)
	}
	if err := os.Mkdir(filepath.Join(root, ".local"), 0o755); err != nil {
		t.Fatal(err)
	}
	for _, link := range []string{filepath.Join(".local", "functions"), "events", "test"} {
		if err := os.Symlink(filepath.Join(checkout, link), filepath.Join(root, link)); err != nil {
			t.Fatal(err)
		}
	}
	return root
}

// environ gives the tests' environment without what would point the command line, make or an AWS client elsewhere.
func environ(more ...string) []string {
	var env []string
	for _, v := range os.Environ() {
		ours := false
		for _, prefix := range []string{"AWS_", "ACEQUIA_", "DATABASE_URL=", "CHUNK_SIZE=", "WALK_LIMIT=", "MAKE", "MFLAGS="} {
			ours = ours || strings.HasPrefix(v, prefix)
		}
		if !ours {
			env = append(env, v)
		}
	}
	return append(env, more...)
}
