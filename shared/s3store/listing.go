package s3store

import (
	"context"
	"fmt"
	"iter"
	"net/url"
	"strings"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/s3/types"

	"acequia/shared/pipeline"
)

// List gives the versions of all keys with the prefix that come after a key, without delete markers, in S3's order: by the bytes of
// the key, and those of a key newest first. They come in pages of at most 1,000, one request each, as they are asked for. It ends
// after the first error.
func (r *Raw) List(ctx context.Context, bucket, prefix, after string) iter.Seq2[[]pipeline.Object, error] {
	return func(yield func([]pipeline.Object, error) bool) {
		// A key may hold characters that XML cannot, so S3 is asked to encode them; the markers of the next page are encoded too.
		next := &s3.ListObjectVersionsInput{Bucket: &bucket, Prefix: &prefix, EncodingType: types.EncodingTypeUrl}
		if after != "" {
			next.KeyMarker = &after
		}
		for {
			page, err := r.client.ListObjectVersions(ctx, next)
			if err != nil {
				yield(nil, named(err, "listing the versions in", bucket, prefix))
				return
			}
			objects, marker, err := decoded(bucket, page)
			if err != nil {
				yield(nil, err)
				return
			}
			if !yield(objects, nil) || !aws.ToBool(page.IsTruncated) {
				return
			}
			next.KeyMarker, next.VersionIdMarker = &marker, page.NextVersionIdMarker
		}
	}
}

// decoded gives the versions on a page, and the key at which the next one begins.
func decoded(bucket string, page *s3.ListObjectVersionsOutput) (objects []pipeline.Object, marker string, err error) {
	objects = make([]pipeline.Object, 0, len(page.Versions))
	for _, v := range page.Versions {
		key, err := url.QueryUnescape(*v.Key)
		if err != nil {
			return nil, "", fmt.Errorf("listing the versions in s3://%s: the key %q: %w", bucket, *v.Key, err)
		}
		objects = append(objects, pipeline.Object{
			ID: pipeline.NewObjectID(bucket, key, *v.VersionId), Bucket: bucket, Key: key, VersionID: *v.VersionId,
			ETag: *v.ETag, Size: *v.Size, LastModified: v.LastModified.UTC(),
		})
	}
	if marker, err = url.QueryUnescape(aws.ToString(page.NextKeyMarker)); err != nil {
		return nil, "", fmt.Errorf("listing the versions in s3://%s: the key %q: %w", bucket, *page.NextKeyMarker, err)
	}
	return objects, marker, nil
}

// List gives the files with the prefix in the order of their keys, in pages of at most 1,000, one request each, as they are asked
// for. It ends after the first error.
func (w *Work) List(ctx context.Context, prefix string) iter.Seq2[[]pipeline.File, error] {
	return func(yield func([]pipeline.File, error) bool) {
		pages := s3.NewListObjectsV2Paginator(w.client, &s3.ListObjectsV2Input{Bucket: &w.bucket, Prefix: &prefix})
		for pages.HasMorePages() {
			page, err := pages.NextPage(ctx)
			if err != nil {
				yield(nil, named(err, "listing", w.bucket, prefix))
				return
			}
			files := make([]pipeline.File, len(page.Contents))
			for i, o := range page.Contents {
				files[i] = pipeline.File{Key: *o.Key, Modified: *o.LastModified}
			}
			if !yield(files, nil) {
				return
			}
		}
	}
}

// Delete deletes files, at most 1,000. One that is not there is no error.
func (w *Work) Delete(ctx context.Context, keys []string) error {
	if len(keys) == 0 {
		return nil
	}
	ids := make([]types.ObjectIdentifier, len(keys))
	for i := range keys {
		ids[i].Key = &keys[i]
	}
	out, err := w.client.DeleteObjects(ctx, &s3.DeleteObjectsInput{
		Bucket: &w.bucket, Delete: &types.Delete{Objects: ids, Quiet: aws.Bool(true)},
	})
	if err != nil {
		return named(err, "deleting from", w.bucket, keys[0])
	}
	var failed []string
	for _, e := range out.Errors {
		failed = append(failed, aws.ToString(e.Key)+": "+aws.ToString(e.Message))
	}
	if len(failed) > 0 {
		return fmt.Errorf("deleting %d of %d files from s3://%s: %s", len(failed), len(keys), w.bucket, strings.Join(failed, "; "))
	}
	return nil
}

// DeleteAll deletes all files with the prefix. That there are none is no error.
func (w *Work) DeleteAll(ctx context.Context, prefix string) error {
	for page, err := range w.List(ctx, prefix) {
		if err != nil {
			return err
		}
		keys := make([]string, len(page))
		for i, file := range page {
			keys[i] = file.Key
		}
		if err := w.Delete(ctx, keys); err != nil {
			return err
		}
	}
	return nil
}
