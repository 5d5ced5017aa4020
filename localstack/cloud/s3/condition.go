package s3

import (
	"net/http"
	"strings"
	"time"
)

// writeCondition is what a PUT, a CompleteMultipartUpload or a DELETE demands of the object that it is about to replace.
// See https://docs.aws.amazon.com/AmazonS3/latest/userguide/conditional-requests.html.
type writeCondition struct {
	ifMatch, ifNoneMatch string
	// seen is the sequence number of the key's newest version when the request came in.
	seen uint64
}

// writeConditionOf reads the condition, and notes what the key holds now.
func (s *Server) writeConditionOf(r *request) (writeCondition, error) {
	c := writeCondition{ifMatch: r.Header.Get("If-Match"), ifNoneMatch: r.Header.Get("If-None-Match")}
	if c.ifNoneMatch != "" && c.ifNoneMatch != "*" {
		return c, &apiError{
			Status: http.StatusNotImplemented, Code: "NotImplemented",
			Message: "A header you provided implies functionality that is not implemented: If-None-Match other than *",
		}
	}
	err := s.db.view(func(t *tx) error {
		if _, err := t.bucket(r.bucket); err != nil {
			return err
		}
		current, err := t.newest(r.bucket, r.key)
		if current != nil {
			c.seen = current.Seq
		}
		return err
	})
	return c, err
}

// check holds the condition against the key's newest version, inside the transaction that will replace it. If it fails
// because another request changed the key while this one was under way, the answer is 409, which asks for a retry.
func (c writeCondition) check(current *version) error {
	exists := current != nil && !current.DeleteMarker
	switch {
	case c.ifNoneMatch != "" && exists:
		return c.failed(current, preconditionFailed("If-None-Match"))
	case c.ifMatch != "" && !exists:
		return c.failed(current, noSuchKey())
	case c.ifMatch != "" && !etagMatches(c.ifMatch, current.ETag):
		return c.failed(current, preconditionFailed("If-Match"))
	}
	return nil
}

func (c writeCondition) failed(current *version, otherwise *apiError) error {
	var seq uint64
	if current != nil {
		seq = current.Seq
	}
	if seq != c.seen {
		return conflict("ConditionalRequestConflict", "The conditional request cannot succeed due to a conflicting operation against this resource.")
	}
	return otherwise
}

// readCondition is what a GET, a HEAD or a copy demands of the version that it reads.
type readCondition struct {
	ifMatch, ifNoneMatch               string
	ifModifiedSince, ifUnmodifiedSince string
}

// readConditionOf reads the condition from headers that start with prefix: "" or "X-Amz-Copy-Source-".
func readConditionOf(header http.Header, prefix string) readCondition {
	return readCondition{
		ifMatch: header.Get(prefix + "If-Match"), ifNoneMatch: header.Get(prefix + "If-None-Match"),
		ifModifiedSince: header.Get(prefix + "If-Modified-Since"), ifUnmodifiedSince: header.Get(prefix + "If-Unmodified-Since"),
	}
}

// check evaluates the conditions in the order of RFC 9110, section 13.2.2: a date counts only where there is no ETag.
func (c readCondition) check(v *version) *apiError {
	switch {
	case c.ifMatch != "":
		if !etagMatches(c.ifMatch, v.ETag) {
			return preconditionFailed("If-Match")
		}
	case c.ifUnmodifiedSince != "":
		if at, err := http.ParseTime(c.ifUnmodifiedSince); err == nil && v.Modified.After(at) {
			return preconditionFailed("If-Unmodified-Since")
		}
	}
	switch {
	case c.ifNoneMatch != "":
		if etagMatches(c.ifNoneMatch, v.ETag) {
			return notModified()
		}
	case c.ifModifiedSince != "":
		if at, err := http.ParseTime(c.ifModifiedSince); err == nil && !v.Modified.Truncate(time.Second).After(at) {
			return notModified()
		}
	}
	return nil
}

// etagMatches compares an ETag with a condition: "*" or a list of ETags, quoted or not.
func etagMatches(condition, etag string) bool {
	for candidate := range strings.SplitSeq(condition, ",") {
		candidate = strings.TrimPrefix(strings.TrimSpace(candidate), "W/")
		if candidate == "*" || strings.Trim(candidate, `"`) == etag {
			return true
		}
	}
	return false
}
