package main

import (
	"context"
	"os"

	"acequia/localstack/postgres"
)

// clear removes what the benchmark made, now or when it was killed the last time.
func (b *bench) clear(ctx context.Context) error {
	if err := postgres.Remove(ctx, b.postgres()); err != nil {
		return err
	}
	return os.RemoveAll(b.dir)
}
