package s3

import (
	"encoding/xml"
	"errors"
	"net"
	"net/http"
	"net/url"
	"strings"
)

// request is one call, with what it is about taken out of its address.
type request struct {
	*http.Request
	// bucket and key are empty where the call is not about one.
	bucket, key string
	query       url.Values
	id          string
}

// ServeHTTP answers one call. The address may be path-style (/bucket/key) or have the bucket in its host name
// (bucket.localhost). The path is taken as it is: "a//b" and "a/../b" are keys.
func (s *Server) ServeHTTP(w http.ResponseWriter, httpRequest *http.Request) {
	r := parse(httpRequest)
	w.Header().Set("Server", "AcequiaS3")
	w.Header().Set("X-Amz-Request-Id", r.id)
	err := s.serve(w, r)
	if err == nil {
		return
	}
	var told *apiError
	if !errors.As(err, &told) {
		if r.Context().Err() != nil {
			return // The client has gone: there is nobody to tell.
		}
		s.opt.Logger.Error("S3 call failed", "method", r.Method, "bucket", r.bucket, "key", r.key, "error", err)
		told = &apiError{Status: http.StatusInternalServerError, Code: "InternalError", Message: err.Error()}
	}
	writeError(w, r, told)
}

func (s *Server) serve(w http.ResponseWriter, r *request) error {
	op, err := operationOf(r)
	if err != nil {
		return err
	}
	if op.handle == nil {
		return notEmulated(op.name)
	}
	if len(r.key) > maxKey {
		return badRequest("KeyTooLongError", "Your key is too long: %d bytes, and %d are allowed", len(r.key), maxKey)
	}
	for _, name := range headersNotEmulated {
		if value := r.Header.Get(name); value != "" && value != "false" {
			return notEmulated(op.name + " with the header " + name)
		}
	}
	return op.handle(s, w, r)
}

func parse(httpRequest *http.Request) *request {
	r := &request{Request: httpRequest, query: httpRequest.URL.Query(), id: strings.ToUpper(randomHex(8))}
	path := strings.TrimPrefix(httpRequest.URL.Path, "/")
	if bucket := bucketInHost(httpRequest.Host); bucket != "" {
		r.bucket, r.key = bucket, path
	} else {
		r.bucket, r.key, _ = strings.Cut(path, "/")
	}
	if r.query.Has("X-Amz-Algorithm") {
		adoptPresignedHeaders(r)
	}
	return r
}

// bucketInHost gives the bucket that a virtual-hosted address names: bucket.localhost, bucket.s3.localhost or
// bucket.s3.<region>.localhost, each also below localhost.localstack.cloud, a public name of 127.0.0.1.
func bucketInHost(host string) string {
	if name, _, err := net.SplitHostPort(host); err == nil {
		host = name
	}
	host = strings.TrimSuffix(host, ".localstack.cloud")
	name, isLocal := strings.CutSuffix(host, ".localhost")
	if !isLocal || name == "s3" || strings.HasPrefix(name, "s3.") {
		return ""
	}
	name, _, _ = strings.Cut(name, ".s3.")
	return strings.TrimSuffix(name, ".s3")
}

// adoptPresignedHeaders treats the x-amz-… parameters of a presigned address as the headers that they stand for. The
// signature's own parameters are left alone.
func adoptPresignedHeaders(r *request) {
	for name, values := range r.query {
		lower := strings.ToLower(name)
		if !strings.HasPrefix(lower, "x-amz-") || name != lower || r.Header.Get(name) != "" {
			continue
		}
		r.Header.Set(name, values[0])
	}
}

func writeError(w http.ResponseWriter, r *request, e *apiError) {
	for name, values := range e.header {
		w.Header()[name] = values
	}
	if e.Status == http.StatusNotModified || r.Method == http.MethodHead {
		w.WriteHeader(e.Status)
		return
	}
	writeXMLStatus(w, e.Status, errorBody{
		Code: e.Code, Message: e.Message, Resource: r.URL.Path, RequestID: r.id, HostID: r.id,
	})
}

// writeXML answers 200 with a document.
func writeXML(w http.ResponseWriter, body any) error {
	writeXMLStatus(w, http.StatusOK, body)
	return nil
}

func writeXMLStatus(w http.ResponseWriter, status int, body any) {
	w.Header().Set("Content-Type", "application/xml")
	w.WriteHeader(status)
	// The client may have gone; an answer that cannot be written has nobody who misses it.
	w.Write([]byte(xml.Header))
	_ = xml.NewEncoder(w).Encode(body)
}

// maxDocument bounds a request's XML document: a CompleteMultipartUpload with 10,000 parts and their checksums fits.
const maxDocument = 8 << 20

// readXML reads the request's document into value, after checking its Content-MD5 and checksum.
func (r *request) readXML(value any) error {
	document, err := r.readAll(maxDocument)
	if err != nil {
		return err
	}
	if err := xml.Unmarshal(document, value); err != nil { //nolint:gosec // encoding/xml only fills in the struct.
		return malformedXML(err)
	}
	return nil
}
