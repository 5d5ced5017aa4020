package s3_test

import (
	"bytes"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"testing"

	sdk "github.com/aws/aws-sdk-go-v2/service/s3"

	"acequia/localstack/cloud/s3"
)

// interrupted is an answer during whose first bytes something else happens.
type interrupted struct {
	*httptest.ResponseRecorder
	meanwhile func()
}

func (i *interrupted) Write(p []byte) (int, error) {
	if i.meanwhile != nil {
		meanwhile := i.meanwhile
		i.meanwhile = nil
		meanwhile()
	}
	return i.ResponseRecorder.Write(p)
}

// A reader in the first part of an object still gets the second when the object is deleted in between.
func TestReadOutlivesDeletion(t *testing.T) {
	t.Parallel()
	l := newLab(t, s3.Options{})
	bucket, key := l.bucket(t, "raw", false), "k"
	whole := pattern(partSize + 100)
	upload := l.begin(t, &sdk.CreateMultipartUploadInput{Bucket: &bucket, Key: &key})
	first := l.part(t, bucket, key, upload, 1, whole[:partSize])
	second := l.part(t, bucket, key, upload, 2, whole[partSize:])
	if _, err := l.complete(t, bucket, key, upload, first, second); err != nil {
		t.Fatal(err)
	}
	answer := &interrupted{ResponseRecorder: httptest.NewRecorder(), meanwhile: func() { l.delete(t, bucket, key, "") }}
	l.server.ServeHTTP(answer, httptest.NewRequest(http.MethodGet, "/raw/k", nil))
	if !bytes.Equal(answer.Body.Bytes(), whole) {
		t.Errorf("read %d bytes of %d", answer.Body.Len(), len(whole))
	}
	_, err := l.get(t.Context(), bucket, key, "")
	wantCode(t, err, "NoSuchKey")
	if n := l.files(t); n != 0 {
		t.Errorf("%d files are left of a deleted object that nobody reads", n)
	}
}

func TestOpenDeletesOrphans(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	t.Run("leave an orphan", func(t *testing.T) {
		l := serve(t, dir, s3.Options{}, httptest.NewServer)
		bucket, key := l.bucket(t, "raw", true), "k"
		l.put(t, bucket, key, "kept")
		upload := l.begin(t, &sdk.CreateMultipartUploadInput{Bucket: &bucket, Key: &key})
		l.part(t, bucket, key, upload, 1, []byte("kept too"))
		if err := os.WriteFile(filepath.Join(dir, "blobs", "0123"), []byte("half a PUT"), 0o600); err != nil {
			t.Fatal(err)
		}
	})
	t.Run("reopen", func(t *testing.T) {
		l := serve(t, dir, s3.Options{}, httptest.NewServer)
		if n := l.files(t); n != 2 {
			t.Errorf("%d files, want that of the object and that of the part", n)
		}
		l.wantText(t, "raw", "k", "", "kept")
	})
}
