package main

import (
	"context"
	"fmt"
	"path/filepath"
)

// upload is a file for the raw bucket, with the rows that must come of it.
type upload struct {
	path, filled string
	account      account
}

// objectOf is what stands as _object_id in the filled file of that number.
func objectOf(n int) string { return fmt.Sprintf("00000000-0000-5000-8000-%012d", n) }

// makeFiles makes files of a kind, with as many records together as the spec says, and keys that do not meet.
func (b *bench) makeFiles(name string, s spec, parts int) ([]upload, error) {
	b.progress("making %d records of sales: %s", s.rows, name)
	s.rows /= int64(parts)
	var files []upload
	for n := range parts {
		u := upload{
			path:   filepath.Join(b.dir, fmt.Sprintf("%s_%d.csv", name, n)),
			filled: filepath.Join(b.dir, fmt.Sprintf("%s_%d.filled.csv", name, n)),
		}
		var err error
		if u.account, err = writeSales(u.path, u.filled, s, objectOf(n)); err != nil {
			return nil, err
		}
		files = append(files, u)
		s.first += s.rows * max(s.step, 1)
	}
	return files, nil
}

// kind is the files that a contender loads. They are made when they are first needed.
type kind struct {
	name     string
	spec     spec
	parts    int
	files    []upload
	checksum string
}

// make makes the files, and learns the checksum of the table that holds exactly their rows.
func (b *bench) make(ctx context.Context, k *kind) (err error) {
	if k.files != nil {
		return nil
	}
	if k.files, err = b.makeFiles(k.name, k.spec, k.parts); err != nil {
		return err
	}
	if err := b.database.empty(ctx); err != nil {
		return err
	}
	if err := b.copyIn(ctx, k.files); err != nil {
		return err
	}
	k.checksum, err = b.database.checksum(ctx, table)
	return err
}
