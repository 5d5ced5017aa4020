// Package stack takes a checkout and gives what runs for it on this machine: the private Postgres and the local cloud,
// started, found again, restarted when the code changed, stopped, and removed. All its state lies in the checkout's
// .local directory.
package stack

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
)

// Paths say where in a checkout things lie.
type Paths struct {
	// Root is the checkout's directory.
	Root string
}

// FindRoot gives the checkout that dir lies in: the nearest directory upwards with the template that the local cloud reads.
func FindRoot(dir string) (Paths, error) {
	dir, err := filepath.Abs(dir)
	if err != nil {
		return Paths{}, err
	}
	for {
		p := Paths{Root: dir}
		if _, err := os.Stat(p.Template()); err == nil {
			return p, nil
		} else if !errors.Is(err, os.ErrNotExist) {
			return p, err
		}
		parent := filepath.Dir(dir)
		if parent == dir {
			return p, errors.New("this is no checkout of Acequia (there is no infra/sam/template.yaml here or above): " +
				"run it from within one")
		}
		dir = parent
	}
}

// State is the directory of everything that running the project makes.
func (p Paths) State() string { return filepath.Join(p.Root, ".local") }

// Cloud is where the local cloud keeps objects, messages and invocations.
func (p Paths) Cloud() string { return filepath.Join(p.State(), "cloud") }

// Postgres is where the private server is, TestPostgres where the one of the tests is, which never sees the user's data.
func (p Paths) Postgres() string { return filepath.Join(p.State(), "postgres") }

// TestPostgres is where the private server of the tests is.
func (p Paths) TestPostgres() string { return filepath.Join(p.State(), "test-postgres") }

// Logs is the directory of the local cloud's log, cloud.log, and of one log a function.
func (p Paths) Logs() string { return filepath.Join(p.State(), "logs") }

// CloudLog is the local cloud's own log.
func (p Paths) CloudLog() string { return filepath.Join(p.Logs(), "cloud.log") }

// Environment is the file of settings that a shell can source.
func (p Paths) Environment() string { return filepath.Join(p.State(), "env") }

// Functions is the directory of the functions' binaries: <name>/bootstrap.
func (p Paths) Functions() string { return filepath.Join(p.State(), "functions") }

// Template is the SAM template.
func (p Paths) Template() string { return filepath.Join(p.Root, "infra", "sam", "template.yaml") }

// Contracts is the directory of the contract documents.
func (p Paths) Contracts() string { return filepath.Join(p.Root, "infra", "contracts") }

// Events is the directory of the sample events: <function>/<name>.json.
func (p Paths) Events() string { return filepath.Join(p.Root, "events") }

// TestData is the directory of the sample files.
func (p Paths) TestData() string { return filepath.Join(p.Root, "test", "data") }

// Relative gives a path as seen from the checkout, for people.
func (p Paths) Relative(path string) string {
	if rel, err := filepath.Rel(p.Root, path); err == nil && filepath.IsLocal(rel) {
		return rel
	}
	return path
}

func (p Paths) running() string { return filepath.Join(p.State(), "cloud.json") }
func (p Paths) lock(of string) string {
	return filepath.Join(p.State(), of+".lock")
}

func (p Paths) makeState() error {
	for _, dir := range []string{p.State(), p.Cloud(), p.Logs()} {
		if err := os.MkdirAll(dir, 0o755); err != nil { //nolint:gosec // Postgres's account must be able to pass through.
			return fmt.Errorf("making a place for the state: %w", err)
		}
	}
	return nil
}
