package s3

import "net/http"

// putObject streams the body into a file, and then makes that file the key's newest version.
func (s *Server) putObject(w http.ResponseWriter, r *request) error {
	condition, err := s.writeConditionOf(r)
	if err != nil {
		return err
	}
	v, err := newVersion(r)
	if err != nil {
		return err
	}
	algorithm, err := parseAlgorithm(r.Header.Get("X-Amz-Sdk-Checksum-Algorithm"))
	if err != nil {
		return err
	}
	received, sum, err := s.receive(r, algorithm)
	if err != nil {
		return err
	}
	v.Parts, v.Size, v.ETag, v.Checksum = []part{received}, received.Size, received.ETag, sum
	b, err := s.publish(r, v, "ObjectCreated:Put", condition)
	if err != nil {
		s.blobs.remove([]string{received.File})
		return err
	}
	w.Header().Set("ETag", quote(v.ETag))
	setChecksum(w, v.Checksum)
	setVersionID(w, b, v)
	return nil
}

// newVersion starts a version from what a request's headers say of it.
func newVersion(r *request) (*version, error) {
	headers, err := objectHeaders(r.Header)
	if err != nil {
		return nil, err
	}
	tags, err := parseTags(r.Header.Get("X-Amz-Tagging"))
	if err != nil {
		return nil, err
	}
	return &version{Key: r.key, Headers: headers, Tags: tags}, nil
}

// publish makes v the newest version of its key if condition holds, and tells of it, in one transaction.
func (s *Server) publish(r *request, v *version, event string, condition writeCondition) (b *bucket, err error) {
	err = s.update(func(t *tx) error {
		b, err = t.bucket(r.bucket)
		if err != nil {
			return err
		}
		return s.publishIn(t, b, v, event, condition, r)
	})
	return b, err
}

// publishIn is publish inside a transaction. An object that was not uploaded in parts was modified now: the newest
// version is also the latest.
func (s *Server) publishIn(t *tx, b *bucket, v *version, event string, condition writeCondition, r *request) error {
	current, err := t.newest(b.Name, v.Key)
	if err != nil {
		return err
	}
	if err := condition.check(current); err != nil {
		return err
	}
	if v.Modified.IsZero() {
		v.Modified = s.now()
	}
	if err := t.insert(b, v); err != nil {
		return err
	}
	return s.tell(t, b, v, event, r)
}
