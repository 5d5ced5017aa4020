package stack

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/s3/types"
)

// putContracts puts the checkout's contract documents into the bucket, those that differ from what is there, and names
// them. A document that is only in the bucket stays: somebody has put it there.
func putContracts(ctx context.Context, client *s3.Client, bucket, dir string) (put []string, err error) {
	files, err := filepath.Glob(filepath.Join(dir, "*.odcs.yaml"))
	if err != nil {
		return nil, err
	}
	for _, file := range files {
		doc, err := os.ReadFile(file)
		if err != nil {
			return put, err
		}
		key := filepath.Base(file)
		same, err := holds(ctx, client, bucket, key, doc)
		if err != nil {
			return put, err
		}
		if same {
			continue
		}
		_, err = client.PutObject(ctx, &s3.PutObjectInput{
			Bucket: &bucket, Key: &key, Body: bytes.NewReader(doc), ContentType: aws.String("application/yaml"),
		})
		if err != nil {
			return put, fmt.Errorf("putting the contract %s into s3://%s: %w", file, bucket, err)
		}
		put = append(put, key)
	}
	return put, nil
}

// holds tells whether the object's current version is doc.
func holds(ctx context.Context, client *s3.Client, bucket, key string, doc []byte) (bool, error) {
	got, err := client.GetObject(ctx, &s3.GetObjectInput{Bucket: &bucket, Key: &key})
	var missing *types.NoSuchKey
	if errors.As(err, &missing) {
		return false, nil
	}
	if err != nil {
		return false, fmt.Errorf("reading the contract s3://%s/%s: %w", bucket, key, err)
	}
	defer got.Body.Close()
	there, err := io.ReadAll(got.Body)
	if err != nil {
		return false, fmt.Errorf("reading the contract s3://%s/%s: %w", bucket, key, err)
	}
	return bytes.Equal(there, doc), nil
}
