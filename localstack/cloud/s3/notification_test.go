package s3_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/aws/aws-lambda-go/events"
	"github.com/aws/aws-sdk-go-v2/aws"
	sdk "github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/s3/types"
	"github.com/google/go-cmp/cmp"

	"acequia/localstack/cloud/s3"
)

const queue = "arn:aws:sqs:us-east-1:000000000000:events"

// inbox is a target that collects what it is told.
type inbox chan s3.Notification

func (i inbox) deliver(_ context.Context, n s3.Notification) error {
	i <- n
	return nil
}

func (i inbox) next(t *testing.T) s3.Notification {
	t.Helper()
	select {
	case n := <-i:
		return n
	case <-time.After(10 * time.Second):
		t.Fatal("no notification came")
		return s3.Notification{}
	}
}

// record gives the one record of the next notification, as a Lambda function would read it.
func (i inbox) record(t *testing.T) events.S3EventRecord {
	t.Helper()
	var event events.S3Event
	if err := json.Unmarshal(i.next(t).Event, &event); err != nil || len(event.Records) != 1 {
		t.Fatalf("event = %+v, %v", event, err)
	}
	return event.Records[0]
}

func watch(t *testing.T, l *lab, bucket string, rules ...s3.NotificationRule) {
	t.Helper()
	if err := l.server.SetNotifications(bucket, rules); err != nil {
		t.Fatal(err)
	}
	l.server.Start(t.Context())
}

func TestEventsTellWhatHappened(t *testing.T) {
	t.Parallel()
	in := make(inbox, 100)
	l, ctx := newLab(t, s3.Options{Deliver: in.deliver}), t.Context()
	bucket, key := l.bucket(t, "raw", true), "sales/año +1.csv"
	watch(t, l, bucket, s3.NotificationRule{
		ID: "rule", Target: queue, Events: []string{"s3:ObjectCreated:*", "s3:ObjectRemoved:*"}, Prefix: "sales/", Suffix: ".csv",
	})
	l.put(t, bucket, "other/x.csv", "x")
	l.put(t, bucket, "sales/x.txt", "x")
	last := ""
	want := func(event, version string, size int64) {
		t.Helper()
		r := in.record(t)
		decoded, err := url.QueryUnescape(r.S3.Object.Key)
		if err != nil || decoded != key || r.S3.Object.Key != "sales/a%C3%B1o+%2B1.csv" {
			t.Errorf("key = %q, %v", r.S3.Object.Key, err)
		}
		if r.EventName != event || r.S3.Object.VersionID != version || r.S3.Object.Size != size || r.S3.Bucket.Name != bucket ||
			r.EventVersion != "2.1" || r.EventSource != "aws:s3" || r.S3.ConfigurationID != "rule" || r.S3.Bucket.Arn != "arn:aws:s3:::raw" {
			t.Errorf("record = %+v, want %s of version %s with %d bytes", r, event, version, size)
		}
		if r.S3.Object.Sequencer <= last {
			t.Errorf("sequencer %q is not greater than %q", r.S3.Object.Sequencer, last)
		}
		last = r.S3.Object.Sequencer
	}
	want("ObjectCreated:Put", l.put(t, bucket, key, "text"), 4)

	upload := l.begin(t, &sdk.CreateMultipartUploadInput{Bucket: &bucket, Key: &key})
	done, err := l.complete(t, bucket, key, upload, l.part(t, bucket, key, upload, 1, []byte("parts")))
	if err != nil {
		t.Fatal(err)
	}
	want("ObjectCreated:CompleteMultipartUpload", *done.VersionId, 5)

	source := bucket + "/other/x.csv"
	copied, err := l.CopyObject(ctx, &sdk.CopyObjectInput{Bucket: &bucket, Key: &key, CopySource: &source})
	if err != nil {
		t.Fatal(err)
	}
	want("ObjectCreated:Copy", *copied.VersionId, 1)
	marker := l.delete(t, bucket, key, "")
	want("ObjectRemoved:DeleteMarkerCreated", *marker.VersionId, 0)
	l.delete(t, bucket, key, *copied.VersionId)
	want("ObjectRemoved:Delete", *copied.VersionId, 0)
}

func TestNoVersionIDWithoutVersioning(t *testing.T) {
	t.Parallel()
	in := make(inbox, 10)
	l := newLab(t, s3.Options{Deliver: in.deliver})
	watch(t, l, l.bucket(t, "raw", false), s3.NotificationRule{Target: queue, Events: []string{"s3:ObjectCreated:Put"}})
	l.put(t, "raw", "k", "text")
	if event := string(in.next(t).Event); strings.Contains(event, "versionId") || !strings.Contains(event, `"eTag":"1cb251ec0d568de6a929b520c4aed8d1"`) {
		t.Errorf("event = %s", event)
	}
}

func TestNotificationConfiguration(t *testing.T) {
	t.Parallel()
	in := make(inbox, 10)
	l, ctx := newLab(t, s3.Options{Deliver: in.deliver}), t.Context()
	bucket := l.bucket(t, "raw", false)
	l.server.Start(ctx)
	filter := &types.NotificationConfigurationFilter{Key: &types.S3KeyFilter{FilterRules: []types.FilterRule{
		{Name: "Prefix", Value: aws.String("in/")}, {Name: "Suffix", Value: aws.String(".csv")},
	}}}
	want := &types.NotificationConfiguration{
		QueueConfigurations: []types.QueueConfiguration{
			{Id: aws.String("q"), QueueArn: aws.String(queue), Events: []types.Event{"s3:ObjectCreated:*"}, Filter: filter},
		},
		LambdaFunctionConfigurations: []types.LambdaFunctionConfiguration{
			{Id: aws.String("f"), LambdaFunctionArn: aws.String("arn:aws:lambda:us-east-1:000000000000:function:ingest"), Events: []types.Event{"s3:ObjectRemoved:*"}},
		},
	}
	if _, err := l.PutBucketNotificationConfiguration(ctx, &sdk.PutBucketNotificationConfigurationInput{Bucket: &bucket, NotificationConfiguration: want}); err != nil {
		t.Fatal(err)
	}
	test := in.next(t)
	if text := string(test.Event); test.Target != queue || !strings.Contains(text, `"Event":"s3:TestEvent"`) || strings.Contains(text, "Records") {
		t.Errorf("test event = %s to %s", text, test.Target)
	}
	got, err := l.GetBucketNotificationConfiguration(ctx, &sdk.GetBucketNotificationConfigurationInput{Bucket: &bucket})
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(toJSON(t, want), toJSON(t, &types.NotificationConfiguration{
		QueueConfigurations: got.QueueConfigurations, LambdaFunctionConfigurations: got.LambdaFunctionConfigurations,
	})); diff != "" {
		t.Errorf("configuration (-put +got):\n%s", diff)
	}
	l.put(t, bucket, "in/x.csv", "x")
	if r := in.record(t); r.EventName != "ObjectCreated:Put" {
		t.Errorf("record = %+v", r)
	}
	want.EventBridgeConfiguration = &types.EventBridgeConfiguration{}
	_, err = l.PutBucketNotificationConfiguration(ctx, &sdk.PutBucketNotificationConfigurationInput{Bucket: &bucket, NotificationConfiguration: want})
	wantCode(t, err, "NotImplemented")
}

func toJSON(t *testing.T, value any) string {
	t.Helper()
	b, err := json.Marshal(value)
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

// A notification is told until its target takes it, while those for other targets go on.
func TestOutboxRetries(t *testing.T) {
	t.Parallel()
	in := make(inbox, 100)
	var mu sync.Mutex
	failures := map[string]int{}
	deliver := func(ctx context.Context, n s3.Notification) error {
		mu.Lock()
		defer mu.Unlock()
		if strings.HasSuffix(n.Target, ":down") && failures[string(n.Event)] < 2 {
			failures[string(n.Event)]++
			return errors.New("the queue is down")
		}
		return in.deliver(ctx, n)
	}
	l := newLab(t, s3.Options{Deliver: deliver})
	bucket := l.bucket(t, "raw", false)
	created := []string{"s3:ObjectCreated:*"}
	watch(t, l, bucket,
		s3.NotificationRule{Target: queue, Events: created}, s3.NotificationRule{Target: "arn:aws:sqs:us-east-1:000000000000:down", Events: created})
	for i := range 10 {
		l.put(t, bucket, fmt.Sprint("k", i), "x")
	}
	told := map[string]bool{}
	for range 20 {
		n := in.next(t)
		told[n.Target+string(n.Event)] = true
	}
	if len(told) != 20 {
		t.Errorf("%d of 20 notifications were told, others twice", len(told))
	}
}

// What was not delivered when the server ended is delivered by the next one.
func TestOutboxOutlivesTheServer(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	t.Run("put without delivery", func(t *testing.T) {
		l := serve(t, dir, s3.Options{}, httptest.NewServer)
		watch(t, l, l.bucket(t, "raw", false), s3.NotificationRule{Target: queue, Events: []string{"s3:ObjectCreated:*"}})
		l.put(t, "raw", "k", "x")
	})
	t.Run("deliver", func(t *testing.T) {
		in := make(inbox, 10)
		l := serve(t, dir, s3.Options{Deliver: in.deliver}, httptest.NewServer)
		l.server.Start(t.Context())
		if r := in.record(t); r.S3.Object.Key != "k" {
			t.Errorf("record = %+v", r)
		}
	})
}
