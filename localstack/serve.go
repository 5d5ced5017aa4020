package main

import (
	"context"
	"os"
	"strings"

	"acequia/localstack/cloud"
	"acequia/localstack/stack"
	"acequia/shared/telemetry"
)

// runServe is the local cloud's own process.
func runServe(ctx context.Context, a *app, o options) error {
	cfg, err := configuration(a.paths)
	if err != nil {
		return err
	}
	cfg.Port = o.port
	return stack.Serve(ctx, a.paths, stack.ServeConfig{
		Port: o.port, Fingerprint: o.fingerprint, Region: cfg.Region, Parameters: stack.Parameters(cfg, cfg.DatabaseURL),
	}, openCloud)
}

func openCloud(ctx context.Context, spec stack.CloudSpec) (stack.Cloud, error) {
	return cloud.Open(ctx, cloud.Config{
		Dir: spec.Dir, LogDir: spec.Logs, TemplatePath: spec.Template, Parameters: spec.Parameters,
		Listen: strings.TrimPrefix(spec.Endpoint, "http://"), Region: spec.Region, Logger: telemetry.NewLogger(os.Stderr),
	})
}
