package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/lambda"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/sqs"

	"acequia/localstack/desk"
	"acequia/localstack/stack"
	"acequia/shared/contract"
	"acequia/shared/lambdainvoke"
	"acequia/shared/pgstore"
	"acequia/shared/pipeline"
	"acequia/shared/reconcile"
	"acequia/shared/s3store"
	"acequia/shared/sqsqueue"
)

// errDown says that what is needed does not run.
var errDown = errors.New("the local cloud does not run: make up")

// environment says where the stack is: what up wrote, or, where it was never called, what the caller's own environment
// says of another one, such as LocalStack.
func environment(p stack.Paths) (env stack.Environment, ours bool, err error) {
	env, err = stack.ReadEnvironment(p.Environment())
	if !errors.Is(err, stack.ErrNotUp) {
		return env, true, err
	}
	env = stack.DefaultEnvironment()
	env.Endpoint, env.DatabaseURL, env.Region = os.Getenv("AWS_ENDPOINT_URL"), os.Getenv("DATABASE_URL"), region(p)
	if env.Endpoint == "" || env.DatabaseURL == "" {
		return env, false, errDown
	}
	return env, false, nil
}

// connect gives a desk on the running stack. The caller calls done when it needs it no more.
func (a *app) connect(ctx context.Context) (d *desk.Desk, done func(), err error) {
	env, ours, err := environment(a.paths)
	if err != nil {
		return nil, nil, err
	}
	if _, runs := stack.FindRunning(a.paths); ours && !runs {
		return nil, nil, errDown
	}
	limit, err := timeout()
	if err != nil {
		return nil, nil, err
	}
	cfg, err := env.AWSConfig(ctx)
	if err != nil {
		return nil, nil, err
	}
	store, err := pgstore.Open(ctx, env.DatabaseURL)
	if err != nil {
		return nil, nil, err
	}
	client, functions, queues := s3store.ClientOf(cfg), lambda.NewFromConfig(cfg), sqs.NewFromConfig(cfg)
	ingest := lambdainvoke.NewIngest(functions, desk.NamePrefix+"ingest")
	contracts := s3store.NewContracts(client, env.ContractsBucket)
	raw, work := s3store.NewRaw(client), s3store.NewWork(client, env.WorkBucket)
	return &desk.Desk{
		Term: a.out, Paths: a.paths, Env: env, Ledger: store, Summaries: store,
		Raw: desk.NewBucket(client, env.RawBucket), Vault: raw, Plans: work,
		Functions:       desk.Lambda{Client: functions},
		Filler:          filler(raw, store, ingest),
		Auditor:         store,
		Bucket:          &reconcile.Audit{Listing: raw, Known: store.Known, DeployedAt: store.DeployedAt, Now: time.Now},
		Report:          reporter(queues),
		Replay:          ingest.Replay,
		Dead:            deadLetters(queues, functions, work),
		Processes:       func(ctx context.Context) ([]desk.Function, error) { return processes(ctx, env) },
		Datasets:        func(ctx context.Context) (map[string]string, error) { return prefixes(ctx, contracts) },
		ContractVersion: contractVersion(client, env.ContractsBucket),
		Now:             time.Now, Timeout: limit,
	}, store.Close, nil
}

// reporter sends reports as the functions do.
func reporter(client *sqs.Client) func(context.Context, pipeline.Report) error {
	return func(ctx context.Context, r pipeline.Report) error {
		name := desk.NamePrefix + "rows"
		queue, err := client.GetQueueUrl(ctx, &sqs.GetQueueUrlInput{QueueName: &name})
		if err != nil {
			return fmt.Errorf("looking for the queue %s: %w", name, err)
		}
		return sqsqueue.New[pipeline.Report](client, aws.ToString(queue.QueueUrl)).Send(ctx, r)
	}
}

// prefixes gives the key prefix of each data set. One whose contract is not valid is among them: what is uploaded there is
// refused with what is wrong with the contract.
func prefixes(ctx context.Context, contracts *s3store.Contracts) (map[string]string, error) {
	catalog, err := contracts.Current(ctx)
	if err != nil {
		return nil, err
	}
	all := map[string]string{}
	for _, e := range catalog {
		all[e.Dataset()] = e.Prefix()
	}
	return all, nil
}

func contractVersion(client *s3.Client, bucket string) func(context.Context, string) (string, error) {
	return func(ctx context.Context, dataset string) (string, error) {
		key := dataset + contract.Extension
		head, err := client.HeadObject(ctx, &s3.HeadObjectInput{Bucket: &bucket, Key: &key})
		if err != nil {
			return "", fmt.Errorf("looking for the contract s3://%s/%s: %w", bucket, key, err)
		}
		return aws.ToString(head.VersionId), nil
	}
}
