package stack

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"acequia/localstack/postgres"
)

// Item is a part of the state that Clean removes.
type Item struct {
	// Path is where it lies, What says what it is.
	Path, What string
	Bytes      int64
}

// Items lists what Clean would remove.
func (s *Stack) Items() ([]Item, error) {
	p := s.Paths
	all := []Item{
		{Path: p.Cloud(), What: "the local cloud: buckets, queues, invocations"},
		{Path: p.Postgres(), What: "the private Postgres: warehouse and ledger"},
		{Path: p.TestPostgres(), What: "the tests' Postgres"},
		{Path: p.Logs(), What: "logs"},
		{Path: p.Environment(), What: "settings for shells"},
		{Path: filepath.Join(p.State(), "bin"), What: "the command line (built again when needed)"},
		{Path: p.Functions(), What: "the functions' binaries (built again when needed)"},
	}
	for _, dir := range []string{p.Postgres(), p.TestPostgres()} {
		state, err := postgres.Inspect(dir)
		if err != nil {
			return nil, err
		}
		if state.Exists && filepath.Dir(state.Home) != dir {
			all = append(all, Item{Path: state.Home, What: "its data"})
		}
	}
	var there []Item
	for _, item := range all {
		if _, err := os.Stat(item.Path); err != nil {
			continue
		}
		item.Bytes = size(item.Path)
		there = append(there, item)
	}
	return there, nil
}

// Clean stops everything and removes the checkout's state, binaries included. A server that DATABASE_URL named is left as
// it is.
func (s *Stack) Clean(ctx context.Context) error {
	if err := s.Down(ctx); err != nil {
		return err
	}
	for _, dir := range []string{s.Paths.Postgres(), s.Paths.TestPostgres()} {
		if err := postgres.Remove(ctx, dir); err != nil {
			return err
		}
	}
	if err := os.RemoveAll(s.Paths.State()); err != nil {
		return fmt.Errorf("removing the state: %w", err)
	}
	return nil
}

// size adds up the files below path. What cannot be read counts nothing.
func size(path string) (total int64) {
	// The callback swallows all errors, so the walk has none.
	_ = filepath.WalkDir(path, func(_ string, entry fs.DirEntry, err error) error {
		if err != nil {
			if entry != nil && entry.IsDir() && !errors.Is(err, fs.ErrNotExist) {
				return fs.SkipDir
			}
			return nil
		}
		if info, err := entry.Info(); err == nil && info.Mode().IsRegular() {
			total += info.Size()
		}
		return nil
	})
	return total
}
