package chaos

import (
	"bytes"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"

	"acequia/localstack/stack"
	"acequia/test/built"
)

// checkout is where the tests run, with the binaries that they run.
type checkout struct {
	built.Checkout
	// loadBefore is the loader of the version before; noBefore says why there is none.
	loadBefore, noBefore string
	// noDisk says why no disk can be full.
	noDisk string
}

// build brings the binaries up to date, once.
var build = sync.OnceValues(func() (*checkout, error) {
	made, err := built.Build()
	if err != nil {
		return nil, err
	}
	c := &checkout{Checkout: made, noDisk: noDisk()}
	c.loadBefore, c.noBefore = c.buildBefore()
	return c, nil
})

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
		cmd.Dir, cmd.Env = step.dir, built.Environ(cmd, "CGO_ENABLED=0")
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
	for _, name := range c.Names {
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
