package s3store_test

import (
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"

	"acequia/shared/pipeline"
	"acequia/shared/s3store"
	"acequia/test/cloudtest"
)

// newest gives the object that the newest version of a key is.
func newest(t *testing.T, raw *s3store.Raw, bucket, key string) pipeline.Object {
	t.Helper()
	versions, err := raw.Versions(t.Context(), bucket, key)
	if err != nil || len(versions) == 0 {
		t.Fatalf("the versions of %s = %v, %v", key, versions, err)
	}
	v := versions[0]
	return pipeline.Object{Bucket: bucket, Key: key, VersionID: v.ID, ETag: v.ETag, Size: v.Size}
}

func readAll(t *testing.T, raw *s3store.Raw, o pipeline.Object) (string, error) {
	t.Helper()
	body, err := raw.Open(t.Context(), o, 0)
	if err != nil {
		return "", err
	}
	defer body.Close()
	b, err := io.ReadAll(body)
	return string(b), err
}

func wantRefused(t *testing.T, err error, words ...string) {
	t.Helper()
	var refused *pipeline.RefusedError
	if !errors.As(err, &refused) {
		t.Fatalf("error = %v, want a refusal", err)
	}
	for _, word := range words {
		if !strings.Contains(refused.Reason, word) {
			t.Errorf("reason = %q, want %q in it", refused.Reason, word)
		}
	}
}

const awkward = "sales/año 2026 + más%.csv"

func TestAVersionIsReadWhateverCameAfterIt(t *testing.T) {
	t.Parallel()
	s3 := cloudtest.NewS3(t)
	bucket, raw := s3.Bucket(t, "raw", true), s3store.NewRaw(s3.Client)
	s3.Upload(t, bucket, awkward, "a,b\n1,2\n")
	first := newest(t, raw, bucket, awkward)
	before, err := raw.Open(t.Context(), first, 0)
	if err != nil {
		t.Fatal(err)
	}
	defer before.Close()
	s3.Upload(t, bucket, awkward, "A,B\n8,9\n")
	s3.Delete(t, bucket, awkward, "")

	if b, err := io.ReadAll(before); err != nil || string(b) != "a,b\n1,2\n" {
		t.Errorf("a body that was open = %q, %v", b, err)
	}
	if text, err := readAll(t, raw, first); err != nil || text != "a,b\n1,2\n" {
		t.Errorf("opened after the overwrite = %q, %v", text, err)
	}
	b, err := raw.Range(t.Context(), pipeline.Chunk{Object: first, Start: 4, End: 8})
	if err != nil || string(b) != "1,2\n" {
		t.Errorf("range = %q, %v", b, err)
	}
	reads := s3.Sent("GET", "/raw/"+awkward)
	for _, r := range reads {
		if !strings.Contains(r.Query, "versionId="+first.VersionID) {
			t.Errorf("a request without the version: %+v", r)
		}
	}
	if len(reads) != 3 {
		t.Errorf("%d reads", len(reads))
	}
}

func TestADeletedVersionIsRefused(t *testing.T) {
	t.Parallel()
	s3 := cloudtest.NewS3(t)
	bucket, raw := s3.Bucket(t, "raw", true), s3store.NewRaw(s3.Client)
	s3.Upload(t, bucket, "k", "first")
	first := newest(t, raw, bucket, "k")
	s3.Upload(t, bucket, "k", "again")
	s3.Delete(t, bucket, "k", first.VersionID)

	_, err := raw.Open(t.Context(), first, 0)
	wantRefused(t, err, first.VersionID, "s3://raw/k", "upload the file again")
	_, err = raw.Range(t.Context(), pipeline.Chunk{Object: first, Start: 0, End: 2})
	wantRefused(t, err, "s3://raw/k")
	_, err = raw.Section(t.Context(), first, 0, 2)
	wantRefused(t, err, "s3://raw/k")
}

// Anything but a missing object is worth a retry.
func TestOtherFailuresAreNoRefusals(t *testing.T) {
	t.Parallel()
	s3 := cloudtest.NewS3(t)
	raw := s3store.NewRaw(s3.Client)
	_, err := raw.Open(t.Context(), pipeline.Object{Bucket: "nowhere", Key: "k", VersionID: "null", ETag: `"x"`}, 0)
	var refused *pipeline.RefusedError
	if err == nil || errors.As(err, &refused) || !strings.Contains(err.Error(), "s3://nowhere/k") {
		t.Errorf("error = %v", err)
	}
	bucket := s3.Bucket(t, "raw", true)
	s3.Upload(t, bucket, "k", "short")
	_, err = raw.Range(t.Context(), pipeline.Chunk{Object: newest(t, raw, bucket, "k"), Start: 3, End: 9})
	if !errors.Is(err, io.ErrUnexpectedEOF) {
		t.Errorf("fewer bytes than the chunk has: %v", err)
	}
}

func TestVersionsAreThoseOfTheExactKeyNewestFirst(t *testing.T) {
	t.Parallel()
	s3 := cloudtest.NewS3(t)
	bucket, raw := s3.Bucket(t, "raw", true), s3store.NewRaw(s3.Client)
	var want []string
	for _, text := range []string{"1", "22", "333"} {
		for _, other := range []string{"fo", "foo/bar", "foo2", "foo "} {
			s3.Upload(t, bucket, other, "other")
		}
		want = append([]string{s3.Upload(t, bucket, "foo", text)}, want...)
	}
	s3.Delete(t, bucket, "foo", "")
	versions, err := raw.Versions(t.Context(), bucket, "foo")
	if err != nil {
		t.Fatal(err)
	}
	var ids []string
	for i, v := range versions {
		ids = append(ids, v.ID)
		if v.Size != int64(3-i) || v.ETag == "" || v.LastModified.IsZero() {
			t.Errorf("version %d = %+v", i, v)
		}
	}
	if diff := cmp.Diff(want, ids); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	none, err := raw.Versions(t.Context(), bucket, "fooo")
	if err != nil || len(none) != 0 {
		t.Errorf("of a key that is not there: %v, %v", none, err)
	}
}

// S3 lists a thousand versions at a time.
func TestVersionsOfManyPages(t *testing.T) {
	t.Parallel()
	s3 := cloudtest.NewS3(t)
	bucket, raw := s3.Bucket(t, "raw", true), s3store.NewRaw(s3.Client)
	var want []pipeline.Version
	for i := range 1003 {
		id := s3.Upload(t, bucket, "foo", fmt.Sprint(i))
		want = append([]pipeline.Version{{ID: id, Size: int64(len(fmt.Sprint(i)))}}, want...)
	}
	s3.Upload(t, bucket, "foo2", "other")
	got, err := raw.Versions(t.Context(), bucket, "foo")
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, got, cmpopts.IgnoreFields(pipeline.Version{}, "ETag", "LastModified")); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if pages := s3.Sent("GET", "/raw"); len(pages) != 2 {
		t.Errorf("%d pages", len(pages))
	}
}

func TestReadingHereAndThere(t *testing.T) {
	t.Parallel()
	s3 := cloudtest.NewS3(t)
	bucket, raw := s3.Bucket(t, "raw", true), s3store.NewRaw(s3.Client)
	const text = "0123456789"
	s3.Upload(t, bucket, awkward, text)
	o := newest(t, raw, bucket, awkward)
	at := raw.At(t.Context(), o)
	if err := iotest.TestReader(io.NewSectionReader(at, 0, o.Size), []byte(text)); err != nil {
		t.Error(err)
	}
	b := make([]byte, 4)
	if n, err := at.ReadAt(b, 8); n != 2 || !errors.Is(err, io.EOF) || string(b[:n]) != "89" {
		t.Errorf("over the end: %q, %v", b[:n], err)
	}
	if n, err := at.ReadAt(b, 10); n != 0 || !errors.Is(err, io.EOF) {
		t.Errorf("at the end: %d, %v", n, err)
	}
}

func TestOpeningInTheMiddle(t *testing.T) {
	t.Parallel()
	s3 := cloudtest.NewS3(t)
	bucket, raw := s3.Bucket(t, "raw", true), s3store.NewRaw(s3.Client)
	s3.Upload(t, bucket, awkward, "0123456789")
	body, err := raw.Open(t.Context(), newest(t, raw, bucket, awkward), 4)
	if err != nil {
		t.Fatal(err)
	}
	defer body.Close()
	if b, err := io.ReadAll(body); string(b) != "456789" || err != nil {
		t.Errorf("%q, %v", b, err)
	}
}
