package s3_test

import (
	"io"
	"maps"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	sdk "github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/s3/types"
	"github.com/google/go-cmp/cmp"

	"acequia/localstack/cloud/s3"
)

// legalKeys are keys that servers on top of a file system or of ServeMux get wrong.
var legalKeys = []string{
	"plain", "foo", "foo/bar", "foo/", "a//b", "/leading", "//", "a/../b", ".", "..", "a/./b", "with space", "plus+plus",
	"100%", "%2F", "año/ñandú.csv", "日本語", "q?a=b&c#d", `back\slash`, "semi;colon", "tab\there", "emoji-🌊", "~tilde*'()!",
	strings.Repeat("k", 1024), strings.Repeat("é", 512),
}

func TestEveryLegalKey(t *testing.T) {
	t.Parallel()
	l := newLab(t, s3.Options{})
	bucket := l.bucket(t, "raw", false)
	for _, key := range legalKeys {
		l.put(t, bucket, key, "text of "+key)
	}
	var listed []string
	pages := sdk.NewListObjectsV2Paginator(l, &sdk.ListObjectsV2Input{Bucket: &bucket, MaxKeys: aws.Int32(7), EncodingType: "url"})
	for pages.HasMorePages() {
		page, err := pages.NextPage(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		for _, object := range page.Contents {
			key, err := url.QueryUnescape(*object.Key)
			if err != nil {
				t.Fatal(err)
			}
			listed = append(listed, key)
		}
	}
	if diff := cmp.Diff(slices.Sorted(slices.Values(legalKeys)), listed); diff != "" {
		t.Errorf("listed keys (-want +got):\n%s", diff)
	}
	for _, key := range legalKeys {
		l.wantText(t, bucket, key, "", "text of "+key)
		copied := "copy"
		source := url.PathEscape(bucket + "/" + key)
		if _, err := l.CopyObject(t.Context(), &sdk.CopyObjectInput{Bucket: &bucket, Key: &copied, CopySource: &source}); err != nil {
			t.Errorf("copy %q: %v", key, err)
		}
		l.wantText(t, bucket, copied, "", "text of "+key)
		if _, err := l.DeleteObject(t.Context(), &sdk.DeleteObjectInput{Bucket: &bucket, Key: &key}); err != nil {
			t.Errorf("delete %q: %v", key, err)
		}
	}
	_, err := l.PutObject(t.Context(), &sdk.PutObjectInput{Bucket: &bucket, Key: aws.String(strings.Repeat("k", 1025))})
	wantCode(t, err, "KeyTooLongError")
}

func TestLengthIsRequired(t *testing.T) {
	t.Parallel()
	l := newLab(t, s3.Options{})
	l.bucket(t, "raw", false)
	req, err := http.NewRequestWithContext(t.Context(), http.MethodPut, l.url+"/raw/k", io.MultiReader(strings.NewReader("x")))
	if err != nil {
		t.Fatal(err)
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil || resp.StatusCode != http.StatusLengthRequired {
		t.Errorf("a PUT without a length: %v, %v", resp, err)
	}
}

func TestHeadersComeBack(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 11, 24, 10, 0, 0, 987e6, time.UTC)
	l, ctx := newLab(t, s3.Options{Now: func() time.Time { return now }}), t.Context()
	bucket, key := l.bucket(t, "raw", false), "k"
	metadata := map[string]string{"source": "till 4", "empty-ish": "-"}
	_, err := l.PutObject(ctx, &sdk.PutObjectInput{
		Bucket: &bucket, Key: &key, Body: strings.NewReader("x"), Metadata: metadata, Tagging: aws.String("team=a%20b&x=y"),
		ContentType: aws.String("text/csv"), ContentEncoding: aws.String("gzip"), CacheControl: aws.String("no-cache"),
		ContentDisposition: aws.String("inline"), ContentLanguage: aws.String("es"), StorageClass: types.StorageClassStandardIa,
	})
	if err != nil {
		t.Fatal(err)
	}
	head, err := l.HeadObject(ctx, &sdk.HeadObjectInput{Bucket: &bucket, Key: &key})
	if err != nil {
		t.Fatal(err)
	}
	if !maps.Equal(head.Metadata, metadata) || *head.ContentType != "text/csv" || *head.ContentEncoding != "gzip" ||
		*head.CacheControl != "no-cache" || *head.ContentDisposition != "inline" || *head.ContentLanguage != "es" ||
		head.StorageClass != types.StorageClassStandardIa || *head.ContentLength != 1 || *head.ETag != `"9dd4e461268c8034f5c8564e155c67a6"` {
		t.Errorf("head = %+v", head)
	}
	if !head.LastModified.Equal(now.Truncate(time.Second)) {
		t.Errorf("last modified = %v, want the second of %v", head.LastModified, now)
	}
	got, err := l.GetObject(ctx, &sdk.GetObjectInput{
		Bucket: &bucket, Key: &key, ResponseContentType: aws.String("text/plain"), ResponseContentDisposition: aws.String("attachment"),
		ResponseContentEncoding: aws.String("identity"),
	})
	if err != nil || *got.ContentType != "text/plain" || *got.ContentDisposition != "attachment" || *got.TagCount != 2 {
		t.Errorf("get = %+v, %v", got, err)
	}
	tags, err := l.GetObjectTagging(ctx, &sdk.GetObjectTaggingInput{Bucket: &bucket, Key: &key})
	if err != nil || len(tags.TagSet) != 2 || *tags.TagSet[0].Value != "a b" {
		t.Errorf("tags = %+v, %v", tags, err)
	}
}

func TestRanges(t *testing.T) {
	t.Parallel()
	l := newLab(t, s3.Options{})
	bucket, key := l.bucket(t, "raw", false), "digits"
	l.put(t, bucket, key, "0123456789")
	l.put(t, bucket, "empty", "")
	for _, c := range []struct{ key, header, want, contentRange, code string }{
		{key, "bytes=0-0", "0", "bytes 0-0/10", ""},
		{key, "bytes=2-4", "234", "bytes 2-4/10", ""},
		{key, "bytes=7-", "789", "bytes 7-9/10", ""},
		{key, "bytes=7-99", "789", "bytes 7-9/10", ""},
		{key, "bytes=-3", "789", "bytes 7-9/10", ""},
		{key, "bytes=-99", "0123456789", "bytes 0-9/10", ""},
		{key, "bytes=0-9", "0123456789", "bytes 0-9/10", ""},
		{key, "bytes=10-", "", "", "InvalidRange"},
		{key, "bytes=-0", "", "", "InvalidRange"},
		{"empty", "bytes=0-", "", "", "InvalidRange"},
		{key, "bytes=4-2", "0123456789", "", ""},
		{key, "bytes=1-2,4-5", "0123456789", "", ""},
		{key, "lines=1-2", "0123456789", "", ""},
	} {
		out, err := l.GetObject(t.Context(), &sdk.GetObjectInput{Bucket: &bucket, Key: &c.key, Range: &c.header, ChecksumMode: "ENABLED"})
		if c.code != "" {
			wantCode(t, err, c.code)
			continue
		}
		if err != nil {
			t.Errorf("%s: %v", c.header, err)
			continue
		}
		body, err := io.ReadAll(out.Body)
		if err != nil || string(body) != c.want || aws.ToString(out.ContentRange) != c.contentRange {
			t.Errorf("%s of %s: %q, %q, %v", c.header, c.key, body, aws.ToString(out.ContentRange), err)
		}
		if whole := c.contentRange == ""; (aws.ToString(out.ChecksumCRC32) != "") != whole {
			t.Errorf("%s: checksum %q on a ranged answer", c.header, aws.ToString(out.ChecksumCRC32))
		}
	}
}

func TestConditionalReads(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 11, 24, 10, 0, 0, 0, time.UTC)
	l := newLab(t, s3.Options{Now: func() time.Time { return now }})
	bucket := l.bucket(t, "raw", false)
	l.put(t, bucket, "k", "x")
	const etag, other = `"9dd4e461268c8034f5c8564e155c67a6"`, `"00000000000000000000000000000000"`
	before, at := now.Add(-time.Second).Format(http.TimeFormat), now.Format(http.TimeFormat)
	for _, c := range []struct {
		header map[string]string
		want   int
	}{
		{map[string]string{"If-Match": etag}, 200},
		{map[string]string{"If-Match": strings.Trim(etag, `"`)}, 200},
		{map[string]string{"If-Match": other}, 412},
		{map[string]string{"If-None-Match": etag}, 304},
		{map[string]string{"If-None-Match": other}, 200},
		{map[string]string{"If-None-Match": "*"}, 304},
		{map[string]string{"If-Modified-Since": at}, 304},
		{map[string]string{"If-Modified-Since": before}, 200},
		{map[string]string{"If-Unmodified-Since": before}, 412},
		{map[string]string{"If-Unmodified-Since": at}, 200},
		{map[string]string{"If-Match": etag, "If-Unmodified-Since": before}, 200},
		{map[string]string{"If-None-Match": other, "If-Modified-Since": at}, 200},
	} {
		for _, method := range []string{http.MethodGet, http.MethodHead} {
			if resp, body := l.do(t, method, "/raw/k", "", c.header); resp.StatusCode != c.want {
				t.Errorf("%s %v: %d %s, want %d", method, c.header, resp.StatusCode, body, c.want)
			}
		}
	}
}

func TestCopy(t *testing.T) {
	t.Parallel()
	l, ctx := newLab(t, s3.Options{}), t.Context()
	bucket, key, to := l.bucket(t, "raw", true), "from", "to"
	put, err := l.PutObject(ctx, &sdk.PutObjectInput{
		Bucket: &bucket, Key: &key, Body: strings.NewReader("old"), Metadata: map[string]string{"a": "b"}, ChecksumAlgorithm: "SHA256",
	})
	if err != nil {
		t.Fatal(err)
	}
	l.put(t, bucket, key, "new")
	source := bucket + "/" + key + "?versionId=" + *put.VersionId
	out, err := l.CopyObject(ctx, &sdk.CopyObjectInput{Bucket: &bucket, Key: &to, CopySource: &source})
	if err != nil || *out.CopySourceVersionId != *put.VersionId || *out.CopyObjectResult.ChecksumSHA256 != *put.ChecksumSHA256 {
		t.Fatalf("copy = %+v, %v", out, err)
	}
	l.wantText(t, bucket, to, "", "old")
	head, err := l.HeadObject(ctx, &sdk.HeadObjectInput{Bucket: &bucket, Key: &to})
	if err != nil || head.Metadata["a"] != "b" || *head.ETag != *put.ETag {
		t.Errorf("head = %+v, %v", head, err)
	}
	source = bucket + "/" + to
	_, err = l.CopyObject(ctx, &sdk.CopyObjectInput{Bucket: &bucket, Key: &to, CopySource: &source})
	wantCode(t, err, "InvalidRequest")
	_, err = l.CopyObject(ctx, &sdk.CopyObjectInput{
		Bucket: &bucket, Key: &to, CopySource: &source, MetadataDirective: "REPLACE", Metadata: map[string]string{"c": "d"},
	})
	if err != nil {
		t.Error(err)
	}
	head, err = l.HeadObject(ctx, &sdk.HeadObjectInput{Bucket: &bucket, Key: &to})
	if err != nil || !maps.Equal(head.Metadata, map[string]string{"c": "d"}) {
		t.Errorf("metadata = %v, %v", head.Metadata, err)
	}
	_, err = l.CopyObject(ctx, &sdk.CopyObjectInput{Bucket: &bucket, Key: &to, CopySource: &source, CopySourceIfMatch: aws.String(`"no"`)})
	wantCode(t, err, "PreconditionFailed")
	missing := bucket + "/missing"
	_, err = l.CopyObject(ctx, &sdk.CopyObjectInput{Bucket: &bucket, Key: &to, CopySource: &missing})
	wantCode(t, err, "NoSuchKey")
}

func TestTagsAndAttributes(t *testing.T) {
	t.Parallel()
	l, ctx := newLab(t, s3.Options{}), t.Context()
	bucket, key := l.bucket(t, "raw", true), "k"
	version := l.put(t, bucket, key, "text")
	_, err := l.PutObjectTagging(ctx, &sdk.PutObjectTaggingInput{
		Bucket: &bucket, Key: &key, Tagging: &types.Tagging{TagSet: []types.Tag{{Key: aws.String("k"), Value: aws.String("v")}}},
	})
	if err != nil {
		t.Fatal(err)
	}
	tags, err := l.GetObjectTagging(ctx, &sdk.GetObjectTaggingInput{Bucket: &bucket, Key: &key, VersionId: &version})
	if err != nil || len(tags.TagSet) != 1 || *tags.TagSet[0].Value != "v" {
		t.Errorf("tags = %+v, %v", tags, err)
	}
	if _, err := l.DeleteObjectTagging(ctx, &sdk.DeleteObjectTaggingInput{Bucket: &bucket, Key: &key}); err != nil {
		t.Error(err)
	}
	attributes, err := l.GetObjectAttributes(ctx, &sdk.GetObjectAttributesInput{
		Bucket: &bucket, Key: &key, ObjectAttributes: []types.ObjectAttributes{"ETag", "ObjectSize", "Checksum", "StorageClass"},
	})
	if err != nil || *attributes.ObjectSize != 4 || attributes.StorageClass != "STANDARD" || attributes.Checksum.ChecksumCRC32 == nil {
		t.Errorf("attributes = %+v, %v", attributes, err)
	}
	l.wantText(t, bucket, key, version, "text")
}

func TestPresignedAddresses(t *testing.T) {
	t.Parallel()
	l := newLab(t, s3.Options{})
	bucket, key := l.bucket(t, "raw", false), "presigned key"
	presign := sdk.NewPresignClient(l.Client)
	put, err := presign.PresignPutObject(t.Context(), &sdk.PutObjectInput{Bucket: &bucket, Key: &key})
	if err != nil {
		t.Fatal(err)
	}
	if resp, body := l.do(t, put.Method, strings.TrimPrefix(put.URL, l.url), "by address", nil); resp.StatusCode != 200 {
		t.Fatalf("put: %d %s", resp.StatusCode, body)
	}
	get, err := presign.PresignGetObject(t.Context(), &sdk.GetObjectInput{Bucket: &bucket, Key: &key})
	if err != nil {
		t.Fatal(err)
	}
	if resp, body := l.do(t, get.Method, strings.TrimPrefix(get.URL, l.url), "", nil); resp.StatusCode != 200 || body != "by address" {
		t.Errorf("get: %d %s", resp.StatusCode, body)
	}
}

func TestBucketInHostName(t *testing.T) {
	t.Parallel()
	l := newLab(t, s3.Options{})
	l.bucket(t, "raw", false)
	l.put(t, "raw", "a//b", "text")
	for host, path := range map[string]string{
		"raw.localhost": "/a//b", "raw.localhost:4566": "/a//b", "raw.s3.localhost": "/a//b", "raw.s3.us-east-1.localhost:4566": "/a//b",
		"raw.s3.localhost.localstack.cloud:4566": "/a//b", "localhost:4566": "/raw/a//b", "s3.localhost:4566": "/raw/a//b",
		"127.0.0.1:4566": "/raw/a//b",
	} {
		req := httptest.NewRequest(http.MethodGet, "http://"+host+path, nil)
		answer := httptest.NewRecorder()
		l.server.ServeHTTP(answer, req)
		if answer.Code != http.StatusOK || answer.Body.String() != "text" {
			t.Errorf("%s%s: %d %s", host, path, answer.Code, answer.Body)
		}
	}
}
