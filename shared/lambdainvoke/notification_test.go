package lambdainvoke_test

import (
	"encoding/json"
	"net/url"
	"testing"
	"time"

	"github.com/aws/aws-lambda-go/events"

	"acequia/shared/lambdainvoke"
	"acequia/shared/pipeline"
)

// What we send in S3's name reads as what S3 sends.
func TestANotificationIsAnS3Event(t *testing.T) {
	t.Parallel()
	o := pipeline.Object{
		Bucket: "raw", Key: "sales/año 2026 + más%.csv", VersionID: "v1", ETag: `"abc"`, Size: 7,
		LastModified: time.Date(2026, 11, 24, 10, 0, 0, 0, time.UTC),
	}
	b, err := json.Marshal(lambdainvoke.NewNotification(o))
	if err != nil {
		t.Fatal(err)
	}
	var event events.S3Event
	if err := json.Unmarshal(b, &event); err != nil || len(event.Records) != 1 {
		t.Fatalf("%s: %v", b, err)
	}
	r := event.Records[0]
	key, err := url.QueryUnescape(r.S3.Object.Key)
	if err != nil || key != o.Key || r.S3.Bucket.Name != o.Bucket || r.S3.Object.VersionID != o.VersionID ||
		r.S3.Object.ETag != "abc" || r.S3.Object.Size != o.Size || !r.EventTime.Equal(o.LastModified) || r.EventSource != "aws:s3" {
		t.Errorf("%+v, %v", r, err)
	}
}
