package metering_test

import (
	"context"
	"io"
	"net/http"
	"strings"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/aws/retry"
	"github.com/aws/aws-sdk-go-v2/config"
	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/sqs"
	"github.com/google/go-cmp/cmp"

	"acequia/shared/metering"
	"acequia/shared/pipeline"
	"acequia/test/cloudtest"
)

// Each request of the SDK's clients is counted as S3 and SQS do.
func TestRequestsAreCounted(t *testing.T) {
	t.Parallel()
	buckets, queue := clients(t)
	bucket, key := aws.String("bucket"), aws.String("k")
	url := cloudtest.NewQueue(t, queue, "q")
	for name, test := range map[string]struct {
		call func(context.Context) error
		want pipeline.Usage
	}{
		"put": {func(ctx context.Context) error {
			_, err := buckets.PutObject(ctx, &s3.PutObjectInput{Bucket: bucket, Key: aws.String("new"), Body: strings.NewReader("12345")})
			return err
		}, pipeline.Usage{S3Puts: 1, BytesWritten: 5}},
		"get": {
			func(ctx context.Context) error {
				return read(buckets.GetObject(ctx, &s3.GetObjectInput{Bucket: bucket, Key: key}))
			},
			pipeline.Usage{S3Gets: 1, BytesRead: 10},
		},
		"get a range": {func(ctx context.Context) error {
			return read(buckets.GetObject(ctx, &s3.GetObjectInput{Bucket: bucket, Key: key, Range: aws.String("bytes=2-4")}))
		}, pipeline.Usage{S3Gets: 1, BytesRead: 3}},
		"head": {func(ctx context.Context) error {
			_, err := buckets.HeadObject(ctx, &s3.HeadObjectInput{Bucket: bucket, Key: key})
			return err
		}, pipeline.Usage{S3Gets: 1}},
		"delete": {func(ctx context.Context) error {
			_, err := buckets.DeleteObject(ctx, &s3.DeleteObjectInput{Bucket: bucket, Key: aws.String("none")})
			return err
		}, pipeline.Usage{}},
		"send 100 KB": {func(ctx context.Context) error {
			_, err := queue.SendMessage(ctx, &sqs.SendMessageInput{QueueUrl: &url, MessageBody: aws.String(strings.Repeat("x", 100<<10))})
			return err
		}, pipeline.Usage{SQSRequests: 2}},
		"receive": {func(ctx context.Context) error {
			_, err := queue.ReceiveMessage(ctx, &sqs.ReceiveMessageInput{QueueUrl: &url})
			return err
		}, pipeline.Usage{SQSRequests: 1}},
	} {
		t.Run(name, func(t *testing.T) {
			ctx := metering.Start(t.Context(), 0, pipeline.Usage{})
			if err := test.call(ctx); err != nil {
				t.Fatal(err)
			}
			got := metering.Take(ctx)
			if name == "put" && got.BytesWritten > test.want.BytesWritten {
				got.BytesWritten = test.want.BytesWritten // a checksum may go with it
			}
			if diff := cmp.Diff(test.want, got); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

// A listing costs what a PUT does, and each try of a request is one.
func TestEachTryIsARequest(t *testing.T) {
	t.Parallel()
	buckets, _ := clients(t)
	flaky := s3.New(buckets.Options(), func(o *s3.Options) {
		o.HTTPClient = &failingOnce{next: o.HTTPClient}
		o.RetryMaxAttempts, o.Retryer = 2, retry.NewStandard(func(r *retry.StandardOptions) { r.MaxBackoff = time.Millisecond })
	})
	ctx := metering.Start(t.Context(), 0, pipeline.Usage{Invocations: 1})
	if _, err := flaky.ListObjectVersions(ctx, &s3.ListObjectVersionsInput{Bucket: aws.String("bucket")}); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(pipeline.Usage{Invocations: 1, S3Puts: 2}, metering.Take(ctx)); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// failingOnce answers the first request with 503.
type failingOnce struct {
	next s3.HTTPClient
	once sync.Once
}

func (f *failingOnce) Do(r *http.Request) (*http.Response, error) {
	fails := false
	f.once.Do(func() { fails = true })
	if fails {
		return &http.Response{StatusCode: http.StatusServiceUnavailable, Body: http.NoBody, Request: r, Header: http.Header{}}, nil
	}
	return f.next.Do(r)
}

// Time counts from one Take to the next, and what is less than a millisecond is not lost.
func TestTimeIsTakenOnce(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		ctx := metering.Start(t.Context(), 512, pipeline.Usage{S3Gets: 3})
		time.Sleep(2*time.Second + 700*time.Microsecond)
		if got, want := metering.Take(ctx), (pipeline.Usage{S3Gets: 3, MBMilliseconds: 512 * 2000}); got != want {
			t.Errorf("took %+v, want %+v", got, want)
		}
		time.Sleep(300 * time.Microsecond)
		if got, want := metering.Take(ctx), (pipeline.Usage{MBMilliseconds: 512}); got != want {
			t.Errorf("took %+v, want %+v", got, want)
		}
		if got := metering.Take(t.Context()); got != (pipeline.Usage{}) {
			t.Errorf("without a meter: %+v", got)
		}
	})
}

// clients gives metered clients of a bucket with an object of ten bytes.
func clients(t *testing.T) (*s3.Client, *sqs.Client) {
	t.Helper()
	var options config.LoadOptions
	if err := metering.Requests(&options); err != nil {
		t.Fatal(err)
	}
	local := cloudtest.NewS3(t)
	local.Bucket(t, "bucket", true)
	local.Upload(t, "bucket", "k", "0123456789")
	buckets := s3.New(local.Options(), func(o *s3.Options) { o.APIOptions = append(o.APIOptions, options.APIOptions...) })
	queues := sqs.New(cloudtest.NewSQS(t).Options(), func(o *sqs.Options) { o.APIOptions = append(o.APIOptions, options.APIOptions...) })
	return buckets, queues
}

func read(out *s3.GetObjectOutput, err error) error {
	if err != nil {
		return err
	}
	defer out.Body.Close()
	_, err = io.Copy(io.Discard, out.Body)
	return err
}
