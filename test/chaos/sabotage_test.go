package chaos

import (
	"context"
	"flag"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"acequia/test/built"
)

var sabotage = flag.Bool("sabotage", false, "break the protocol, and see that it is noticed")

// sabotages are patches that each break one promise of the load protocol, by their files' names.
func sabotages(t *testing.T) map[string]string {
	t.Helper()
	paths, err := filepath.Glob(filepath.Join("testdata", "sabotage", "*.patch"))
	if err != nil || len(paths) == 0 {
		t.Fatalf("there are no patches: %v", err)
	}
	all := map[string]string{}
	for _, path := range paths {
		if all[strings.TrimSuffix(filepath.Base(path), ".patch")], err = filepath.Abs(path); err != nil {
			t.Fatal(err)
		}
	}
	return all
}

// TestSabotageCanBeDone keeps the patches from growing old unseen.
func TestSabotageCanBeDone(t *testing.T) {
	t.Parallel()
	root, err := filepath.Abs(filepath.Join("..", ".."))
	if err != nil {
		t.Fatal(err)
	}
	for name, patch := range sabotages(t) {
		if err := execute(t.Context(), root, "git", "apply", "--check", patch); err != nil {
			t.Errorf("the code that %s breaks has changed; break it anew, and write the patch with git diff -U1: %v", name, err)
		}
	}
}

// TestSabotage breaks the protocol in each way, and fails where no seed notices.
func TestSabotage(t *testing.T) {
	if !*sabotage {
		t.Skip("takes minutes: make chaos-sabotage runs it")
	}
	c, err := build()
	if err != nil {
		t.Fatal(err)
	}
	all := sabotages(t)
	for _, name := range sorted(all) {
		t.Run(name, func(t *testing.T) {
			replaced := map[string]string{"load": buildSabotaged(t, c, all[name])}
			p, noticed := newProgress(*seeds), ""
			err := playAll(t.Context(), c, mixed(*first, *seeds), replaced, func(v verdict) {
				p.add(v)
				if v.failed() && noticed == "" {
					noticed = v.String()
				}
			})
			if err != nil {
				t.Fatal(err)
			}
			if t.Logf("noticed in %d of %d seeds", p.failed, p.total); noticed == "" {
				t.Error("nobody noticed")
			} else {
				t.Logf("first in\n%s", noticed)
			}
		})
	}
}

// mixed gives seeds of which every second is a crowd: the races of which the locks take care are rare elsewhere.
func mixed(first uint64, n int) (list []uint64) {
	for seed := first; len(list) < n; seed++ {
		if draw(seed).crowd == (len(list)%2 == 1) {
			list = append(list, seed)
		}
	}
	return list
}

// buildSabotaged builds the loader out of a copy of the code with the patch.
func buildSabotaged(t *testing.T, c *checkout, patch string) (dir string) {
	t.Helper()
	source, dir := t.TempDir(), t.TempDir()
	for _, part := range []string{"functions", "shared"} {
		if err := os.CopyFS(filepath.Join(source, part), os.DirFS(filepath.Join(c.Root, part))); err != nil {
			t.Fatal(err)
		}
	}
	for _, file := range []string{"go.mod", "go.sum"} {
		b, err := os.ReadFile(filepath.Join(c.Root, file))
		if err == nil {
			err = os.WriteFile(filepath.Join(source, file), b, 0o600)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	for _, command := range [][]string{
		{"git", "apply", patch},
		{"go", "build", "-trimpath", "-tags", "lambda.norpc", "-o", filepath.Join(dir, "bootstrap"), "./functions/load"},
	} {
		if err := execute(t.Context(), source, command...); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

func execute(ctx context.Context, dir string, command ...string) error {
	cmd := exec.CommandContext(ctx, command[0], command[1:]...)
	cmd.Dir, cmd.Env = dir, built.Environ(cmd, "CGO_ENABLED=0")
	if out, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("%s: %w\n%s", strings.Join(command, " "), err, out)
	}
	return nil
}
