package e2e

import (
	"bytes"
	"os"
	"path/filepath"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	"github.com/aws/aws-sdk-go-v2/service/s3"

	"acequia/shared/pgstore"
	"acequia/shared/pipeline"
	"acequia/test/data/sample"
)

// samples is the directory of the sample files.
var samples = filepath.Join("..", "data")

func readManifest(t *testing.T) *sample.Manifest {
	t.Helper()
	manifest, err := sample.ReadManifest(filepath.Join(samples, sample.ManifestName))
	if err != nil {
		t.Fatal(err)
	}
	return manifest
}

// fileOf gives the account of one sample file.
func fileOf(t *testing.T, name string) sample.File {
	t.Helper()
	for _, f := range readManifest(t).Files {
		if f.Name == name {
			return f
		}
	}
	t.Fatalf("the manifest has no %s", name)
	return sample.File{}
}

func readSample(t *testing.T, name string) []byte {
	t.Helper()
	body, err := os.ReadFile(filepath.Join(samples, name))
	if err != nil {
		t.Fatal(err)
	}
	return body
}

// upload uploads an object, and gives its version.
func (w *world) upload(key string, body []byte) (version string, err error) {
	out, err := w.s3.PutObject(w.Context(), &s3.PutObjectInput{Bucket: &w.env.RawBucket, Key: &key, Body: bytes.NewReader(body)})
	if err != nil {
		return "", err
	}
	return aws.ToString(out.VersionId), nil
}

// put is upload for those who have nothing left to do if it fails.
func (w *world) put(key string, body []byte) (version string) {
	w.Helper()
	version, err := w.upload(key, body)
	if err != nil {
		w.Fatal(err)
	}
	return version
}

// send uploads an object and waits for its end.
func (w *world) send(key string, body []byte) pgstore.ObjectRow {
	w.Helper()
	return w.ended(key, w.put(key, body), patience)
}

// published holds an object to the account of its file.
func (w *world) published(o pgstore.ObjectRow, f sample.File) {
	w.Helper()
	if o.Status != pipeline.Published {
		w.Errorf("%s: %s (%s), want published", f.Name, o.Status, o.Error)
		return
	}
	want := pipeline.Counts{Loaded: f.Rows, Duplicates: f.Duplicates, Rejected: f.Rejected}
	if o.Counts != want || o.Records != f.Records || o.PlannedRecords != f.Records {
		w.Errorf("%s: %d records (%d planned), %+v; the manifest says %d, %+v", f.Name, o.Records, o.PlannedRecords, o.Counts, f.Records, want)
	}
	if o.ChunksDone != o.Chunks {
		w.Errorf("%s: %d of %d chunks are done", f.Name, o.ChunksDone, o.Chunks)
	}
}
