package s3store

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"sync"
	"time"

	"github.com/aws/aws-sdk-go-v2/service/s3"

	"acequia/shared/contract"
	"acequia/shared/pipeline"
)

// Contracts reads the contracts bucket. Versions never change, so what was read once is kept for the life of the process.
type Contracts struct {
	client *s3.Client
	bucket string

	mu sync.Mutex
	// byVersion holds parsed documents; newest knows them by what a listing shows, so that listing the bucket is enough to
	// see that nothing changed.
	byVersion map[pipeline.ContractRef]contract.Entry
	newest    map[listed]contract.Entry
}

// listed is what tells the newest version of a key from others in a listing. A version that brings the bytes, and so the
// ETag, of an old one back has a time of its own.
type listed struct {
	key, etag string
	modified  time.Time
}

// NewContracts gives the contracts bucket of that name.
func NewContracts(client *s3.Client, bucket string) *Contracts {
	return &Contracts{
		client: client, bucket: bucket,
		byVersion: map[pipeline.ContractRef]contract.Entry{},
		newest:    map[listed]contract.Entry{},
	}
}

// At gives the contract at one version. An invalid document is a *pipeline.RefusedError.
func (c *Contracts) At(ctx context.Context, ref pipeline.ContractRef) (*contract.Contract, error) {
	c.mu.Lock()
	e, known := c.byVersion[ref]
	c.mu.Unlock()
	if !known {
		var err error
		e, err = c.fetch(ctx, ref.Bucket, ref.Key, &ref.VersionID)
		if errors.Is(err, ErrNotFound) {
			return nil, pipeline.Refuse(
				"version %s of the contract s3://%s/%s is gone; upload the file again", ref.VersionID, ref.Bucket, ref.Key)
		}
		if err != nil {
			return nil, err
		}
	}
	if e.Err != nil {
		return nil, &pipeline.RefusedError{Reason: e.Err.Error()}
	}
	return e.Contract, nil
}

// Current gives all contracts in force. One that is invalid is an entry with its error, and costs the others nothing.
func (c *Contracts) Current(ctx context.Context) (contract.Catalog, error) {
	var catalog contract.Catalog
	pages := s3.NewListObjectsV2Paginator(c.client, &s3.ListObjectsV2Input{Bucket: &c.bucket})
	for pages.HasMorePages() {
		page, err := pages.NextPage(ctx)
		if err != nil {
			return nil, named(err, "listing the contracts in", c.bucket, "")
		}
		for _, o := range page.Contents {
			if !strings.HasSuffix(*o.Key, contract.Extension) {
				continue
			}
			e, err := c.current(ctx, listed{*o.Key, *o.ETag, o.LastModified.UTC()})
			if err != nil {
				return nil, err
			}
			catalog = append(catalog, e)
		}
	}
	return catalog, nil
}

func (c *Contracts) current(ctx context.Context, l listed) (contract.Entry, error) {
	c.mu.Lock()
	e, known := c.newest[l]
	c.mu.Unlock()
	if known {
		return e, nil
	}
	e, err := c.fetch(ctx, c.bucket, l.key, nil)
	if err != nil {
		return e, err
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.newest[l] = e
	return e, nil
}

// fetch reads and parses a document, at its newest version if none is given. An invalid one is an entry all the same.
func (c *Contracts) fetch(ctx context.Context, bucket, key string, version *string) (e contract.Entry, err error) {
	got, err := c.client.GetObject(ctx, &s3.GetObjectInput{Bucket: &bucket, Key: &key, VersionId: version})
	if err != nil {
		return e, named(err, "reading the contract", bucket, key)
	}
	defer func() { err = closing(got.Body, err) }()
	doc, err := io.ReadAll(got.Body)
	if err != nil {
		return e, named(err, "reading the contract", bucket, key)
	}
	e.Ref = pipeline.ContractRef{Bucket: bucket, Key: key, VersionID: "null"} // what S3 calls the version in a bucket that keeps none
	if got.VersionId != nil {
		e.Ref.VersionID = *got.VersionId
	}
	if e.Contract, e.Err = contract.Parse(doc); e.Err != nil {
		e.Err = fmt.Errorf("the contract s3://%s/%s is not valid: %w", bucket, key, e.Err)
	}
	c.mu.Lock()
	defer c.mu.Unlock()
	c.byVersion[e.Ref] = e
	return e, nil
}
