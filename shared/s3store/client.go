// Package s3store is the adapter to S3: the raw bucket, which it only reads, the work bucket, where stages leave their
// outputs, and the contracts bucket.
package s3store

import (
	"context"
	"errors"
	"fmt"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/config"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/smithy-go"
)

// ErrNotFound says that a key, or a version of it, does not exist.
var ErrNotFound = errors.New("no such object")

// NewClient makes a client from the environment. An endpoint of one's own (AWS_ENDPOINT_URL) is addressed by path, since
// names of buckets under it rarely resolve.
func NewClient(ctx context.Context, options ...func(*config.LoadOptions) error) (*s3.Client, error) {
	cfg, err := config.LoadDefaultConfig(ctx, options...)
	if err != nil {
		return nil, fmt.Errorf("reading the AWS configuration: %w", err)
	}
	return ClientOf(cfg), nil
}

// ClientOf makes a client of a configuration. An endpoint of its own is addressed by path, since the names of its buckets need not
// resolve.
func ClientOf(cfg aws.Config) *s3.Client {
	return s3.NewFromConfig(cfg, func(o *s3.Options) {
		o.UsePathStyle = cfg.BaseEndpoint != nil
		// A range has no checksum of its own; there is nothing to say about that in the log of every chunk.
		o.DisableLogOutputChecksumValidationSkipped = true
		o.APIOptions = append(o.APIOptions, leavePayloadsUnsigned)
	})
}

// named wraps an error with what was being done, as ErrNotFound where S3 says that the object is not there.
func named(err error, doing, bucket, key string) error {
	if hasCode(err, "NoSuchKey", "NoSuchVersion", "NotFound") {
		return fmt.Errorf("%s s3://%s/%s: %w", doing, bucket, key, ErrNotFound)
	}
	return fmt.Errorf("%s s3://%s/%s: %w", doing, bucket, key, err)
}

func hasCode(err error, codes ...string) bool {
	var api smithy.APIError
	if !errors.As(err, &api) {
		return false
	}
	for _, code := range codes {
		if api.ErrorCode() == code {
			return true
		}
	}
	return false
}
