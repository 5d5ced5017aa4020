package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"sync/atomic"

	"acequia/localstack/stack"
)

// bench is what all measurements share.
type bench struct {
	out      io.Writer
	progress func(format string, args ...any)
	dir      string
	database *database
	cloud    *cloud
	watch    watch
	// contract is the contract of sales that is in force, once the benchmark has put one.
	contract []byte
	// uploads counts the keys that were given out.
	uploads atomic.Int64
}

// start makes everything run, in a directory of its own.
func start(ctx context.Context, out io.Writer, progress func(string, ...any)) (*bench, error) {
	checkout, err := stack.FindRoot(".")
	if err != nil {
		return nil, err
	}
	b := &bench{out: out, progress: progress, dir: filepath.Join(checkout.State(), "bench")}
	if err := b.clear(ctx); err != nil {
		return nil, err
	}
	if err := os.MkdirAll(b.dir, 0o755); err != nil { //nolint:gosec // Postgres's account must be able to pass through.
		return nil, err
	}
	b.progress("starting Postgres and the local cloud")
	if b.database, err = startDatabase(ctx, b.postgres(), func(s string) { b.say("%s", s) }); err != nil {
		return b, err
	}
	if b.cloud, err = startCloud(ctx, checkout, filepath.Join(b.dir, "checkout"), b.database.url); err != nil {
		return b, err
	}
	b.watch = watch{postmaster: b.database.pid, cloud: b.cloud.pid}
	return b, nil
}

func (b *bench) postgres() string { return filepath.Join(b.dir, "postgres") }

func (b *bench) say(format string, args ...any) { fmt.Fprintf(b.out, format+"\n", args...) }

// stop ends what was started, and removes what was made.
func (b *bench) stop() error {
	var err error
	if b.cloud != nil {
		err = b.cloud.stop()
	}
	return errors.Join(err, b.clear(context.Background()))
}
