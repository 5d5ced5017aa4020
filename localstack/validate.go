package main

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/aws/aws-sdk-go-v2/service/lambda"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/sqs"

	"acequia/localstack/desk"
	"acequia/localstack/stack"
	"acequia/shared/pgstore"
	"acequia/shared/s3store"
)

// runValidate checks the services; on the two deeper levels it starts what does not run, and sends files through.
func runValidate(ctx context.Context, a *app, o options) error {
	sizes, ok := map[string][]string{
		"": nil, "basic": nil, "complete": {"small"}, "production": {"medium", "large"},
	}[o.arg(0)]
	if !ok {
		return &desk.UsageError{Reason: fmt.Sprintf("%q is not a level: choose basic, complete or production", o.arg(0))}
	}
	if len(sizes) > 0 {
		if err := a.up(ctx, 0); err != nil {
			return err
		}
	}
	d, done, err := a.connect(ctx)
	if err != nil {
		return err
	}
	defer done()
	checks, err := serviceChecks(ctx, d)
	if err != nil {
		return err
	}
	if err := d.Validate(ctx, checks); err != nil || len(sizes) == 0 {
		return err
	}
	return d.ValidateFiles(ctx, sizes...)
}

func serviceChecks(ctx context.Context, d *desk.Desk) ([]desk.Check, error) {
	cfg, err := d.Env.AWSConfig(ctx)
	if err != nil {
		return nil, err
	}
	client := s3store.ClientOf(cfg)
	return []desk.Check{
		{Name: "Postgres", Run: func(ctx context.Context) (string, error) { return checkLedger(ctx, d.Env.DatabaseURL) }},
		{Name: "S3", Run: func(ctx context.Context) (string, error) { return checkBuckets(ctx, client, d.Env) }},
		{Name: "SQS", Run: func(ctx context.Context) (string, error) { return checkQueues(ctx, sqs.NewFromConfig(cfg)) }},
		{Name: "Lambda", Run: func(ctx context.Context) (string, error) { return checkFunctions(ctx, lambda.NewFromConfig(cfg)) }},
		{Name: "contracts", Run: func(ctx context.Context) (string, error) {
			return checkContracts(ctx, s3store.NewContracts(client, d.Env.ContractsBucket))
		}},
	}, nil
}

func checkLedger(ctx context.Context, databaseURL string) (string, error) {
	store, err := pgstore.Open(ctx, databaseURL)
	if err != nil {
		return "", err
	}
	defer store.Close()
	counts, err := store.Counts(ctx)
	if err != nil {
		return "", fmt.Errorf("%w: make up migrates the database", err)
	}
	var objects int64
	for _, c := range counts {
		objects += c.Objects
	}
	return fmt.Sprintf("answers; %d objects in the ledger", objects), nil
}

func checkBuckets(ctx context.Context, client *s3.Client, env stack.Environment) (string, error) {
	buckets := []string{env.RawBucket, env.WorkBucket, env.ContractsBucket}
	for _, bucket := range buckets {
		if _, err := client.HeadBucket(ctx, &s3.HeadBucketInput{Bucket: &bucket}); err != nil {
			return "", fmt.Errorf("the bucket %s: %w", bucket, err)
		}
	}
	return strings.Join(buckets, ", "), nil
}

func checkQueues(ctx context.Context, client *sqs.Client) (string, error) {
	queues, err := desk.Queues(ctx, client, desk.NamePrefix)
	if err != nil {
		return "", err
	}
	var names []string
	for _, q := range queues {
		names = append(names, q.Name)
		if q.Dead > 0 {
			return "", fmt.Errorf("%d dead letters of %s: make logs says why; they can be redriven, or removed with make clean", q.Dead, q.Name)
		}
	}
	if len(names) == 0 {
		return "", errors.New("there are no queues")
	}
	return strings.Join(names, ", ") + "; no dead letters", nil
}

func checkFunctions(ctx context.Context, client *lambda.Client) (string, error) {
	var names []string
	pages := lambda.NewListFunctionsPaginator(client, &lambda.ListFunctionsInput{})
	for pages.HasMorePages() {
		page, err := pages.NextPage(ctx)
		if err != nil {
			return "", fmt.Errorf("listing the functions: %w", err)
		}
		for _, f := range page.Functions {
			if f.CodeSize == 0 {
				return "", fmt.Errorf("%s is not built: make build", *f.FunctionName)
			}
			names = append(names, strings.TrimPrefix(*f.FunctionName, desk.NamePrefix))
		}
	}
	if len(names) == 0 {
		return "", errors.New("there are no functions")
	}
	return strings.Join(names, ", "), nil
}

func checkContracts(ctx context.Context, contracts *s3store.Contracts) (string, error) {
	catalog, err := contracts.Current(ctx)
	if err != nil {
		return "", err
	}
	var names []string
	for _, e := range catalog {
		if e.Err != nil {
			return "", e.Err
		}
		names = append(names, e.Dataset()+" "+e.Contract.Version)
	}
	if len(names) == 0 {
		return "", errors.New("there are none: make up puts those of infra/contracts in place")
	}
	return strings.Join(names, ", "), nil
}
