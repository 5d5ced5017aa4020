package desk

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
)

// draft is a file that has its name only when all of it is written. Only its owner may read it: it holds people's data.
type draft struct {
	*os.File
	path string
}

// newDraft begins a file. One that is there already is not written over: that is a *UsageError.
func newDraft(path string) (*draft, error) {
	if _, err := os.Lstat(path); !errors.Is(err, os.ErrNotExist) {
		return nil, &UsageError{"the file " + path + " is there already, and is not written over: move it away, or choose another with FILE=…"}
	}
	f, err := os.CreateTemp(filepath.Dir(path), "."+filepath.Base(path)+".*")
	if err != nil {
		return nil, fmt.Errorf("writing %s: %w", path, err)
	}
	return &draft{f, path}, nil
}

// keep gives the file its name.
func (d *draft) keep() error {
	if err := d.Close(); err != nil {
		return fmt.Errorf("writing %s: %w", d.path, err)
	}
	return os.Rename(d.Name(), d.path)
}

// drop removes the file, unless it was kept.
func (d *draft) drop() {
	d.Close()
	os.Remove(d.Name())
}
