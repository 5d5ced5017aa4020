// Package lambdainvoke is the adapter to Lambda: it starts invocations that nobody waits for.
package lambdainvoke

import (
	"context"
	"encoding/json"
	"fmt"

	"github.com/aws/aws-sdk-go-v2/config"
	"github.com/aws/aws-sdk-go-v2/service/lambda"
	"github.com/aws/aws-sdk-go-v2/service/lambda/types"
)

// NewClient makes a client from the environment; it honours AWS_ENDPOINT_URL.
func NewClient(ctx context.Context) (*lambda.Client, error) {
	cfg, err := config.LoadDefaultConfig(ctx)
	if err != nil {
		return nil, fmt.Errorf("reading the AWS configuration: %w", err)
	}
	return lambda.NewFromConfig(cfg), nil
}

// Function is a function that takes events of type E.
type Function[E any] struct {
	client *lambda.Client
	name   string
}

// New gives the function of that name.
func New[E any](client *lambda.Client, name string) *Function[E] { return &Function[E]{client, name} }

// Start starts an invocation with the event, of at most 1 MB as JSON. When it returns nil, the event will be delivered at
// least once.
func (f *Function[E]) Start(ctx context.Context, event E) error {
	payload, err := json.Marshal(event)
	if err != nil {
		return fmt.Errorf("encoding an event for %s: %w", f.name, err)
	}
	_, err = f.client.Invoke(ctx, &lambda.InvokeInput{
		FunctionName: &f.name, InvocationType: types.InvocationTypeEvent, Payload: payload,
	})
	if err != nil {
		return fmt.Errorf("starting an invocation of %s: %w", f.name, err)
	}
	return nil
}
