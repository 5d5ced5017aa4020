package main

import (
	"context"
	"errors"
	"fmt"
	"sync"
)

// pour uploads the files, all at once, and waits until each is published with the counts of its account.
func (b *bench) pour(ctx context.Context, files []upload) error {
	keys, versions, errs := make([]string, len(files)), make([]string, len(files)), make([]error, len(files))
	var all sync.WaitGroup
	for i, f := range files {
		keys[i] = b.newKey()
		all.Go(func() { versions[i], errs[i] = b.cloud.upload(ctx, f.path, keys[i]) })
	}
	all.Wait()
	if err := errors.Join(errs...); err != nil {
		return err
	}
	for i, f := range files { // one after another: all have ended when the last has, and the ledger is asked by one only
		o, err := b.cloud.ended(ctx, keys[i], versions[i])
		if err == nil {
			err = holds(o, f.account)
		}
		errs[i] = err
	}
	return errors.Join(errs...)
}

// newKey gives a key that was never used, so that no upload is a version of another.
func (b *bench) newKey() string { return fmt.Sprintf("sales/bench-%d.csv", b.uploads.Add(1)) }
