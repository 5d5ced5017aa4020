package s3

import (
	"bytes"
	"encoding/xml"
	"net/http"

	bolt "go.etcd.io/bbolt"
)

// versionEntry is a version or a delete marker in a listing; XMLName tells which.
type versionEntry struct {
	XMLName           xml.Name
	Key               string
	VersionID         string `xml:"VersionId"`
	IsLatest          bool
	LastModified      string
	ETag              string `xml:",omitempty"`
	ChecksumAlgorithm string `xml:",omitempty"`
	ChecksumType      string `xml:",omitempty"`
	Size              *int64 `xml:",omitempty"`
	StorageClass      string `xml:",omitempty"`
	Owner             any
}

type versionsResult struct {
	XMLName             xml.Name `xml:"http://s3.amazonaws.com/doc/2006-03-01/ ListVersionsResult"`
	Name                string
	Prefix              string
	Delimiter           string `xml:",omitempty"`
	KeyMarker           string
	VersionIDMarker     string `xml:"VersionIdMarker"`
	MaxKeys             int
	EncodingType        string `xml:",omitempty"`
	IsTruncated         bool
	NextKeyMarker       string `xml:",omitempty"`
	NextVersionIDMarker string `xml:"NextVersionIdMarker,omitempty"`
	Entries             []versionEntry
	CommonPrefixes      []prefixEntry `xml:",omitempty"`
}

// versionWalker is a walker over all versions: those of a key newest first.
type versionWalker struct {
	walker
	// afterVersion, if it is not nil, is a version of the key after: the walk starts at the one before it in time.
	afterVersion *version
}

// listObjectVersions lists versions and delete markers together, by key and then newest first.
func (s *Server) listObjectVersions(w http.ResponseWriter, r *request) error {
	encode, encoding, err := keyEncoding(r)
	if err != nil {
		return err
	}
	walk, idMarker, err := versionWalkerOf(r)
	if err != nil {
		return err
	}
	result := versionsResult{
		Name: r.bucket, Prefix: encode(walk.prefix), Delimiter: encode(walk.delimiter), KeyMarker: encode(walk.after),
		VersionIDMarker: idMarker, MaxKeys: walk.limit, EncodingType: encoding,
	}
	err = s.db.view(func(t *tx) error {
		if _, err := t.bucket(r.bucket); err != nil {
			return err
		}
		if idMarker != "" {
			if walk.afterVersion, err = t.find(r.bucket, walk.after, idMarker); err != nil {
				return err
			}
		}
		return result.fill(walk, t.versionsOf(r.bucket), encode)
	})
	if err != nil {
		return err
	}
	return writeXML(w, result)
}

// versionWalkerOf reads what to list, and the id of the version to start after, which is still to be found.
func versionWalkerOf(r *request) (walk versionWalker, idMarker string, err error) {
	limit, err := pageSize(r, "max-keys")
	if err != nil {
		return walk, "", err
	}
	keyMarker, idMarker := r.query.Get("key-marker"), r.query.Get("version-id-marker")
	if idMarker != "" && keyMarker == "" {
		return walk, "", invalidArgument("A version-id marker cannot be specified without a key marker.")
	}
	walk.walker = walker{
		prefix: r.query.Get("prefix"), delimiter: r.query.Get("delimiter"), after: keyMarker, limit: limit,
	}
	return walk, idMarker, nil
}

// fill walks one page.
func (p *versionsResult) fill(walk versionWalker, all *bolt.Bucket, encode func(string) string) (err error) {
	var lastKey, lastID string
	p.IsTruncated, err = walk.versions(all, func(name string, v *version, latest bool) {
		lastKey, lastID = name, ""
		if v == nil {
			p.CommonPrefixes = append(p.CommonPrefixes, prefixEntry{encode(name)})
			return
		}
		lastID = v.ID
		p.Entries = append(p.Entries, describeVersion(v, latest, encode))
	})
	if p.IsTruncated {
		p.NextKeyMarker, p.NextVersionIDMarker = encode(lastKey), lastID
	}
	return err
}

// versions calls emit with each version, and if it is the newest of its key, or with the name of a common prefix and
// nil, until it has limit of them. more is true if there is another.
func (w versionWalker) versions(all *bolt.Bucket, emit func(name string, v *version, latest bool)) (more bool, err error) {
	cursor := all.Cursor()
	lastKey, started := "", false
	start := w.start()
	if w.afterVersion != nil {
		lastKey, started = w.after, true
		start = append(indexKey(w.after, w.afterVersion.Seq), 0)
	}
	position, value := cursor.Seek(start)
	for count := 0; position != nil && bytes.HasPrefix(position, escapeKey(w.prefix)); count++ {
		if count == w.limit {
			return w.limit > 0, nil
		}
		v, err := decodeVersion(position, value)
		if err != nil {
			return false, err
		}
		if common := w.commonPrefix(v.Key); common != "" {
			emit(common, nil, false)
			position, value = cursor.Seek(afterPrefix(common))
			continue
		}
		emit(v.Key, v, !started || v.Key != lastKey)
		lastKey, started = v.Key, true
		position, value = cursor.Next()
	}
	return false, nil
}

func describeVersion(v *version, latest bool, encode func(string) string) versionEntry {
	entry := versionEntry{
		XMLName: xml.Name{Local: "Version"}, Key: encode(v.Key), VersionID: v.ID, IsLatest: latest,
		LastModified: v.Modified.Format(timeFormat), Owner: owner,
	}
	if v.DeleteMarker {
		entry.XMLName.Local = "DeleteMarker"
		return entry
	}
	entry.ETag, entry.Size, entry.StorageClass = quote(v.ETag), &v.Size, v.storageClass()
	entry.ChecksumAlgorithm, entry.ChecksumType = v.Checksum.Algorithm, v.Checksum.Type
	return entry
}
