package main

import (
	"context"
	"encoding/json"

	"github.com/aws/aws-sdk-go-v2/service/lambda"
	"github.com/aws/aws-sdk-go-v2/service/sqs"

	"acequia/localstack/desk"
	"acequia/shared/lambdainvoke"
	"acequia/shared/s3store"
)

func deadLetters(queues *sqs.Client, functions *lambda.Client, work *s3store.Work) *desk.DeadLetters {
	return &desk.DeadLetters{
		SQS: queues, Find: work.Find,
		Invoke: func(ctx context.Context, function string, event []byte) error {
			return lambdainvoke.New[json.RawMessage](functions, function).Start(ctx, event)
		},
	}
}

func runRedrive(ctx context.Context, a *app, o options) error {
	d, done, err := a.connect(ctx)
	if err != nil {
		return err
	}
	defer done()
	return d.Redrive(ctx, o.arg(0), o.all)
}
