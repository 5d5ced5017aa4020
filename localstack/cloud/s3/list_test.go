package s3_test

import (
	"context"
	"slices"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	sdk "github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"acequia/localstack/cloud/s3"
)

// naiveList lists keys the obvious way: names to show, in order, each once.
func naiveList(keys []string, prefix, delimiter, after string) []string {
	var names []string
	for _, key := range slices.Sorted(slices.Values(keys)) {
		rest, found := strings.CutPrefix(key, prefix)
		if !found || key <= after {
			continue
		}
		name := key
		if head, _, rolled := strings.Cut(rest, delimiter); delimiter != "" && rolled {
			name = prefix + head + delimiter
		}
		// A walk that ended at a common prefix goes on behind all that it stands for.
		if name != after && !slices.Contains(names, name) {
			names = append(names, name)
		}
	}
	return names
}

var listedKeys = []string{
	"a", "a/", "a/b", "a/b/c", "a//", "a-b", "ab", "b", "b/x", "c d/e", "ñ", "ñ/a", "z", "/", "//", "/a",
}

func TestListingsAreThoseOfTheObviousList(t *testing.T) {
	t.Parallel()
	l := newLab(t, s3.Options{})
	bucket := l.bucket(t, "raw", true)
	for _, key := range listedKeys {
		l.put(t, bucket, key, "x")
		l.put(t, bucket, key, "y")
	}
	for _, deleted := range []string{"gone/a", "gone/b", "a/gone"} {
		l.put(t, bucket, deleted, "x")
		l.delete(t, bucket, deleted, "")
	}
	ctx := context.Background()
	rapid.Check(t, func(t *rapid.T) {
		prefix := rapid.SampledFrom([]string{"", "a", "a/", "b", "c d", "ñ", "no"}).Draw(t, "prefix")
		delimiter := rapid.SampledFrom([]string{"", "/", "b", "//"}).Draw(t, "delimiter")
		after := rapid.SampledFrom([]string{"", "a", "a/b", "b", "zz"}).Draw(t, "start after")
		size := rapid.Int32Range(3, 20).Draw(t, "page size")
		want := naiveList(listedKeys, prefix, delimiter, after)

		pages := sdk.NewListObjectsV2Paginator(l, &sdk.ListObjectsV2Input{
			Bucket: &bucket, Prefix: &prefix, Delimiter: &delimiter, StartAfter: &after, MaxKeys: &size,
		})
		var got []string
		for pages.HasMorePages() {
			page, err := pages.NextPage(ctx)
			if err != nil {
				t.Fatal(err)
			}
			if n := len(page.Contents) + len(page.CommonPrefixes); n > int(size) || n != int(*page.KeyCount) {
				t.Fatalf("a page of %d, KeyCount %d, where %d were allowed", n, *page.KeyCount, size)
			}
			for _, object := range page.Contents {
				got = append(got, *object.Key)
			}
			for _, common := range page.CommonPrefixes {
				got = append(got, *common.Prefix)
			}
		}
		slices.Sort(got)
		if diff := cmp.Diff(want, got); diff != "" {
			t.Fatalf("version 2 (-want +got):\n%s", diff)
		}

		got, marker := nil, after
		for more := true; more; {
			page, err := l.ListObjects(ctx, &sdk.ListObjectsInput{Bucket: &bucket, Prefix: &prefix, Delimiter: &delimiter, Marker: &marker, MaxKeys: &size})
			if err != nil {
				t.Fatal(err)
			}
			for _, object := range page.Contents {
				got = append(got, *object.Key)
				marker = *object.Key
			}
			for _, common := range page.CommonPrefixes {
				got = append(got, *common.Prefix)
			}
			if page.NextMarker != nil {
				marker = *page.NextMarker
			}
			more = *page.IsTruncated
		}
		slices.Sort(got)
		if diff := cmp.Diff(want, got); diff != "" {
			t.Fatalf("version 1 (-want +got):\n%s", diff)
		}
	})
}

func TestListVersionsWithDelimiter(t *testing.T) {
	t.Parallel()
	l := newLab(t, s3.Options{})
	bucket := l.bucket(t, "raw", true)
	for _, key := range []string{"a/1", "a/1", "b", "b", "c/1"} {
		l.put(t, bucket, key, "x")
	}
	var names []string
	pages := sdk.NewListObjectVersionsPaginator(l, &sdk.ListObjectVersionsInput{
		Bucket: &bucket, Delimiter: aws.String("/"), MaxKeys: aws.Int32(1),
	})
	for pages.HasMorePages() {
		page, err := pages.NextPage(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		for _, v := range page.Versions {
			names = append(names, *v.Key)
		}
		for _, p := range page.CommonPrefixes {
			names = append(names, *p.Prefix)
		}
	}
	if diff := cmp.Diff([]string{"a/", "b", "b", "c/"}, names); diff != "" {
		t.Errorf("names (-want +got):\n%s", diff)
	}
}

func TestListOfNothing(t *testing.T) {
	t.Parallel()
	l, ctx := newLab(t, s3.Options{}), t.Context()
	bucket := l.bucket(t, "raw", false)
	out, err := l.ListObjectsV2(ctx, &sdk.ListObjectsV2Input{Bucket: &bucket})
	if err != nil || *out.KeyCount != 0 || *out.IsTruncated {
		t.Errorf("list = %+v, %v", out, err)
	}
	l.put(t, bucket, "k", "x")
	out, err = l.ListObjectsV2(ctx, &sdk.ListObjectsV2Input{Bucket: &bucket, MaxKeys: aws.Int32(0)})
	if err != nil || *out.KeyCount != 0 || *out.IsTruncated {
		t.Errorf("list with max-keys 0 = %+v, %v", out, err)
	}
	_, err = l.ListObjectsV2(ctx, &sdk.ListObjectsV2Input{Bucket: aws.String("missing")})
	wantCode(t, err, "NoSuchBucket")
}
