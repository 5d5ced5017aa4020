// Package built takes the checkout that a test is of and gives its binaries, brought up to date: a test of yesterday's functions
// would be believed.
package built

import (
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"sync"

	"acequia/localstack/stack"
)

// Checkout is where the binaries are.
type Checkout struct {
	stack.Paths
	// Names are the functions', in order.
	Names []string
}

// CommandLine is the path of acequia-local.
func (c Checkout) CommandLine() string { return filepath.Join(c.State(), "bin", "acequia-local") }

// Build builds what is not up to date, once in a process; after `make test` there is nothing left to do. It is for packages two
// directories below the checkout's root.
var Build = sync.OnceValues(func() (c Checkout, err error) {
	if c.Root, err = filepath.Abs(filepath.Join("..", "..")); err != nil {
		return c, fmt.Errorf("looking for the checkout: %w", err)
	}
	cmd := exec.Command("make", "build")
	cmd.Dir, cmd.Env = c.Root, Environ(cmd)
	if out, err := cmd.CombinedOutput(); err != nil {
		return c, fmt.Errorf("the binaries could not be built with make build: %w\n%s", err, out)
	}
	mains, err := filepath.Glob(filepath.Join(c.Root, "functions", "*", "main.go"))
	if err != nil {
		return c, fmt.Errorf("looking for the functions: %w", err)
	}
	if len(mains) == 0 {
		return c, fmt.Errorf("there are no functions in %s", c.Root)
	}
	for _, main := range mains {
		c.Names = append(c.Names, filepath.Base(filepath.Dir(main)))
	}
	return c, c.look()
})

// look looks at the binaries. That also tells `go test`, which caches results by what a test imports and looks at, to run the
// tests again when one has changed.
func (c Checkout) look() error {
	binaries := []string{c.CommandLine()}
	for _, name := range c.Names {
		binaries = append(binaries, filepath.Join(c.Functions(), name, "bootstrap"))
	}
	for _, path := range binaries {
		if _, err := os.Stat(path); err != nil {
			return fmt.Errorf("make build should have built it: %w", err)
		}
	}
	return nil
}

// Environ gives the environment of a command without what would point the command line, make or an AWS client elsewhere.
func Environ(cmd *exec.Cmd, more ...string) []string {
	env := slices.DeleteFunc(cmd.Environ(), func(v string) bool {
		return slices.ContainsFunc(elsewhere, func(prefix string) bool { return strings.HasPrefix(v, prefix) })
	})
	return append(env, more...)
}

var elsewhere = []string{"AWS_", "ACEQUIA_", "DATABASE_URL=", "CHUNK_SIZE=", "WALK_LIMIT=", "MAKE", "MFLAGS="}
