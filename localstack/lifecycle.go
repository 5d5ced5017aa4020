package main

import (
	"context"
	"os"

	"acequia/localstack/desk"
	"acequia/localstack/postgres"
	"acequia/localstack/stack"
)

func runUp(ctx context.Context, a *app, _ options) error {
	if err := a.up(ctx, 0); err != nil {
		return err
	}
	env, err := stack.ReadEnvironment(a.paths.Environment())
	if err != nil {
		return err
	}
	a.out.Line("Ready: upload to s3://%s/<data set>/ on %s, or make upload FILE=… DATASET=…", env.RawBucket, env.Endpoint)
	a.out.Line("       . .local/env sets a shell up for it; make status shows how it is; make down stops it.")
	return nil
}

func runDown(ctx context.Context, a *app, _ options) error { return a.stack().Down(ctx) }

func runClean(ctx context.Context, a *app, _ options) error {
	s := a.stack()
	items, err := s.Items()
	if err != nil {
		return err
	}
	if len(items) == 0 {
		a.out.Line("There is nothing to remove.")
		return nil
	}
	a.out.Line("This stops everything and removes:")
	desk.ShowItems(a.out, a.paths, items)
	if url := os.Getenv("DATABASE_URL"); url != "" {
		a.out.Line("What DATABASE_URL names is yours and stays as it is; what was loaded into it refers to objects that are gone then.")
	}
	if err := s.Clean(ctx); err != nil {
		return err
	}
	a.out.Line("Removed.")
	return nil
}

// runPostgres prints nothing but the URL on standard output: it is for scripts.
func runPostgres(ctx context.Context, a *app, o options) error {
	say := desk.NewTerminal(os.Stderr)
	switch o.arg(0) {
	case "":
		if url := os.Getenv("TEST_DATABASE_URL"); url != "" {
			a.out.Line("%s", url)
			return nil
		}
		server, err := postgres.Start(ctx, a.paths.TestPostgres(), postgres.Options{
			Disposable: true, Say: func(s string) { say.Line("%s", s) },
		})
		if err != nil {
			return err
		}
		a.out.Line("%s", server.URL)
		return nil
	case "stop":
		stopped, err := postgres.Stop(ctx, a.paths.TestPostgres())
		if err == nil && !stopped {
			say.Line("The tests' Postgres was not running.")
		}
		return err
	default:
		return &desk.UsageError{Reason: "the only thing to say after postgres is stop"}
	}
}
