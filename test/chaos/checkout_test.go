package chaos

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"

	"acequia/localstack/stack"
)

// checkout is where the tests run, with the binaries that they run.
type checkout struct {
	stack.Paths
	functions []string
	// loadBefore is the loader of the version before; noBefore says why there is none.
	loadBefore, noBefore string
	// noDisk says why no disk can be full.
	noDisk string
}

// build brings the binaries up to date, once.
var build = sync.OnceValues(func() (*checkout, error) {
	root, err := filepath.Abs(filepath.Join("..", ".."))
	if err != nil {
		return nil, err
	}
	c := &checkout{Paths: stack.Paths{Root: root}, noDisk: noDisk()}
	cmd := exec.Command("make", "build")
	cmd.Dir, cmd.Env = root, environ()
	if out, err := cmd.CombinedOutput(); err != nil {
		return nil, fmt.Errorf("the binaries could not be built with make build: %w\n%s", err, out)
	}
	// Looking at them tells go test, which caches results, to run again when one has changed.
	binaries, err := filepath.Glob(filepath.Join(c.Functions(), "*", "bootstrap"))
	if err != nil {
		return nil, err
	}
	if len(binaries) == 0 {
		return nil, errors.New("make build should have built the functions")
	}
	for _, path := range append(binaries, c.commandLine()) {
		if _, err := os.Stat(path); err != nil {
			return nil, err
		}
	}
	for _, path := range binaries {
		c.functions = append(c.functions, filepath.Base(filepath.Dir(path)))
	}
	c.loadBefore, c.noBefore = c.buildBefore()
	return c, nil
})

func (c *checkout) commandLine() string { return filepath.Join(c.State(), "bin", "acequia-local") }

// before is the version whose loader runs beside the one at hand.
const before = "e61785b"

// buildBefore builds the loader of the version before out of the history, once for a checkout.
func (c *checkout) buildBefore() (binary, reason string) {
	dir := filepath.Join(c.dir(), "load-"+before)
	binary = filepath.Join(dir, "bootstrap")
	if _, err := os.Stat(binary); err == nil {
		return binary, ""
	}
	source, err := os.MkdirTemp("", "acequia-"+before+"-")
	if err != nil {
		return "", err.Error()
	}
	defer os.RemoveAll(source)
	for _, step := range []struct{ dir, command string }{
		{c.Root, fmt.Sprintf("git archive %s -- go.mod go.sum functions shared | tar -x -C %q", before, source)},
		{source, fmt.Sprintf("go build -trimpath -tags lambda.norpc -ldflags '-s -w' -o %q ./functions/load", binary)},
	} {
		cmd := exec.Command("bash", "-o", "pipefail", "-c", step.command)
		cmd.Dir, cmd.Env = step.dir, environ("CGO_ENABLED=0")
		if out, err := cmd.CombinedOutput(); err != nil {
			return "", fmt.Sprintf("the history has no %s, or it cannot be built (%v: %s)", before, err, bytes.TrimSpace(out))
		}
	}
	return binary, ""
}

// mirror makes a directory that is a checkout to the local cloud, with a state of its own: the functions are those at hand, but
// for those that replace names, and if it is asked for the loader of the version before stands beside them.
func (c *checkout) mirror(root string, s scenario, replaced map[string]string) error {
	p := stack.Paths{Root: root}
	for _, dir := range []string{p.Functions(), filepath.Dir(p.Template())} {
		if err := os.MkdirAll(dir, 0o755); err != nil {
			return err
		}
	}
	links := map[string]string{}
	for _, name := range c.functions {
		links[name] = filepath.Join(c.Functions(), name)
		if binary, ok := replaced[name]; ok {
			links[name] = binary
		}
	}
	text, err := os.ReadFile(c.Template())
	if err != nil {
		return err
	}
	text = bytes.Replace(text, []byte("BatchSize: 10\n"), fmt.Appendf(nil, "BatchSize: %d\n", s.batchSize), 1)
	if s.weather.before {
		links["load-before"] = filepath.Dir(c.loadBefore)
		if text, err = addLoader(text); err != nil {
			return err
		}
	}
	for name, target := range links {
		if err := os.Symlink(target, filepath.Join(p.Functions(), name)); err != nil {
			return err
		}
	}
	return os.WriteFile(p.Template(), text, 0o600)
}

// addLoader adds a second loader to the template, on the same queue.
func addLoader(template []byte) ([]byte, error) {
	_, rest, ok := bytes.Cut(template, []byte("  LoadFunction:\n"))
	block, _, ok2 := bytes.Cut(rest, []byte("\n\n"))
	if !ok || !ok2 {
		return nil, fmt.Errorf("the template has no LoadFunction that a second one could be made of")
	}
	second := strings.NewReplacer("-load\n", "-load-before\n", "functions/load/", "functions/load-before/").Replace(string(block))
	return bytes.Replace(template, []byte("Outputs:\n"), []byte("  LoadBeforeFunction:\n"+second+"\n\nOutputs:\n"), 1), nil
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
