package s3_test

import (
	"bufio"
	"bytes"
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"os/exec"
	"sync"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	sdk "github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/s3/types"

	"acequia/localstack/cloud/s3"
)

// childDir makes the test binary a server on the state in that directory, to be killed.
const childDir = "ACEQUIA_S3_TEST_CHILD"

func TestMain(m *testing.M) {
	if dir := os.Getenv(childDir); dir != "" {
		serveUntilKilled(dir)
		return
	}
	os.Exit(m.Run())
}

func serveUntilKilled(dir string) {
	server, err := s3.Open(dir, s3.Options{})
	if err != nil {
		panic(err)
	}
	fmt.Fprintln(os.Stdout, httptest.NewServer(server).URL)
	select {}
}

// startChild starts a server in a process of its own.
func startChild(t *testing.T, dir string) (url string, kill func()) {
	t.Helper()
	child := exec.CommandContext(t.Context(), os.Args[0])
	child.Env = append(os.Environ(), childDir+"="+dir)
	child.Stderr = os.Stderr
	stdout, err := child.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := child.Start(); err != nil {
		t.Fatal(err)
	}
	line, err := bufio.NewReader(stdout).ReadString('\n')
	if err != nil {
		t.Fatal(err)
	}
	return line[:len(line)-1], func() {
		if err := child.Process.Kill(); err != nil {
			t.Error(err)
		}
		child.Wait() //nolint:errcheck // It says that the process was killed.
	}
}

// acknowledged is what clients got a 200 for.
type acknowledged struct {
	mu      sync.Mutex
	objects map[string][]byte // by key, with their bytes
}

func (a *acknowledged) add(key string, body []byte) {
	a.mu.Lock()
	defer a.mu.Unlock()
	a.objects[key] = body
}

// write puts objects, alternately whole and in parts, until the server is gone.
func (a *acknowledged) write(client *sdk.Client, bucket, prefix string, generation int) {
	ctx := context.Background()
	for i := 0; ; i++ {
		key := fmt.Sprintf("%s/%d-%d", prefix, generation, i)
		body := bytes.Repeat([]byte(key), 1+i*37%3000)
		var err error
		if i%3 == 0 {
			err = putInParts(ctx, client, bucket, key, body)
		} else {
			_, err = client.PutObject(ctx, &sdk.PutObjectInput{Bucket: &bucket, Key: &key, Body: bytes.NewReader(body)})
		}
		if err != nil {
			return
		}
		a.add(key, body)
	}
}

func putInParts(ctx context.Context, client *sdk.Client, bucket, key string, body []byte) error {
	begun, err := client.CreateMultipartUpload(ctx, &sdk.CreateMultipartUploadInput{Bucket: &bucket, Key: &key})
	if err != nil {
		return err
	}
	part, err := client.UploadPart(ctx, &sdk.UploadPartInput{Bucket: &bucket, Key: &key, UploadId: begun.UploadId, PartNumber: aws.Int32(1), Body: bytes.NewReader(body)})
	if err != nil {
		return err
	}
	_, err = client.CompleteMultipartUpload(ctx, &sdk.CompleteMultipartUploadInput{
		Bucket: &bucket, Key: &key, UploadId: begun.UploadId,
		MultipartUpload: &types.CompletedMultipartUpload{Parts: []types.CompletedPart{{PartNumber: aws.Int32(1), ETag: part.ETag}}},
	})
	return err
}

// A 200 means that the object and its notification survive kill -9, whenever that comes.
func TestAcknowledgedWritesSurviveKill(t *testing.T) {
	t.Parallel()
	dir, bucket := t.TempDir(), "raw"
	setup, err := s3.Open(dir, s3.Options{})
	if err != nil {
		t.Fatal(err)
	}
	if err := setup.EnsureBucket(bucket, true); err != nil {
		t.Fatal(err)
	}
	if err := setup.SetNotifications(bucket, []s3.NotificationRule{{Target: queue, Events: []string{"s3:ObjectCreated:*"}}}); err != nil {
		t.Fatal(err)
	}
	if err := setup.Close(); err != nil {
		t.Fatal(err)
	}
	acked := &acknowledged{objects: map[string][]byte{}}
	for generation := range 4 {
		url, kill := startChild(t, dir)
		var writers sync.WaitGroup
		for w := range 3 {
			client := newClient(t, url, &http.Client{Timeout: 10 * time.Second})
			writers.Go(func() { acked.write(client, bucket, fmt.Sprint("writer", w), generation) })
		}
		time.Sleep(time.Duration(60+generation*41) * time.Millisecond)
		kill()
		writers.Wait()
	}
	checkSurvivors(t, dir, bucket, acked.objects)
}

func checkSurvivors(t *testing.T, dir, bucket string, objects map[string][]byte) {
	t.Helper()
	if len(objects) == 0 {
		t.Fatal("nothing was acknowledged: the test tests nothing")
	}
	in := make(inbox, 100_000)
	l := serve(t, dir, s3.Options{Deliver: in.deliver}, httptest.NewServer)
	l.server.Start(t.Context())
	for key, body := range objects {
		l.wantText(t, bucket, key, "", string(body))
	}
	told := map[string]bool{}
	for len(told) < len(objects) {
		if key := in.record(t).S3.Object.Key; objects[key] != nil {
			told[key] = true
		}
	}
	out, err := l.ListMultipartUploads(t.Context(), &sdk.ListMultipartUploadsInput{Bucket: &bucket})
	if err != nil {
		t.Fatal(err)
	}
	listed, err := l.ListObjectVersions(t.Context(), &sdk.ListObjectVersionsInput{Bucket: &bucket})
	if err != nil {
		t.Fatal(err)
	}
	if *listed.IsTruncated {
		return
	}
	if files, most := l.files(t), len(listed.Versions)+len(out.Uploads); files > most {
		t.Errorf("%d files for %d versions and %d uploads: orphans were left", files, len(listed.Versions), len(out.Uploads))
	}
	t.Logf("%d objects acknowledged in 4 lives, %d versions found", len(objects), len(listed.Versions))
}
