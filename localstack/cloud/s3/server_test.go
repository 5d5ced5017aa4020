package s3_test

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/config"
	"github.com/aws/aws-sdk-go-v2/credentials"
	sdk "github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/smithy-go"

	"acequia/localstack/cloud/s3"
)

// lab is a server with a client of AWS's own.
type lab struct {
	*sdk.Client
	server *s3.Server
	url    string
	dir    string
}

// newLab serves a fresh state over HTTP.
func newLab(t *testing.T, opt s3.Options) *lab {
	t.Helper()
	return serve(t, t.TempDir(), opt, httptest.NewServer)
}

// listen starts a server on a handler.
type listen func(http.Handler) *httptest.Server

func serve(t *testing.T, dir string, opt s3.Options, listen listen) *lab {
	t.Helper()
	server, err := s3.Open(dir, opt)
	if err != nil {
		t.Fatal(err)
	}
	listener := listen(server)
	t.Cleanup(func() {
		listener.Close()
		if err := server.Close(); err != nil {
			t.Error(err)
		}
	})
	return &lab{Client: newClient(t, listener.URL, listener.Client()), server: server, url: listener.URL, dir: dir}
}

// newClient has the defaults that a program gets from LoadDefaultConfig: a client made of bare options would neither
// send nor check checksums.
func newClient(t *testing.T, url string, httpClient *http.Client) *sdk.Client {
	t.Helper()
	cfg, err := config.LoadDefaultConfig(t.Context(),
		config.WithRegion("us-east-1"),
		config.WithCredentialsProvider(credentials.NewStaticCredentialsProvider("test", "test", "")),
		config.WithSharedConfigFiles(nil), config.WithSharedCredentialsFiles(nil),
		config.WithRetryMaxAttempts(1))
	if err != nil {
		t.Fatal(err)
	}
	return sdk.NewFromConfig(cfg, func(o *sdk.Options) {
		o.BaseEndpoint, o.UsePathStyle, o.HTTPClient = aws.String(url), true, httpClient
		o.DisableLogOutputChecksumValidationSkipped = true
	})
}

// bucket creates a bucket, versioned or not.
func (l *lab) bucket(t *testing.T, name string, versioned bool) string {
	t.Helper()
	if err := l.server.EnsureBucket(name, versioned); err != nil {
		t.Fatal(err)
	}
	return name
}

// put stores a text and gives its version id.
func (l *lab) put(t *testing.T, bucket, key, text string) string {
	t.Helper()
	out, err := l.PutObject(t.Context(), &sdk.PutObjectInput{Bucket: &bucket, Key: &key, Body: strings.NewReader(text)})
	if err != nil {
		t.Fatalf("put %q: %v", key, err)
	}
	return aws.ToString(out.VersionId)
}

// get reads a version, or the newest one.
func (l *lab) get(ctx context.Context, bucket, key, version string) (string, error) {
	in := &sdk.GetObjectInput{Bucket: &bucket, Key: &key, ChecksumMode: "ENABLED"}
	if version != "" {
		in.VersionId = &version
	}
	out, err := l.GetObject(ctx, in)
	if err != nil {
		return "", err
	}
	defer out.Body.Close()
	body, err := io.ReadAll(out.Body)
	return string(body), err
}

func (l *lab) wantText(t *testing.T, bucket, key, version, want string) {
	t.Helper()
	if got, err := l.get(t.Context(), bucket, key, version); err != nil || got != want {
		t.Errorf("%q version %q holds %q, %v; want %q", key, version, got, err, want)
	}
}

// wantCode checks that an error is S3's error of the given code.
func wantCode(t *testing.T, err error, code string) {
	t.Helper()
	var api smithy.APIError
	if !errors.As(err, &api) || api.ErrorCode() != code {
		t.Errorf("error = %v, want %s", err, code)
	}
}

// do sends a request as it is, without an SDK in between.
func (l *lab) do(t *testing.T, method, path, body string, header map[string]string) (*http.Response, string) {
	t.Helper()
	req, err := http.NewRequestWithContext(t.Context(), method, l.url+path, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	for name, value := range header {
		req.Header.Set(name, value)
	}
	resp, err := http.DefaultClient.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	answer, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatal(err)
	}
	return resp, string(answer)
}

// pattern gives n bytes that are not all the same.
func pattern(n int) []byte {
	return bytes.Repeat([]byte("acequia!0123456789"), n/18+1)[:n]
}

func TestOpenRefusesAStateInUse(t *testing.T) {
	t.Parallel()
	l := newLab(t, s3.Options{})
	_, err := s3.Open(l.dir, s3.Options{})
	if err == nil || !strings.Contains(err.Error(), "stop the local cloud") {
		t.Errorf("error = %v, want one that says what to do", err)
	}
}

func TestStateSurvivesReopening(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	t.Run("write", func(t *testing.T) {
		l := serve(t, dir, s3.Options{}, httptest.NewServer)
		l.bucket(t, "raw", true)
		l.put(t, "raw", "k", "first")
		l.put(t, "raw", "k", "second")
	})
	t.Run("read", func(t *testing.T) {
		l := serve(t, dir, s3.Options{}, httptest.NewServer)
		l.wantText(t, "raw", "k", "", "second")
		out, err := l.ListObjectVersions(t.Context(), &sdk.ListObjectVersionsInput{Bucket: aws.String("raw")})
		if err != nil || len(out.Versions) != 2 {
			t.Errorf("versions = %v, %v", out, err)
		}
	})
}

func TestBuckets(t *testing.T) {
	t.Parallel()
	l, ctx := newLab(t, s3.Options{}), t.Context()
	name := aws.String("raw-data")
	if _, err := l.CreateBucket(ctx, &sdk.CreateBucketInput{Bucket: name}); err != nil {
		t.Fatal(err)
	}
	if _, err := l.CreateBucket(ctx, &sdk.CreateBucketInput{Bucket: name}); err != nil {
		t.Errorf("creating one's own bucket again: %v", err)
	}
	_, err := l.CreateBucket(ctx, &sdk.CreateBucketInput{Bucket: aws.String("Not_A_Name")})
	wantCode(t, err, "InvalidBucketName")
	_, err = l.HeadBucket(ctx, &sdk.HeadBucketInput{Bucket: aws.String("missing")})
	wantCode(t, err, "NotFound")
	if head, err := l.HeadBucket(ctx, &sdk.HeadBucketInput{Bucket: name}); err != nil || aws.ToString(head.BucketRegion) != "us-east-1" {
		t.Errorf("head = %+v, %v", head, err)
	}
	if _, err := l.GetBucketLocation(ctx, &sdk.GetBucketLocationInput{Bucket: name}); err != nil {
		t.Error(err)
	}
	list, err := l.ListBuckets(ctx, &sdk.ListBucketsInput{})
	if err != nil || len(list.Buckets) != 1 || *list.Buckets[0].Name != *name || time.Since(*list.Buckets[0].CreationDate) > time.Hour {
		t.Errorf("buckets = %+v, %v", list, err)
	}
	l.put(t, *name, "k", "v")
	_, err = l.DeleteBucket(ctx, &sdk.DeleteBucketInput{Bucket: name})
	wantCode(t, err, "BucketNotEmpty")
	if _, err := l.DeleteObject(ctx, &sdk.DeleteObjectInput{Bucket: name, Key: aws.String("k")}); err != nil {
		t.Fatal(err)
	}
	if _, err := l.DeleteBucket(ctx, &sdk.DeleteBucketInput{Bucket: name}); err != nil {
		t.Error(err)
	}
	_, err = l.get(ctx, *name, "k", "")
	wantCode(t, err, "NoSuchBucket")
}

func TestCallsThatAreNotEmulatedAreNamed(t *testing.T) {
	t.Parallel()
	l := newLab(t, s3.Options{})
	l.bucket(t, "raw", false)
	for _, c := range []struct{ method, path, name string }{
		{"PUT", "/raw?lifecycle", "PutBucketLifecycleConfiguration"},
		{"GET", "/raw?policy", "GetBucketPolicy"},
		{"DELETE", "/raw?cors", "DeleteBucketCors"},
		{"GET", "/raw/key?acl", "GetObjectAcl"},
		{"POST", "/raw/key?select&select-type=2", "SelectObjectContent"},
		{"POST", "/raw", "PostObject"},
	} {
		resp, body := l.do(t, c.method, c.path, "", nil)
		want := "<Message>" + c.name + " is not emulated by the local cloud</Message>"
		if resp.StatusCode != http.StatusNotImplemented || !strings.Contains(body, "<Code>NotImplemented</Code>") || !strings.Contains(body, want) {
			t.Errorf("%s %s: %d %s", c.method, c.path, resp.StatusCode, body)
		}
	}
	resp, body := l.do(t, "PUT", "/raw/k", "x", map[string]string{"x-amz-server-side-encryption-customer-algorithm": "AES256"})
	if resp.StatusCode != http.StatusNotImplemented {
		t.Errorf("SSE-C: %d %s", resp.StatusCode, body)
	}
}
