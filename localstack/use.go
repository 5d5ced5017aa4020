package main

import (
	"context"
	"errors"
	"os"
	"time"

	"acequia/localstack/desk"
)

// demoChunkSize cuts the larger sample files into chunks enough to see several functions at work.
const demoChunkSize = 64 << 10

func runDemo(ctx context.Context, a *app, _ options) error {
	began := time.Now()
	desk.Greet(a.out)
	if err := a.up(ctx, demoChunkSize); err != nil {
		return err
	}
	d, done, err := a.connect(ctx)
	if err != nil {
		return err
	}
	defer done()
	d.Timeout = 5 * time.Minute
	// What runs afterwards is what up starts.
	return errors.Join(d.Demo(ctx, began), a.quietly().up(ctx, 0))
}

func runUpload(ctx context.Context, a *app, o options) error {
	if len(o.args) < 2 {
		return &desk.UsageError{Reason: "which file, and into which data set? make upload FILE=january.csv DATASET=sales"}
	}
	d, done, err := a.connect(ctx)
	if err != nil {
		return err
	}
	defer done()
	return d.Upload(ctx, o.arg(0), o.arg(1), o.arg(2))
}

func runRejects(ctx context.Context, a *app, o options) error {
	if len(o.args) == 0 {
		return &desk.UsageError{Reason: "the rejects of which object? make rejects OBJECT=sales/january.csv"}
	}
	if o.arg(1) == desk.StandardOutput {
		a.out = desk.NewTerminal(os.Stderr)
	}
	d, done, err := a.connect(ctx)
	if err != nil {
		return err
	}
	defer done()
	return d.WriteRejects(ctx, o.arg(0), o.arg(1), os.Stdout)
}

func runReplay(ctx context.Context, a *app, o options) error {
	if len(o.args) == 0 {
		return &desk.UsageError{Reason: "which object is to be processed again? make replay OBJECT=sales/january.csv"}
	}
	d, done, err := a.connect(ctx)
	if err != nil {
		return err
	}
	defer done()
	return d.ReplayObject(ctx, o.arg(0))
}

func runForget(ctx context.Context, a *app, o options) error {
	if len(o.args) == 0 {
		return &desk.UsageError{Reason: "which object is to be forgotten? make forget OBJECT=sales/january.csv"}
	}
	d, done, err := a.connect(ctx)
	if err != nil {
		return err
	}
	defer done()
	return d.Forget(ctx, o.arg(0))
}

func runLogs(ctx context.Context, a *app, o options) error {
	d := &desk.Desk{Term: a.out, Paths: a.paths, Now: time.Now}
	return d.Logs(ctx, o.arg(0), o.follow)
}

// runLocalInvoke starts what does not run, so that it is always the code at hand that is invoked.
func runLocalInvoke(ctx context.Context, a *app, o options) error {
	if len(o.args) == 0 {
		return &desk.UsageError{Reason: "which function? make local-invoke FUNCTION=clean EVENT=chunk"}
	}
	d, done, err := a.connect(ctx)
	if errors.Is(err, errDown) {
		if err = a.up(ctx, 0); err == nil {
			d, done, err = a.connect(ctx)
		}
	}
	if err != nil {
		return err
	}
	defer done()
	return d.LocalInvoke(ctx, o.arg(0), o.arg(1))
}
