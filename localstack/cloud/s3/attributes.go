package s3

import (
	"encoding/xml"
	"net/http"
	"strings"
)

type objectParts struct {
	PartsCount int
}

// getObjectAttributes tells those of ETag, Checksum, ObjectParts (their number only), StorageClass and ObjectSize that the
// header asks for.
func (s *Server) getObjectAttributes(w http.ResponseWriter, r *request) error {
	b, v, err := s.lookUp(w, r.bucket, r.key, r.query.Get("versionId"))
	if err != nil {
		return err
	}
	asked := map[string]bool{}
	for _, line := range r.Header.Values("X-Amz-Object-Attributes") {
		for name := range strings.SplitSeq(line, ",") {
			asked[strings.TrimSpace(name)] = true
		}
	}
	answer := struct {
		XMLName      xml.Name        `xml:"http://s3.amazonaws.com/doc/2006-03-01/ GetObjectAttributesResponse"`
		ETag         string          `xml:",omitempty"`
		Checksum     *checksumFields `xml:",omitempty"`
		ObjectParts  *objectParts    `xml:",omitempty"`
		StorageClass string          `xml:",omitempty"`
		ObjectSize   *int64          `xml:",omitempty"`
	}{}
	if asked["ETag"] {
		answer.ETag = v.ETag
	}
	if asked["Checksum"] {
		fields := fieldsOf(v.Checksum)
		answer.Checksum = &fields
	}
	if asked["ObjectParts"] && v.Multipart {
		answer.ObjectParts = &objectParts{len(v.Parts)}
	}
	if asked["StorageClass"] {
		answer.StorageClass = v.storageClass()
	}
	if asked["ObjectSize"] {
		answer.ObjectSize = &v.Size
	}
	setVersionID(w, b, v)
	w.Header().Set("Last-Modified", v.Modified.Format(http.TimeFormat))
	return writeXML(w, answer)
}
