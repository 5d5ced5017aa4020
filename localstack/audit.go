package main

import (
	"context"
	"time"

	"acequia/localstack/stack"
	"acequia/shared/pgstore"
	"acequia/shared/reconcile"
	"acequia/shared/s3store"
)

func runAudit(ctx context.Context, a *app, _ options) error {
	d, done, err := a.connect(ctx)
	if err != nil {
		return err
	}
	defer done()
	store, err := pgstore.Open(ctx, d.Env.DatabaseURL)
	if err != nil {
		return err
	}
	defer store.Close()
	cfg, err := d.Env.AWSConfig(ctx)
	if err != nil {
		return err
	}
	return d.Audit(ctx, store, &reconcile.Audit{
		Listing: s3store.NewRaw(stack.NewS3(cfg)), Known: store.Known, DeployedAt: store.DeployedAt, Now: time.Now,
	})
}
