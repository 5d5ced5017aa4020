package s3

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/http"
	"strconv"
)

// parts gives an upload's parts in order.
func (t *tx) parts(uploadID string) ([]part, error) {
	var all []part
	prefix := []byte(uploadID)
	cursor := t.Bucket(inParts).Cursor()
	for key, value := cursor.Seek(prefix); bytes.HasPrefix(key, prefix); key, value = cursor.Next() {
		var p part
		if err := json.Unmarshal(value, &p); err != nil {
			return nil, fmt.Errorf("decode a part in the S3 index: %w", err)
		}
		all = append(all, p)
	}
	return all, nil
}

func partNumber(r *request) (int, error) {
	n, err := strconv.Atoi(r.query.Get("partNumber"))
	if err != nil || n < 1 || n > maxPartNumber {
		return 0, invalidArgument("Part number must be an integer between 1 and %d, inclusive", maxPartNumber)
	}
	return n, nil
}

func (s *Server) uploadPart(w http.ResponseWriter, r *request) error {
	number, err := partNumber(r)
	if err != nil {
		return err
	}
	u, err := s.lookUpUpload(r)
	if err != nil {
		return err
	}
	received, sum, err := s.receive(r, u.Algorithm)
	if err != nil {
		return err
	}
	if err := s.putPart(r, number, received, sum); err != nil {
		return err
	}
	w.Header().Set("ETag", quote(received.ETag))
	w.Header().Set(checksumHeader(sum.Algorithm), sum.Value)
	return nil
}

// uploadPartCopy makes a part of an object's bytes, or of the range that x-amz-copy-source-range names.
func (s *Server) uploadPartCopy(w http.ResponseWriter, r *request) error {
	number, err := partNumber(r)
	if err != nil {
		return err
	}
	u, err := s.lookUpUpload(r)
	if err != nil {
		return err
	}
	from, err := s.openSource(w, r)
	if err != nil {
		return err
	}
	defer from.unpin()
	span := byteRange{0, from.version.Size}
	if header := r.Header.Get(copySource + "-Range"); header != "" {
		first, last, ok := parseRange(header)
		if !ok || first < 0 || last >= from.version.Size {
			return invalidArgument("Range specified is not valid for source object of size: %d", from.version.Size)
		}
		span = byteRange{first, last - first + 1}
	}
	copied, sum, err := s.copyBlob(from.version, span, u.Algorithm)
	if err != nil {
		return err
	}
	if err := s.putPart(r, number, copied, sum); err != nil {
		return err
	}
	return writeXML(w, describeCopy("CopyPartResult", copied.ETag, copied.Modified, checksum{Algorithm: sum.Algorithm, Value: sum.Value}))
}

// putPart adds a part to the upload, in place of the one with its number. If it fails, the part's file is gone.
func (s *Server) putPart(r *request, number int, p part, sum checksum) error {
	p.Number, p.Checksum = number, sum.Value
	err := s.update(func(t *tx) error {
		u, err := t.upload(r)
		if err != nil {
			return err
		}
		key := partKey(u.ID, number)
		var old part
		found, err := get(t.Bucket(inParts), key, &old)
		if err != nil {
			return err
		}
		if found {
			t.release([]part{old})
		}
		return put(t.Bucket(inParts), key, p)
	})
	if err != nil {
		s.blobs.remove([]string{p.File})
	}
	return err
}
