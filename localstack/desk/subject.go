package desk

import (
	"encoding/json"
	"fmt"
	"net/url"

	"acequia/shared/intake"
	"acequia/shared/pipeline"
)

// subject is what a message is about.
type subject struct {
	object pipeline.Object
	// what is the part of the object's work: "chunk 3", "planned", "upload".
	what string
}

// subjectOf reads a message of any queue, or an event of ingest, as far as they say what they are about. ok is false for what is
// neither.
func subjectOf(body string) (s subject, ok bool) {
	var m struct {
		Object  pipeline.Object      `json:"object"`
		Kind    pipeline.ReportKind  `json:"kind"`
		Chunk   json.RawMessage      `json:"chunk"`
		Rows    *pipeline.Rows       `json:"rows"`
		GoOn    *intake.Continuation `json:"go_on"`
		Replay  *pipeline.Replay     `json:"replay"`
		Records json.RawMessage      // of an event of S3; elsewhere their number
	}
	if json.Unmarshal([]byte(body), &m) != nil {
		return s, false
	}
	var number int
	var uploads []json.RawMessage
	var chunk pipeline.Chunk
	switch {
	case json.Unmarshal(m.Records, &uploads) == nil && len(uploads) > 0:
		return uploadOf(uploads[0])
	case m.GoOn != nil: // what an invocation of ingest left to the next one
		return subject{m.GoOn.Object, "walk"}, true
	case m.Replay != nil:
		return subject{m.Replay.Object, "replay"}, true
	case m.Rows != nil: // a report of a chunk
		return subject{m.Object, fmt.Sprintf("chunk %d", m.Rows.Chunk.Number)}, true
	case m.Kind != "": // a report of an object
		return subject{m.Object, string(m.Kind)}, true
	case json.Unmarshal(m.Chunk, &number) == nil: // a pipeline.Chunk
		return subject{m.Object, fmt.Sprintf("chunk %d", number)}, true
	case json.Unmarshal(m.Chunk, &chunk) == nil: // a pipeline.Cleaned
		return subject{chunk.Object, fmt.Sprintf("chunk %d", chunk.Number)}, true
	}
	return s, false
}

// uploadOf reads a record of an event of S3. Keys in events are URL-encoded, with "+" for a space.
func uploadOf(record json.RawMessage) (s subject, ok bool) {
	var r struct {
		S3 struct {
			Bucket struct{ Name string }
			Object struct{ Key, VersionID string }
		}
	}
	if json.Unmarshal(record, &r) != nil {
		return s, false
	}
	key, err := url.QueryUnescape(r.S3.Object.Key)
	o := pipeline.Object{Bucket: r.S3.Bucket.Name, Key: key, VersionID: r.S3.Object.VersionID}
	o.ID = pipeline.NewObjectID(o.Bucket, o.Key, o.VersionID)
	return subject{o, "upload"}, err == nil && key != ""
}
