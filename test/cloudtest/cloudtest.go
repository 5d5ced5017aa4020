// Package cloudtest takes a test and gives it an S3 and an SQS of its own: the embedded local cloud's, behind listeners in
// the test's process, with AWS's own clients to talk to them.
package cloudtest

import (
	"context"
	"io"
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/config"
	"github.com/aws/aws-sdk-go-v2/credentials"
)

// serve answers with the handler until the test has ended, and then closes what the handler stands on. It gives the
// settings of a client as a function reads them from its environment: with AWS's defaults, the endpoint apart.
func serve(t testing.TB, handler http.Handler, state io.Closer) aws.Config {
	t.Helper()
	listener := httptest.NewServer(handler)
	t.Cleanup(func() {
		listener.Close()
		if err := state.Close(); err != nil {
			t.Errorf("closing the local cloud: %v", err)
		}
	})
	cfg, err := config.LoadDefaultConfig(context.Background(),
		config.WithRegion("us-east-1"),
		config.WithBaseEndpoint(listener.URL),
		config.WithCredentialsProvider(credentials.NewStaticCredentialsProvider("test", "test", "")),
		config.WithSharedConfigFiles(nil), config.WithSharedCredentialsFiles(nil),
		config.WithRetryMaxAttempts(1)) // what fails is to be seen, not repeated
	if err != nil {
		t.Fatalf("making the client's settings: %v", err)
	}
	return cfg
}
