package sqs_test

import (
	"errors"
	"net/http/httptest"
	"os"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
	client "github.com/aws/aws-sdk-go-v2/service/sqs"
	"github.com/aws/smithy-go"

	"acequia/localstack/cloud/sqs"
)

// TestMain lets the test binary be the server that TestKilledServer kills.
func TestMain(m *testing.M) {
	if dir := os.Getenv(victimDir); dir != "" {
		os.Exit(serveVictim(dir))
	}
	os.Exit(m.Run())
}

// start starts a server that ends with the test, and gives its URL.
func start(t testing.TB) (*sqs.Server, string) {
	t.Helper()
	s, err := sqs.Open(t.TempDir(), sqs.Options{})
	must(t, err)
	web := httptest.NewServer(s)
	t.Cleanup(func() {
		web.Close()
		must(t, s.Close())
	})
	return s, web.URL
}

// connect gives the real client of AWS's SDK.
func connect(url string) *client.Client {
	return client.New(client.Options{
		Region: "us-east-1", BaseEndpoint: aws.String(url),
		Credentials: credentials.NewStaticCredentialsProvider("test", "test", ""),
	})
}

// withQueue starts a server with the queue "chunks" and gives a client and the queue's URL.
func withQueue(t testing.TB) (*client.Client, *string) {
	t.Helper()
	_, url := start(t)
	c := connect(url)
	created, err := c.CreateQueue(t.Context(), &client.CreateQueueInput{QueueName: aws.String("chunks")})
	must(t, err)
	return c, created.QueueUrl
}

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// wantCode checks that an error is the API's error of this code, as clients see it.
func wantCode(t *testing.T, err error, code string) {
	t.Helper()
	var api smithy.APIError
	if !errors.As(err, &api) || api.ErrorCode() != code {
		t.Errorf("got %v, want %s", err, code)
	}
}
