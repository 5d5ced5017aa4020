package s3

import (
	"bytes"
	"encoding/json"
	"encoding/xml"
	"net/http"
	"strconv"
)

type partEntry struct {
	PartNumber   int
	LastModified string
	ETag         string
	Size         int64
	checksumFields
}

type partsResult struct {
	XMLName              xml.Name `xml:"http://s3.amazonaws.com/doc/2006-03-01/ ListPartsResult"`
	Bucket               string
	Key                  string
	UploadID             string `xml:"UploadId"`
	PartNumberMarker     int
	NextPartNumberMarker int `xml:",omitempty"`
	MaxParts             int
	IsTruncated          bool
	Initiator            any
	Owner                any
	StorageClass         string
	ChecksumAlgorithm    string      `xml:",omitempty"`
	ChecksumType         string      `xml:",omitempty"`
	Parts                []partEntry `xml:"Part"`
}

func (s *Server) listParts(w http.ResponseWriter, r *request) error {
	limit, err := pageSize(r, "max-parts")
	if err != nil {
		return err
	}
	marker, _ := strconv.Atoi(r.query.Get("part-number-marker"))
	result := partsResult{
		Bucket: r.bucket, Key: r.key, PartNumberMarker: marker, MaxParts: limit, Initiator: owner, Owner: owner, StorageClass: "STANDARD",
	}
	err = s.db.view(func(t *tx) error {
		u, err := t.upload(r)
		if err != nil {
			return err
		}
		parts, err := t.parts(u.ID)
		result.describe(u, parts)
		return err
	})
	if err != nil {
		return err
	}
	return writeXML(w, result)
}

// describe fills in the page of parts after the marker.
func (p *partsResult) describe(u *upload, parts []part) {
	p.UploadID = u.ID
	if u.Chosen {
		p.ChecksumAlgorithm, p.ChecksumType = u.Algorithm, u.Type
	}
	for _, each := range parts {
		if each.Number <= p.PartNumberMarker {
			continue
		}
		if len(p.Parts) == p.MaxParts {
			p.IsTruncated = true
			return
		}
		p.NextPartNumberMarker = each.Number
		p.Parts = append(p.Parts, partEntry{
			PartNumber: each.Number, LastModified: each.Modified.Format(timeFormat), ETag: quote(each.ETag), Size: each.Size,
			checksumFields: fieldsOf(checksum{Algorithm: u.Algorithm, Value: each.Checksum}),
		})
	}
}

// eachUpload calls fn with a bucket's uploads, by key and age, from a position on, until fn gives false.
func (t *tx) eachUpload(bucket string, from []byte, fn func(*upload) bool) error {
	cursor := t.uploadsOf(bucket).Cursor()
	for position, value := cursor.Seek(from); position != nil; position, value = cursor.Next() {
		u := &upload{}
		if err := json.Unmarshal(value, u); err != nil {
			return err
		}
		end := bytes.LastIndex(position, []byte{0, 0})
		u.Key = string(bytes.ReplaceAll(position[:end], []byte{0, 1}, []byte{0}))
		u.ID = string(position[end+2:])
		if !fn(u) {
			return nil
		}
	}
	return nil
}

type uploadEntry struct {
	Key               string
	UploadID          string `xml:"UploadId"`
	Initiator         any
	Owner             any
	StorageClass      string
	Initiated         string
	ChecksumAlgorithm string `xml:",omitempty"`
	ChecksumType      string `xml:",omitempty"`
}

type uploadsResult struct {
	XMLName            xml.Name `xml:"http://s3.amazonaws.com/doc/2006-03-01/ ListMultipartUploadsResult"`
	Bucket             string
	KeyMarker          string
	UploadIDMarker     string `xml:"UploadIdMarker"`
	NextKeyMarker      string `xml:",omitempty"`
	NextUploadIDMarker string `xml:"NextUploadIdMarker,omitempty"`
	Prefix             string
	Delimiter          string `xml:",omitempty"`
	EncodingType       string `xml:",omitempty"`
	MaxUploads         int
	IsTruncated        bool
	Uploads            []uploadEntry `xml:"Upload"`
	CommonPrefixes     []prefixEntry `xml:",omitempty"`
}

func (s *Server) listMultipartUploads(w http.ResponseWriter, r *request) error {
	encode, encoding, err := keyEncoding(r)
	if err != nil {
		return err
	}
	limit, err := pageSize(r, "max-uploads")
	if err != nil {
		return err
	}
	walk := walker{prefix: r.query.Get("prefix"), delimiter: r.query.Get("delimiter"), after: r.query.Get("key-marker"), limit: limit}
	idMarker := r.query.Get("upload-id-marker")
	result := uploadsResult{
		Bucket: r.bucket, KeyMarker: encode(walk.after), UploadIDMarker: idMarker, Prefix: encode(walk.prefix),
		Delimiter: encode(walk.delimiter), EncodingType: encoding, MaxUploads: limit,
	}
	from := walk.start()
	if idMarker != "" {
		from = append(uploadKey(walk.after, idMarker), 0)
	}
	err = s.db.view(func(t *tx) error {
		if _, err := t.bucket(r.bucket); err != nil {
			return err
		}
		return t.eachUpload(r.bucket, from, func(u *upload) bool { return result.add(walk, u, encode) })
	})
	if err != nil {
		return err
	}
	return writeXML(w, result)
}

// add adds an upload, or the common prefix that it is rolled up into. It gives false when the page has ended.
func (p *uploadsResult) add(walk walker, u *upload, encode func(string) string) bool {
	if !bytes.HasPrefix([]byte(u.Key), []byte(walk.prefix)) {
		return false
	}
	common := walk.commonPrefix(u.Key)
	if last := len(p.CommonPrefixes) - 1; common != "" && last >= 0 && p.CommonPrefixes[last].Prefix == encode(common) {
		return true
	}
	if len(p.Uploads)+len(p.CommonPrefixes) == walk.limit {
		p.IsTruncated = walk.limit > 0
		return false
	}
	if common != "" {
		p.NextKeyMarker, p.NextUploadIDMarker = encode(common), ""
		p.CommonPrefixes = append(p.CommonPrefixes, prefixEntry{encode(common)})
		return true
	}
	p.NextKeyMarker, p.NextUploadIDMarker = encode(u.Key), u.ID
	entry := uploadEntry{
		Key: encode(u.Key), UploadID: u.ID, Initiator: owner, Owner: owner, StorageClass: "STANDARD",
		Initiated: u.Initiated.Format(timeFormat),
	}
	if u.Chosen {
		entry.ChecksumAlgorithm, entry.ChecksumType = u.Algorithm, u.Type
	}
	p.Uploads = append(p.Uploads, entry)
	return true
}
