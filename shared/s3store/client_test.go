package s3store_test

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"

	"acequia/shared/s3store"
)

// A payload is hashed once, with a CRC: in a header where there is no TLS, and in a trailer where there is.
func TestPayloadsAreNotSigned(t *testing.T) {
	t.Setenv("AWS_ACCESS_KEY_ID", "test")
	t.Setenv("AWS_SECRET_ACCESS_KEY", "test")
	t.Setenv("AWS_REGION", "us-east-1")
	var got http.Header
	handler := http.HandlerFunc(func(_ http.ResponseWriter, r *http.Request) { got = r.Header })
	for _, test := range []struct {
		server               *httptest.Server
		contentSHA, checksum string
	}{
		{httptest.NewServer(handler), "UNSIGNED-PAYLOAD", "X-Amz-Checksum-Crc32"},
		{httptest.NewTLSServer(handler), "STREAMING-UNSIGNED-PAYLOAD-TRAILER", "X-Amz-Trailer"},
	} {
		defer test.server.Close()
		t.Setenv("AWS_ENDPOINT_URL", test.server.URL)
		client, err := s3store.NewClient(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		_, err = client.PutObject(t.Context(), &s3.PutObjectInput{
			Bucket: aws.String("b"), Key: aws.String("k"), Body: strings.NewReader("rows"),
		}, func(o *s3.Options) { o.HTTPClient = test.server.Client() })
		if err != nil {
			t.Fatal(err)
		}
		if sha := got.Get("X-Amz-Content-Sha256"); sha != test.contentSHA || got.Get(test.checksum) == "" {
			t.Errorf("%s: X-Amz-Content-Sha256 %s, want %s; %s %q", test.server.URL, sha, test.contentSHA, test.checksum, got.Get(test.checksum))
		}
	}
}
