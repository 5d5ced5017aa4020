package s3store

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"

	"acequia/shared/pipeline"
)

// Work is the work bucket: plans, staged chunks, outcomes, reports. What it holds can be made again, and expires.
type Work struct {
	client *s3.Client
	bucket string
}

// NewWork gives the work bucket of that name.
func NewWork(client *s3.Client, bucket string) *Work { return &Work{client, bucket} }

// Put writes body under key, whatever was there.
func (w *Work) Put(ctx context.Context, key string, body []byte) error {
	_, err := w.client.PutObject(ctx, &s3.PutObjectInput{
		Bucket: &w.bucket, Key: &key, Body: bytes.NewReader(body),
	})
	if err != nil {
		return named(err, "writing", w.bucket, key)
	}
	return nil
}

// Create writes body under key unless something is there already, and tells whether it did.
func (w *Work) Create(ctx context.Context, key string, body []byte) (bool, error) {
	_, err := w.client.PutObject(ctx, &s3.PutObjectInput{
		Bucket: &w.bucket, Key: &key, Body: bytes.NewReader(body), IfNoneMatch: aws.String("*"),
	})
	// 409 ConditionalRequestConflict: another conditional write of this key is under way, so it is not ours to make.
	if hasCode(err, "PreconditionFailed", "ConditionalRequestConflict") {
		return false, nil
	}
	if err != nil {
		return false, named(err, "creating", w.bucket, key)
	}
	return true, nil
}

// Open reads what is under key; the caller closes it. If nothing is there, the error is ErrNotFound and a
// *pipeline.GiveUpError: what is staged expires, and waiting brings nothing back.
func (w *Work) Open(ctx context.Context, key string) (io.ReadCloser, error) {
	body, _, err := w.open(ctx, key, "")
	return body, err
}

// open reads a range of what is under key, or all of it, and tells how many bytes that is.
func (w *Work) open(ctx context.Context, key, byteRange string) (body io.ReadCloser, size int64, err error) {
	get := &s3.GetObjectInput{Bucket: &w.bucket, Key: &key}
	if byteRange != "" {
		get.Range = &byteRange
	}
	got, err := w.client.GetObject(ctx, get)
	if err == nil {
		return got.Body, aws.ToInt64(got.ContentLength), nil
	}
	if err = named(err, "reading", w.bucket, key); errors.Is(err, ErrNotFound) {
		return nil, 0, fmt.Errorf("%w: %w", err, &pipeline.GiveUpError{
			Reason: fmt.Sprintf("the staged file s3://%s/%s has expired; upload the file again", w.bucket, key),
		})
	}
	return nil, 0, err
}

// Get reads all of what is under key; if nothing is there, the error is that of Open.
func (w *Work) Get(ctx context.Context, key string) (body []byte, err error) {
	r, size, err := w.open(ctx, key, "")
	if err != nil {
		return nil, err
	}
	defer func() { err = closing(r, err) }()
	whole := bytes.NewBuffer(make([]byte, 0, size+bytes.MinRead)) // with which ReadFrom never grows it
	if _, err = whole.ReadFrom(r); err != nil {
		return nil, fmt.Errorf("reading s3://%s/%s: %w", w.bucket, key, err)
	}
	return whole.Bytes(), nil
}

// Head reads the first bytes of what is under key, at most so many; if nothing is there, the error is that of Open.
func (w *Work) Head(ctx context.Context, key string, n int64) (head []byte, err error) {
	r, _, err := w.open(ctx, key, fmt.Sprintf("bytes=0-%d", n-1))
	if hasCode(err, "InvalidRange") { // it is empty
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	defer func() { err = closing(r, err) }()
	if head, err = io.ReadAll(r); err != nil {
		return nil, fmt.Errorf("reading the head of s3://%s/%s: %w", w.bucket, key, err)
	}
	return head, nil
}

// Find reads what is under key, and tells whether there was anything.
func (w *Work) Find(ctx context.Context, key string) (body []byte, found bool, err error) {
	body, err = w.Get(ctx, key)
	if errors.Is(err, ErrNotFound) {
		return nil, false, nil
	}
	return body, err == nil, err
}

// Plan reads the plan of an attempt.
func (w *Work) Plan(ctx context.Context, id pipeline.ObjectID, attempt int) (plan pipeline.Plan, err error) {
	key := pipeline.PlanKey(id, attempt)
	b, err := w.Get(ctx, key)
	if err != nil {
		return plan, err
	}
	if err := json.Unmarshal(b, &plan); err != nil {
		return plan, fmt.Errorf("reading the plan s3://%s/%s: %w", w.bucket, key, err)
	}
	return plan, nil
}

// closing closes c, and gives err or, where there is none, what closing said.
func closing(c io.Closer, err error) error {
	if closeErr := c.Close(); err == nil && closeErr != nil {
		return fmt.Errorf("closing a response of S3: %w", closeErr)
	}
	return err
}
