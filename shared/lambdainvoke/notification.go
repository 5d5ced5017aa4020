package lambdainvoke

import (
	"net/url"
	"strings"
	"time"

	"acequia/shared/pipeline"
)

// Notification is an S3 event about one object version, with the fields that ingest reads: what S3 sends when a file arrives
// (https://docs.aws.amazon.com/AmazonS3/latest/userguide/notification-content-structure.html).
type Notification struct {
	Records []notified `json:"Records"`
}

type notified struct {
	EventVersion string          `json:"eventVersion"`
	EventSource  string          `json:"eventSource"`
	EventName    string          `json:"eventName"`
	EventTime    time.Time       `json:"eventTime"`
	S3           notifiedVersion `json:"s3"`
}

type notifiedVersion struct {
	SchemaVersion string `json:"s3SchemaVersion"`
	Bucket        struct {
		Name string `json:"name"`
	} `json:"bucket"`
	Object struct {
		Key       string `json:"key"`
		Size      int64  `json:"size"`
		ETag      string `json:"eTag"`
		VersionID string `json:"versionId"`
	} `json:"object"`
}

// NewNotification tells of an object version as S3 does, the key URL-encoded and the ETag without its quotes. Nothing but the
// identity of the object need be right: ingest asks the bucket for the rest.
func NewNotification(o pipeline.Object) Notification {
	n := notified{EventVersion: "2.1", EventSource: "aws:s3", EventName: "ObjectCreated:Put", EventTime: o.LastModified}
	n.S3.SchemaVersion = "1.0"
	n.S3.Bucket.Name = o.Bucket
	n.S3.Object.Key = url.QueryEscape(o.Key)
	n.S3.Object.Size, n.S3.Object.ETag, n.S3.Object.VersionID = o.Size, strings.Trim(o.ETag, `"`), o.VersionID
	return Notification{Records: []notified{n}}
}
