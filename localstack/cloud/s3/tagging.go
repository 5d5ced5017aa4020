package s3

import (
	"encoding/xml"
	"net/http"
	"net/url"
	"slices"
	"strings"
)

// tag is one of an object's tags.
type tag struct {
	Key   string
	Value string
}

type tagging struct {
	XMLName xml.Name `xml:"Tagging"`
	Tags    []tag    `xml:"TagSet>Tag"`
}

// parseTags reads the header x-amz-tagging, which is written like a query string.
func parseTags(header string) ([]tag, error) {
	values, err := url.ParseQuery(header)
	if err != nil {
		return nil, invalidArgument("The header 'x-amz-tagging' shall be encoded as UTF-8 then URLEncoded URL query parameters without tag name duplicates.")
	}
	var tags []tag
	for key, value := range values {
		tags = append(tags, tag{key, value[0]})
	}
	slices.SortFunc(tags, func(a, b tag) int { return strings.Compare(a.Key, b.Key) })
	return tags, checkTags(tags)
}

// checkTags enforces S3's limit of ten tags an object.
func checkTags(tags []tag) error {
	if len(tags) > 10 {
		return badRequest("BadRequest", "Object tags cannot be greater than 10")
	}
	return nil
}

func (s *Server) getObjectTagging(w http.ResponseWriter, r *request) error {
	b, v, err := s.lookUp(w, r.bucket, r.key, r.query.Get("versionId"))
	if err != nil {
		return err
	}
	setVersionID(w, b, v)
	return writeXML(w, tagging{Tags: v.Tags})
}

func (s *Server) putObjectTagging(w http.ResponseWriter, r *request) error {
	var want tagging
	if err := r.readXML(&want); err != nil {
		return err
	}
	if err := checkTags(want.Tags); err != nil {
		return err
	}
	return s.setTags(w, r, want.Tags)
}

func (s *Server) deleteObjectTagging(w http.ResponseWriter, r *request) error {
	if err := s.setTags(w, r, nil); err != nil {
		return err
	}
	w.WriteHeader(http.StatusNoContent)
	return nil
}

// setTags replaces the tags of a version, which is the one thing of it that can change.
func (s *Server) setTags(w http.ResponseWriter, r *request, tags []tag) error {
	id := r.query.Get("versionId")
	return s.update(func(t *tx) error {
		b, err := t.bucket(r.bucket)
		if err != nil {
			return err
		}
		v, err := t.readable(b, r.key, id)
		if err != nil {
			return err
		}
		if v.DeleteMarker {
			return markerError(v, id)
		}
		v.Tags = tags
		setVersionID(w, b, v)
		return t.replace(b.Name, v)
	})
}
