package s3_test

import (
	"bytes"
	"fmt"
	"net/http"
	"net/http/httptest"
	"testing"

	"acequia/localstack/cloud/s3"
)

// discard is an answer that nobody reads.
type discard struct{ header http.Header }

func (d discard) Header() http.Header         { return d.header }
func (d discard) Write(p []byte) (int, error) { return len(p), nil }
func (d discard) WriteHeader(int)             {}

func benchmark(b *testing.B, size int, request func(i int, body []byte) *http.Request) {
	server, err := s3.Open(b.TempDir(), s3.Options{})
	if err != nil {
		b.Fatal(err)
	}
	defer func() {
		if err := server.Close(); err != nil {
			b.Error(err)
		}
	}()
	if err := server.EnsureBucket("raw", false); err != nil {
		b.Fatal(err)
	}
	body := pattern(size)
	server.ServeHTTP(discard{http.Header{}}, httptest.NewRequest(http.MethodPut, "/raw/k0", bytes.NewReader(body)))
	b.SetBytes(int64(size))
	b.ReportAllocs()
	for i := 0; b.Loop(); i++ {
		server.ServeHTTP(discard{http.Header{}}, request(i%100, body))
	}
}

func put(i int, body []byte) *http.Request {
	return httptest.NewRequest(http.MethodPut, fmt.Sprint("/raw/k", i), bytes.NewReader(body))
}

func get(int, []byte) *http.Request { return httptest.NewRequest(http.MethodGet, "/raw/k0", nil) }

func BenchmarkPut1KiB(b *testing.B)  { benchmark(b, 1<<10, put) }
func BenchmarkPut16MiB(b *testing.B) { benchmark(b, 16<<20, put) }
func BenchmarkGet1KiB(b *testing.B)  { benchmark(b, 1<<10, get) }
func BenchmarkGet16MiB(b *testing.B) { benchmark(b, 16<<20, get) }
