package desk

import (
	"context"
	"fmt"
	"os"
	"sync/atomic"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/feature/s3/transfermanager"
	"github.com/aws/aws-sdk-go-v2/service/s3"
)

// Bucket is a bucket of S3 that files are uploaded to.
type Bucket struct {
	name    string
	manager *transfermanager.Client
}

// NewBucket gives the bucket of that name.
func NewBucket(client *s3.Client, name string) *Bucket {
	return &Bucket{name: name, manager: transfermanager.New(client)}
}

// Upload implements Uploader: a large file goes in parts, several at once.
func (b *Bucket) Upload(ctx context.Context, path, key string, sent func(bytes int64)) (string, error) {
	f, err := os.Open(path)
	if err != nil {
		return "", fmt.Errorf("reading the file to upload: %w", err)
	}
	defer f.Close()
	out, err := b.manager.UploadObject(ctx,
		&transfermanager.UploadObjectInput{Bucket: &b.name, Key: &key, Body: f},
		func(o *transfermanager.Options) { o.ObjectProgressListeners.Register(&progress{sent: sent}) })
	if err != nil {
		return "", fmt.Errorf("uploading %s to s3://%s/%s: %w", path, b.name, key, err)
	}
	return aws.ToString(out.VersionID), nil
}

// progress passes on what the transfer manager tells, from several goroutines and out of order, so that it never goes back.
type progress struct {
	most atomic.Int64
	sent func(int64)
}

// OnObjectBytesTransferred implements transfermanager.ObjectBytesTransferredListener.
func (p *progress) OnObjectBytesTransferred(_ context.Context, e *transfermanager.ObjectBytesTransferredEvent) {
	for {
		most := p.most.Load()
		if e.BytesTransferred <= most {
			return
		}
		if p.most.CompareAndSwap(most, e.BytesTransferred) {
			p.sent(e.BytesTransferred)
			return
		}
	}
}
