package s3

import (
	"encoding/json"
	"fmt"
	"net"
	"strings"
)

// Notification is an event on its way to its target.
type Notification struct {
	// Target is the ARN of a queue, a topic or a function.
	Target string
	// Event is the JSON that S3 sends: {"Records":[…]}, or an s3:TestEvent, which has no Records.
	Event []byte
}

// The structure of an event, version 2.1.
// See https://docs.aws.amazon.com/AmazonS3/latest/userguide/notification-content-structure.html.
type (
	eventMessage struct {
		Records []eventRecord `json:"Records"`
	}
	eventRecord struct {
		EventVersion      string            `json:"eventVersion"`
		EventSource       string            `json:"eventSource"`
		AWSRegion         string            `json:"awsRegion"`
		EventTime         string            `json:"eventTime"`
		EventName         string            `json:"eventName"`
		UserIdentity      principal         `json:"userIdentity"`
		RequestParameters map[string]string `json:"requestParameters"`
		ResponseElements  map[string]string `json:"responseElements"`
		S3                eventEntity       `json:"s3"`
	}
	eventEntity struct {
		SchemaVersion   string      `json:"s3SchemaVersion"`
		ConfigurationID string      `json:"configurationId"`
		Bucket          eventBucket `json:"bucket"`
		Object          eventObject `json:"object"`
	}
	eventBucket struct {
		Name          string    `json:"name"`
		OwnerIdentity principal `json:"ownerIdentity"`
		ARN           string    `json:"arn"`
	}
	// eventObject: size and eTag are absent where an object was removed, versionId where versioning is not enabled.
	eventObject struct {
		Key       string `json:"key"`
		Size      *int64 `json:"size,omitempty"`
		ETag      string `json:"eTag,omitempty"`
		VersionID string `json:"versionId,omitempty"`
		Sequencer string `json:"sequencer"`
	}
	principal struct {
		PrincipalID string `json:"principalId"`
	}
)

// emptyETag is that of no bytes, which a delete marker's event carries.
const emptyETag = "d41d8cd98f00b204e9800998ecf8427e"

// tell writes an outbox row for each rule that wants the event, in the transaction that made it true.
func (s *Server) tell(t *tx, b *bucket, v *version, event string, r *request) error {
	for _, rule := range b.Rules {
		if !rule.fits(event, v.Key) {
			continue
		}
		message, err := json.Marshal(eventMessage{Records: []eventRecord{s.record(b, v, event, rule.ID, r)}})
		if err != nil {
			return err
		}
		if err := t.enqueue(Notification{Target: rule.Target, Event: message}); err != nil {
			return err
		}
	}
	return nil
}

func (s *Server) record(b *bucket, v *version, event, ruleID string, r *request) eventRecord {
	host, _, err := net.SplitHostPort(r.RemoteAddr)
	if err != nil {
		host = r.RemoteAddr
	}
	// Of two events about a key the later one has the greater sequencer, compared as text.
	object := eventObject{Key: encodeKey(v.Key), Sequencer: fmt.Sprintf("%018X", v.Seq)}
	switch {
	case strings.HasPrefix(event, "ObjectCreated:"):
		object.Size, object.ETag = &v.Size, v.ETag
	case v.DeleteMarker:
		object.ETag = emptyETag
	}
	if b.Versioning == versioningEnabled {
		object.VersionID = v.ID
	}
	return eventRecord{
		EventVersion: "2.1", EventSource: "aws:s3", AWSRegion: s.opt.Region,
		EventTime: s.opt.Now().UTC().Format(timeFormat), EventName: event,
		UserIdentity:      principal{"AWS:LOCAL"},
		RequestParameters: map[string]string{"sourceIPAddress": host},
		ResponseElements:  map[string]string{"x-amz-request-id": r.id, "x-amz-id-2": r.id},
		S3: eventEntity{
			SchemaVersion: "1.0", ConfigurationID: ruleID, Object: object,
			Bucket: eventBucket{Name: b.Name, OwnerIdentity: principal{"LOCAL"}, ARN: "arn:aws:s3:::" + b.Name},
		},
	}
}

// testEvent is what S3 sends when notifications are set.
func (s *Server) testEvent(r *request) []byte {
	message, _ := json.Marshal(map[string]string{ // Strings can always be encoded.
		"Service": "Amazon S3", "Event": "s3:TestEvent", "Time": s.opt.Now().UTC().Format(timeFormat),
		"Bucket": r.bucket, "RequestId": r.id, "HostId": r.id,
	})
	return message
}
