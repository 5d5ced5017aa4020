package lambda_test

import (
	"context"
	"crypto/md5"
	"fmt"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/credentials"
	awslambda "github.com/aws/aws-sdk-go-v2/service/lambda"

	"acequia/localstack/cloud/internal/testfunction"
	"acequia/localstack/cloud/lambda"
)

// bootstrap is the path of the test function.
var bootstrap string

func TestMain(m *testing.M) { os.Exit(testfunction.Run(m, &bootstrap)) }

// newServer opens a server in dir.
func newServer(t *testing.T, dir string, opt lambda.Options) *lambda.Server {
	t.Helper()
	if opt.RetryDelays == nil {
		opt.RetryDelays = []time.Duration{10 * time.Millisecond}
	}
	s, err := lambda.Open(dir, opt)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { closeNow(t, s) })
	return s
}

func closeNow(t *testing.T, s *lambda.Server) {
	t.Helper()
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if err := s.Close(ctx); err != nil {
		t.Error(err)
	}
}

func add(t *testing.T, s *lambda.Server, f lambda.Function) {
	t.Helper()
	if f.Name == "" {
		f.Name = "fn"
	}
	if f.Timeout == 0 {
		f.Timeout = 20 * time.Second
	}
	if f.Handler == "" {
		f.Handler = "single"
	}
	f.Binary, f.MemorySize, f.Runtime = bootstrap, 128, "provided.al2023"
	if _, err := s.AddFunction(f); err != nil {
		t.Fatal(err)
	}
}

// client gives AWS's own client of the server.
func client(t *testing.T, s *lambda.Server) *awslambda.Client {
	t.Helper()
	endpoint := httptest.NewServer(s)
	t.Cleanup(endpoint.Close)
	return awslambda.New(awslambda.Options{
		BaseEndpoint: &endpoint.URL, Region: "us-east-1", Retryer: aws.NopRetryer{},
		Credentials: credentials.NewStaticCredentialsProvider("a", "b", ""),
	})
}

// queues are queues in memory. A message that is received is not received again unless it is sent again.
type queues struct {
	mu      sync.Mutex
	waiting map[string][]lambda.Message
	sent    map[string][]lambda.Message
	deleted []string
	refuse  int // how many further calls of Send fail
}

func newQueues() *queues {
	return &queues{waiting: map[string][]lambda.Message{}, sent: map[string][]lambda.Message{}}
}

func (q *queues) put(arn string, commands ...testfunction.Command) {
	q.mu.Lock()
	defer q.mu.Unlock()
	for _, c := range commands {
		body := string(c.JSON())
		id := fmt.Sprintf("m-%d", len(q.waiting[arn]))
		q.waiting[arn] = append(q.waiting[arn], lambda.Message{
			ID: id, ReceiptHandle: "handle of " + id, Body: body, MD5OfBody: fmt.Sprintf("%x", md5.Sum([]byte(body))),
			Attributes: map[string]string{"ApproximateReceiveCount": "1"},
		})
	}
}

func (q *queues) Receive(ctx context.Context, arn string, limit int, wait time.Duration) ([]lambda.Message, error) {
	for end := time.Now().Add(wait); ; time.Sleep(5 * time.Millisecond) {
		q.mu.Lock()
		n := min(limit, len(q.waiting[arn]))
		batch := slices.Clone(q.waiting[arn][:n])
		q.waiting[arn] = q.waiting[arn][n:]
		q.mu.Unlock()
		if n > 0 || time.Now().After(end) {
			return batch, nil
		}
		if ctx.Err() != nil {
			return nil, ctx.Err()
		}
	}
}

func (q *queues) Delete(_ context.Context, _ string, handles []string) error {
	q.mu.Lock()
	defer q.mu.Unlock()
	for _, handle := range handles {
		q.deleted = append(q.deleted, strings.TrimPrefix(handle, "handle of "))
	}
	return nil
}

func (q *queues) Send(_ context.Context, arn, body string, attributes map[string]lambda.Attribute) error {
	q.mu.Lock()
	defer q.mu.Unlock()
	if q.refuse > 0 {
		q.refuse--
		return fmt.Errorf("queue %s takes nothing", arn)
	}
	q.sent[arn] = append(q.sent[arn], lambda.Message{Body: body, MessageAttributes: attributes})
	return nil
}

// received waits for the first message that was sent to the queue.
func (q *queues) received(t *testing.T, arn string) lambda.Message {
	t.Helper()
	waitUntil(t, "a message is sent to "+arn, func() bool {
		q.mu.Lock()
		defer q.mu.Unlock()
		return len(q.sent[arn]) > 0
	})
	q.mu.Lock()
	defer q.mu.Unlock()
	return q.sent[arn][0]
}

func (q *queues) deletedIDs() []string {
	q.mu.Lock()
	defer q.mu.Unlock()
	return slices.Sorted(slices.Values(q.deleted))
}

func waitUntil(t *testing.T, what string, ok func() bool) {
	t.Helper()
	for end := time.Now().Add(15 * time.Second); time.Now().Before(end); time.Sleep(5 * time.Millisecond) {
		if ok() {
			return
		}
	}
	t.Fatalf("waited in vain until %s", what)
}

// lines counts the invocations that were noted.
func lines(path string) int {
	b, _ := os.ReadFile(path)
	return strings.Count(string(b), "\n")
}

func notePath(t *testing.T) string { return filepath.Join(t.TempDir(), "note") }
