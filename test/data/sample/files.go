package sample

import (
	"bufio"
	"errors"
	"fmt"
	"os"
)

// WriteFile makes the file at path and gives its account. A file that stands there is replaced.
func WriteFile(path string, spec Spec) (account File, err error) {
	f, err := os.Create(path)
	if err != nil {
		return File{}, fmt.Errorf("make a sample file: %w", err)
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	w := bufio.NewWriterSize(f, 1<<20)
	account, err = Write(w, spec)
	if err != nil {
		return File{}, err
	}
	return account, w.Flush()
}

// NewManifest is the manifest of files.
func NewManifest(files ...File) *Manifest {
	m := &Manifest{Files: files}
	m.Busiest = busiest(m.Days())
	return m
}

// WriteFile writes the manifest to path.
func (m *Manifest) WriteFile(path string) error {
	b, err := m.Marshal()
	if err != nil {
		return err
	}
	return os.WriteFile(path, b, 0o644) //nolint:gosec // It lies beside the samples, for everybody to read.
}
