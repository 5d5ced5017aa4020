package s3_test

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/aws/aws-sdk-go-v2/aws"
	sdk "github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/s3/types"
	"github.com/aws/smithy-go"

	"acequia/localstack/cloud/s3"
)

func TestConditionalWrites(t *testing.T) {
	t.Parallel()
	l, ctx := newLab(t, s3.Options{}), t.Context()
	bucket := l.bucket(t, "work", true)
	put := func(key string, in sdk.PutObjectInput) (*sdk.PutObjectOutput, error) {
		in.Bucket, in.Key, in.Body = &bucket, &key, strings.NewReader("text")
		return l.PutObject(ctx, &in)
	}
	_, err := put("k", sdk.PutObjectInput{IfMatch: aws.String(`"x"`)})
	wantCode(t, err, "NoSuchKey")
	first, err := put("k", sdk.PutObjectInput{IfNoneMatch: aws.String("*")})
	if err != nil {
		t.Fatal(err)
	}
	_, err = put("k", sdk.PutObjectInput{IfNoneMatch: aws.String("*")})
	wantCode(t, err, "PreconditionFailed")
	_, err = put("k", sdk.PutObjectInput{IfMatch: aws.String(`"x"`)})
	wantCode(t, err, "PreconditionFailed")
	if _, err := put("k", sdk.PutObjectInput{IfMatch: first.ETag}); err != nil {
		t.Error(err)
	}
	_, err = put("k", sdk.PutObjectInput{IfNoneMatch: first.ETag})
	wantCode(t, err, "NotImplemented")

	l.delete(t, bucket, "k", "")
	if _, err := put("k", sdk.PutObjectInput{IfNoneMatch: aws.String("*")}); err != nil {
		t.Errorf("behind a delete marker there is no object: %v", err)
	}
	_, err = l.DeleteObject(ctx, &sdk.DeleteObjectInput{Bucket: &bucket, Key: aws.String("k"), IfMatch: aws.String(`"x"`)})
	wantCode(t, err, "PreconditionFailed")
}

func TestConditionalCompletion(t *testing.T) {
	t.Parallel()
	l := newLab(t, s3.Options{})
	bucket, key := l.bucket(t, "work", false), "k"
	upload := l.begin(t, &sdk.CreateMultipartUploadInput{Bucket: &bucket, Key: &key})
	part := l.part(t, bucket, key, upload, 1, []byte("parts"))
	l.put(t, bucket, key, "text")
	in := &sdk.CompleteMultipartUploadInput{
		Bucket: &bucket, Key: &key, UploadId: &upload, IfNoneMatch: aws.String("*"),
		MultipartUpload: &types.CompletedMultipartUpload{Parts: []types.CompletedPart{part}},
	}
	_, err := l.CompleteMultipartUpload(t.Context(), in)
	wantCode(t, err, "PreconditionFailed")
	l.delete(t, bucket, key, "")
	if _, err := l.CompleteMultipartUpload(t.Context(), in); err != nil {
		t.Errorf("the upload did not outlive the failed completion: %v", err)
	}
}

// Of many that create one key at once, exactly one succeeds, and all others hear why not.
func TestCreationRaceHasOneWinner(t *testing.T) {
	t.Parallel()
	l := newLab(t, s3.Options{})
	bucket := l.bucket(t, "work", false)
	for round := range 10 {
		key := fmt.Sprint("plan-", round)
		var won atomic.Int32
		var racers sync.WaitGroup
		for range 8 {
			racers.Go(func() {
				_, err := l.PutObject(context.Background(), &sdk.PutObjectInput{Bucket: &bucket, Key: &key, Body: strings.NewReader("x"), IfNoneMatch: aws.String("*")})
				var api smithy.APIError
				switch {
				case err == nil:
					won.Add(1)
				case !errors.As(err, &api) || api.ErrorCode() != "PreconditionFailed" && api.ErrorCode() != "ConditionalRequestConflict":
					t.Error(err)
				}
			})
		}
		racers.Wait()
		if won.Load() != 1 {
			t.Fatalf("%d creations of %s succeeded", won.Load(), key)
		}
	}
}

// A condition that another request broke while this one was under way gives 409, which asks for a retry.
func TestConflictDuringTheRequest(t *testing.T) {
	t.Parallel()
	l := newLab(t, s3.Options{})
	bucket := l.bucket(t, "work", false)
	reader, writer := io.Pipe()
	defer reader.CloseWithError(io.ErrClosedPipe)
	req, err := http.NewRequestWithContext(t.Context(), http.MethodPut, l.url+"/work/k", reader)
	if err != nil {
		t.Fatal(err)
	}
	req.ContentLength = 4
	req.Header.Set("If-None-Match", "*")
	answered := make(chan *http.Response, 1)
	go func() {
		resp, err := http.DefaultClient.Do(req)
		if err != nil {
			t.Error(err)
		}
		answered <- resp
	}()
	send := func(text string) {
		if _, err := io.WriteString(writer, text); err != nil {
			t.Error(err)
		}
	}
	send("la")
	// Once the server has a file for the body, it has noted that there is no object yet.
	for l.files(t) == 0 {
		if t.Context().Err() != nil {
			t.Fatal("the server never began")
		}
		time.Sleep(time.Millisecond)
	}
	l.put(t, bucket, "k", "first")
	send("te")
	if resp := <-answered; resp == nil || resp.StatusCode != http.StatusConflict {
		t.Errorf("answer = %v, want 409", resp)
	}
	l.wantText(t, bucket, "k", "", "first")
}

// A reader gets all of one version, however often the key is overwritten and deleted meanwhile.
func TestReadsAreNeverTorn(t *testing.T) {
	t.Parallel()
	l := newLab(t, s3.Options{})
	bucket, key := l.bucket(t, "raw", false), "hot"
	l.put(t, bucket, key, strings.Repeat("a", 50_000))
	stop := make(chan struct{})
	var writers sync.WaitGroup
	for w := range 2 {
		writers.Go(func() {
			for i := 0; ; i++ {
				select {
				case <-stop:
					return
				default:
				}
				letter := string(rune('a' + (w*7+i)%26))
				_, err := l.PutObject(context.Background(), &sdk.PutObjectInput{Bucket: &bucket, Key: &key, Body: strings.NewReader(strings.Repeat(letter, 50_000))})
				if err != nil {
					t.Error(err)
					return
				}
			}
		})
	}
	for range 60 {
		text, err := l.get(t.Context(), bucket, key, "")
		if err != nil || len(text) != 50_000 || strings.Count(text, text[:1]) != len(text) {
			t.Errorf("a torn read of %d bytes, %v", len(text), err)
			break
		}
	}
	close(stop)
	writers.Wait()
	if n := l.files(t); n != 1 {
		t.Errorf("%d files are left of one object", n)
	}
}
