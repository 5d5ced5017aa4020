package s3

import (
	"encoding/base64"
	"encoding/xml"
	"net/http"
	"strconv"
)

// objectEntry is an object in a listing.
type objectEntry struct {
	Key               string
	LastModified      string
	ETag              string
	ChecksumAlgorithm string `xml:",omitempty"`
	ChecksumType      string `xml:",omitempty"`
	Size              int64
	StorageClass      string
	Owner             any `xml:",omitempty"`
}

// listResult answers ListObjects and ListObjectsV2; each has elements that the other has not.
type listResult struct {
	XMLName               xml.Name `xml:"http://s3.amazonaws.com/doc/2006-03-01/ ListBucketResult"`
	Name                  string
	Prefix                string
	Delimiter             string `xml:",omitempty"`
	MaxKeys               int
	EncodingType          string `xml:",omitempty"`
	IsTruncated           bool
	Marker                *string       `xml:",omitempty"`
	NextMarker            string        `xml:",omitempty"`
	KeyCount              *int          `xml:",omitempty"`
	ContinuationToken     string        `xml:",omitempty"`
	NextContinuationToken string        `xml:",omitempty"`
	StartAfter            string        `xml:",omitempty"`
	Contents              []objectEntry `xml:",omitempty"`
	CommonPrefixes        []prefixEntry `xml:",omitempty"`
}

// maxListed is the most that one page of a listing holds.
const maxListed = 1000

// pageSize reads max-keys and its likes.
func pageSize(r *request, parameter string) (int, error) {
	text := r.query.Get(parameter)
	if text == "" {
		return maxListed, nil
	}
	n, err := strconv.Atoi(text)
	if err != nil || n < 0 {
		return 0, invalidArgument("Provided %s not an integer or within integer range", parameter)
	}
	return min(n, maxListed), nil
}

// listObjectsV2: the continuation token is the last name of the page before, in base64.
func (s *Server) listObjectsV2(w http.ResponseWriter, r *request) error {
	after := r.query.Get("start-after")
	token := r.query.Get("continuation-token")
	if token != "" {
		last, err := base64.URLEncoding.DecodeString(token)
		if err != nil {
			return invalidArgument("The continuation token provided is incorrect")
		}
		after = string(last)
	}
	result, last, err := s.list(r, after, r.query.Get("fetch-owner") == "true")
	if err != nil {
		return err
	}
	encode, _, _ := keyEncoding(r)
	count := len(result.Contents) + len(result.CommonPrefixes)
	result.KeyCount, result.ContinuationToken = &count, token
	result.StartAfter = encode(r.query.Get("start-after"))
	if result.IsTruncated {
		result.NextContinuationToken = base64.URLEncoding.EncodeToString([]byte(last))
	}
	return writeXML(w, result)
}

// listObjects is version 1, which tells the next marker only if there is a delimiter.
func (s *Server) listObjects(w http.ResponseWriter, r *request) error {
	result, last, err := s.list(r, r.query.Get("marker"), true)
	if err != nil {
		return err
	}
	encode, _, _ := keyEncoding(r)
	marker := encode(r.query.Get("marker"))
	result.Marker = &marker
	if result.IsTruncated && result.Delimiter != "" {
		result.NextMarker = encode(last)
	}
	return writeXML(w, result)
}

// list gives a page of the objects whose keys come after a name, and the page's last name.
func (s *Server) list(r *request, after string, withOwner bool) (result listResult, last string, err error) {
	encode, encoding, err := keyEncoding(r)
	if err != nil {
		return result, "", err
	}
	limit, err := pageSize(r, "max-keys")
	if err != nil {
		return result, "", err
	}
	walk := walker{prefix: r.query.Get("prefix"), delimiter: r.query.Get("delimiter"), after: after, limit: limit}
	result = listResult{
		Name: r.bucket, Prefix: encode(walk.prefix), Delimiter: encode(walk.delimiter), MaxKeys: limit, EncodingType: encoding,
	}
	err = s.db.view(func(t *tx) error {
		if _, err := t.bucket(r.bucket); err != nil {
			return err
		}
		result.IsTruncated, err = walk.objects(t.versionsOf(r.bucket), func(name string, v *version) {
			last = name
			if v == nil {
				result.CommonPrefixes = append(result.CommonPrefixes, prefixEntry{encode(name)})
			} else {
				result.Contents = append(result.Contents, describeObject(v, encode, withOwner))
			}
		})
		return err
	})
	return result, last, err
}

func describeObject(v *version, encode func(string) string, withOwner bool) objectEntry {
	entry := objectEntry{
		Key: encode(v.Key), LastModified: v.Modified.Format(timeFormat), ETag: quote(v.ETag),
		ChecksumAlgorithm: v.Checksum.Algorithm, ChecksumType: v.Checksum.Type,
		Size: v.Size, StorageClass: v.storageClass(),
	}
	if withOwner {
		entry.Owner = owner
	}
	return entry
}
