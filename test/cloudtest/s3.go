package cloudtest

import (
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	client "github.com/aws/aws-sdk-go-v2/service/s3"

	"acequia/localstack/cloud/s3"
)

// S3 is an S3 with its client. It is safe for concurrent use.
type S3 struct {
	*client.Client
	server *s3.Server

	mu       sync.Mutex
	requests []Request
	ahead    time.Duration
}

// Request is a request that S3 was sent: its method, its path (/bucket/key), its query and its header.
type Request struct {
	Method, Path, Query string
	Header              http.Header
}

// NewS3 starts an S3 without a bucket, which ends with the test.
func NewS3(t testing.TB) *S3 {
	t.Helper()
	s := &S3{}
	server, err := s3.Open(t.TempDir(), s3.Options{Now: s.now})
	if err != nil {
		t.Fatalf("opening the local S3: %v", err)
	}
	s.server = server
	cfg := serve(t, http.HandlerFunc(s.serve), server)
	s.Client = client.NewFromConfig(cfg, func(o *client.Options) {
		o.UsePathStyle = true
		o.DisableLogOutputChecksumValidationSkipped = true
	})
	return s
}

// Later puts the clock of S3 forward.
func (s *S3) Later(d time.Duration) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.ahead += d
}

func (s *S3) now() time.Time {
	s.mu.Lock()
	defer s.mu.Unlock()
	return time.Now().Add(s.ahead)
}

// serve notes a request and lets the server answer it.
func (s *S3) serve(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	s.requests = append(s.requests, Request{r.Method, r.URL.Path, r.URL.RawQuery, r.Header.Clone()})
	s.mu.Unlock()
	s.server.ServeHTTP(w, r)
}

// Sent gives the requests so far that had the method and the path, in their order.
func (s *S3) Sent(method, path string) []Request {
	s.mu.Lock()
	defer s.mu.Unlock()
	var sent []Request
	for _, r := range s.requests {
		if r.Method == method && r.Path == path {
			sent = append(sent, r)
		}
	}
	return sent
}

// Bucket creates a bucket, versioned or not, and gives its name.
func (s *S3) Bucket(t testing.TB, name string, versioned bool) string {
	t.Helper()
	if err := s.server.EnsureBucket(name, versioned); err != nil {
		t.Fatalf("creating the bucket %s: %v", name, err)
	}
	return name
}

// Upload puts text under a key and gives the version's id, "null" if the bucket is not versioned.
func (s *S3) Upload(t testing.TB, bucket, key, text string) (version string) {
	t.Helper()
	out, err := s.PutObject(t.Context(), &client.PutObjectInput{Bucket: &bucket, Key: &key, Body: strings.NewReader(text)})
	if err != nil {
		t.Fatalf("uploading s3://%s/%s: %v", bucket, key, err)
	}
	if out.VersionId == nil {
		return "null"
	}
	return *out.VersionId
}

// Delete deletes a version of a key for good, or, if version is empty, does what DELETE does.
func (s *S3) Delete(t testing.TB, bucket, key, version string) {
	t.Helper()
	in := &client.DeleteObjectInput{Bucket: &bucket, Key: &key}
	if version != "" {
		in.VersionId = aws.String(version)
	}
	if _, err := s.DeleteObject(t.Context(), in); err != nil {
		t.Fatalf("deleting s3://%s/%s: %v", bucket, key, err)
	}
}
