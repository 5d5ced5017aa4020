package s3store

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/url"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/s3/types"

	"acequia/shared/pipeline"
)

// Raw reads the bucket that people upload to. It never writes.
type Raw struct {
	client *s3.Client
}

// NewRaw reads with the given client.
func NewRaw(client *s3.Client) *Raw { return &Raw{client} }

// Open reads an object from the byte at offset to its end; the caller closes it. An object that is gone is a
// *pipeline.RefusedError.
func (r *Raw) Open(ctx context.Context, o pipeline.Object, offset int64) (io.ReadCloser, error) {
	if offset == 0 {
		return r.get(ctx, o, nil)
	}
	return r.get(ctx, o, aws.String(fmt.Sprintf("bytes=%d-", offset)))
}

// Section reads an object from offset start to offset end, which is behind the last byte; the caller closes it. An object that is
// gone is a *pipeline.RefusedError.
func (r *Raw) Section(ctx context.Context, o pipeline.Object, start, end int64) (io.ReadCloser, error) {
	return r.get(ctx, o, aws.String(fmt.Sprintf("bytes=%d-%d", start, end-1)))
}

// Range reads the bytes of a chunk. An object that is gone is a *pipeline.RefusedError.
func (r *Raw) Range(ctx context.Context, c pipeline.Chunk) (b []byte, err error) {
	body, err := r.Section(ctx, c.Object, c.Start, c.End)
	if err != nil {
		return nil, err
	}
	defer func() { err = closing(body, err) }()
	b = make([]byte, c.End-c.Start)
	if _, err := io.ReadFull(body, b); err != nil {
		return nil, fmt.Errorf("reading bytes %d to %d of %s: %w", c.Start, c.End, c.Object.URI(), err)
	}
	return b, nil
}

// get names the version in every request, so that an object is never mixed with its successor.
func (r *Raw) get(ctx context.Context, o pipeline.Object, byteRange *string) (io.ReadCloser, error) {
	got, err := r.client.GetObject(ctx, &s3.GetObjectInput{
		Bucket: &o.Bucket, Key: &o.Key, VersionId: &o.VersionID, Range: byteRange,
	})
	if err == nil {
		return got.Body, nil
	}
	err = named(err, "reading", o.Bucket, o.Key)
	if errors.Is(err, ErrNotFound) {
		return nil, pipeline.Refuse(
			"version %s of %s was deleted before it could be read; upload the file again", o.VersionID, o.URI())
	}
	return nil, err
}

// Versions lists the versions of a key, newest first, without delete markers.
func (r *Raw) Versions(ctx context.Context, bucket, key string) ([]pipeline.Version, error) {
	var versions []pipeline.Version
	pages := s3.NewListObjectVersionsPaginator(r.client, &s3.ListObjectVersionsInput{
		Bucket: &bucket, Prefix: &key,
		// A key may hold characters that XML cannot; encoded, ours and those of its neighbours all can be listed.
		EncodingType: types.EncodingTypeUrl,
	})
	for pages.HasMorePages() {
		page, err := pages.NextPage(ctx)
		if err != nil {
			return nil, named(err, "listing the versions of", bucket, key)
		}
		for _, v := range page.Versions {
			// The prefix matches longer keys too; the listing is in key order, so the first of them ends ours.
			listed, err := url.QueryUnescape(*v.Key)
			if err != nil {
				return nil, fmt.Errorf("listing the versions of s3://%s/%s: the key %q: %w", bucket, key, *v.Key, err)
			}
			if listed != key {
				return versions, nil
			}
			versions = append(versions, pipeline.Version{
				ID: *v.VersionId, ETag: *v.ETag, Size: *v.Size, LastModified: v.LastModified.UTC(),
			})
		}
	}
	return versions, nil
}

// SameBytes tells whether two versions of a key hold the same bytes: by ETag, or, since a multipart upload's ETag depends
// on its parts, by the checksum of the full object if S3 has the same kind for both.
func (r *Raw) SameBytes(ctx context.Context, bucket, key string, a, b pipeline.Version) (bool, error) {
	if a.Size != b.Size || a.ETag == b.ETag {
		return a.Size == b.Size, nil
	}
	sumA, err := r.checksum(ctx, bucket, key, a.ID)
	if err != nil || sumA == "" {
		return false, err
	}
	sumB, err := r.checksum(ctx, bucket, key, b.ID)
	return sumA == sumB, err
}

// checksum gives the checksum of the full object with the name of its algorithm; empty if S3 has none of at least 64 bits.
func (r *Raw) checksum(ctx context.Context, bucket, key, version string) (string, error) {
	head, err := r.client.HeadObject(ctx, &s3.HeadObjectInput{
		Bucket: &bucket, Key: &key, VersionId: &version, ChecksumMode: types.ChecksumModeEnabled,
	})
	if err != nil {
		return "", named(err, "asking for the checksum of", bucket, key)
	}
	if head.ChecksumType != types.ChecksumTypeFullObject {
		return "", nil
	}
	for _, sum := range []struct {
		algorithm string
		value     *string
	}{
		{"CRC64NVME", head.ChecksumCRC64NVME},
		{"SHA256", head.ChecksumSHA256},
		{"SHA1", head.ChecksumSHA1},
	} {
		if sum.value != nil {
			return sum.algorithm + " " + *sum.value, nil
		}
	}
	return "", nil
}
