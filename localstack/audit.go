package main

import "context"

func runAudit(ctx context.Context, a *app, _ options) error {
	d, done, err := a.connect(ctx)
	if err != nil {
		return err
	}
	defer done()
	return d.Audit(ctx)
}
