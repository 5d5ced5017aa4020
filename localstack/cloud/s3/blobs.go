package s3

import (
	"crypto/rand"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"sync"
)

// blobs are the files that hold the objects' bytes. A file is written once, under a random name, and never changed.
type blobs struct {
	dir string
	// mu is held shared from looking up a version until its files are pinned, and exclusively while unneeded files are
	// picked out for unlinking: a reader finds either all of a version's files or, in the index, its successor.
	mu sync.RWMutex
	// pins counts the readers of each file, and doomed holds the files to unlink when their last reader is done.
	pinMu  sync.Mutex
	pins   map[string]int
	doomed map[string]bool
}

func openBlobs(dir string) (*blobs, error) {
	if err := os.MkdirAll(dir, 0o750); err != nil {
		return nil, fmt.Errorf("create the directory of the objects' bytes: %w", err)
	}
	return &blobs{dir: dir, pins: map[string]int{}, doomed: map[string]bool{}}, nil
}

func (b *blobs) path(name string) string { return filepath.Join(b.dir, name) }

// write streams r into a new file. If it fails, the file is gone.
func (b *blobs) write(r io.Reader) (name string, size int64, err error) {
	name = randomHex(16)
	f, err := os.OpenFile(b.path(name), os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o600)
	if err != nil {
		return "", 0, fmt.Errorf("create a file for an object's bytes: %w", err)
	}
	buf := buffers.Get().(*[]byte) //nolint:errcheck // The pool holds nothing else.
	defer buffers.Put(buf)
	size, err = io.CopyBuffer(struct{ io.Writer }{f}, r, *buf)
	if err = errors.Join(err, f.Close()); err != nil {
		b.remove([]string{name})
		return "", 0, err
	}
	return name, size, nil
}

// remove unlinks files that the index no longer names, each as soon as nobody reads it. A failure leaves a file that the
// next Open deletes.
func (b *blobs) remove(names []string) {
	if len(names) == 0 {
		return
	}
	b.mu.Lock()
	b.pinMu.Lock()
	var free []string
	for _, name := range names {
		if b.pins[name] > 0 {
			b.doomed[name] = true
		} else {
			free = append(free, name)
		}
	}
	b.pinMu.Unlock()
	b.mu.Unlock()
	for _, name := range free {
		os.Remove(b.path(name))
	}
}

// pinned looks up a version with find and pins its files, so that they can be read however the version is overwritten
// or deleted meanwhile. The caller calls unpin when it has read them.
func (b *blobs) pinned(find func() (*version, error)) (v *version, unpin func(), err error) {
	b.mu.RLock()
	defer b.mu.RUnlock()
	v, err = find()
	if err != nil {
		return nil, nil, err
	}
	b.pinMu.Lock()
	for _, part := range v.Parts {
		b.pins[part.File]++
	}
	b.pinMu.Unlock()
	return v, func() { b.unpin(v) }, nil
}

func (b *blobs) unpin(v *version) {
	b.pinMu.Lock()
	var free []string
	for _, part := range v.Parts {
		b.pins[part.File]--
		if b.pins[part.File] > 0 {
			continue
		}
		delete(b.pins, part.File)
		if b.doomed[part.File] {
			delete(b.doomed, part.File)
			free = append(free, part.File)
		}
	}
	b.pinMu.Unlock()
	for _, name := range free {
		os.Remove(b.path(name))
	}
}

// keepOnly deletes every file that is not in names.
func (b *blobs) keepOnly(names map[string]bool) error {
	entries, err := os.ReadDir(b.dir)
	if err != nil {
		return fmt.Errorf("list the files of the objects' bytes: %w", err)
	}
	for _, entry := range entries {
		if names[entry.Name()] {
			continue
		}
		if err := os.Remove(b.path(entry.Name())); err != nil {
			return fmt.Errorf("delete a file that no object refers to: %w", err)
		}
	}
	return nil
}

// randomHex draws n random bytes and gives them in hexadecimal.
func randomHex(n int) string {
	b := make([]byte, n)
	rand.Read(b) // It never fails.
	return hex.EncodeToString(b)
}
