package e2e

import (
	"os"
	"path/filepath"
	"testing"
)

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
