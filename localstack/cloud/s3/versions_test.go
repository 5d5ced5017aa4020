package s3_test

import (
	"context"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/aws"
	sdk "github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/aws/aws-sdk-go-v2/service/s3/types"
	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"acequia/localstack/cloud/s3"
)

func (l *lab) setVersioning(t *testing.T, bucket string, status types.BucketVersioningStatus) {
	t.Helper()
	_, err := l.PutBucketVersioning(t.Context(), &sdk.PutBucketVersioningInput{
		Bucket: &bucket, VersioningConfiguration: &types.VersioningConfiguration{Status: status},
	})
	if err != nil {
		t.Fatal(err)
	}
}

func (l *lab) delete(t *testing.T, bucket, key, version string) *sdk.DeleteObjectOutput {
	t.Helper()
	in := &sdk.DeleteObjectInput{Bucket: &bucket, Key: &key}
	if version != "" {
		in.VersionId = &version
	}
	out, err := l.DeleteObject(t.Context(), in)
	if err != nil {
		t.Fatal(err)
	}
	return out
}

func TestVersioningEnabled(t *testing.T) {
	t.Parallel()
	l := newLab(t, s3.Options{})
	bucket, key := l.bucket(t, "raw", true), "k"
	first, second := l.put(t, bucket, key, "first"), l.put(t, bucket, key, "second")
	l.wantText(t, bucket, key, "", "second")
	l.wantText(t, bucket, key, first, "first")

	marker := l.delete(t, bucket, key, "")
	if !aws.ToBool(marker.DeleteMarker) || aws.ToString(marker.VersionId) == "" {
		t.Fatalf("delete = %+v", marker)
	}
	_, err := l.get(t.Context(), bucket, key, "")
	wantCode(t, err, "NoSuchKey")
	_, err = l.get(t.Context(), bucket, key, *marker.VersionId)
	wantCode(t, err, "MethodNotAllowed")
	resp, _ := l.do(t, http.MethodHead, "/raw/k", "", nil)
	if resp.StatusCode != 404 || resp.Header.Get("x-amz-delete-marker") != "true" || resp.Header.Get("x-amz-version-id") != *marker.VersionId {
		t.Errorf("head of a deleted key: %d %v", resp.StatusCode, resp.Header)
	}
	l.wantText(t, bucket, key, second, "second")

	undone := l.delete(t, bucket, key, *marker.VersionId)
	if !aws.ToBool(undone.DeleteMarker) || aws.ToString(undone.VersionId) != *marker.VersionId {
		t.Errorf("deleting the marker = %+v", undone)
	}
	l.wantText(t, bucket, key, "", "second")
	l.delete(t, bucket, key, second)
	l.wantText(t, bucket, key, "", "first")
	_, err = l.get(t.Context(), bucket, key, second)
	wantCode(t, err, "NoSuchVersion")
	l.delete(t, bucket, key, second) // What is gone is deleted without an error.
}

func TestVersioningSuspended(t *testing.T) {
	t.Parallel()
	l := newLab(t, s3.Options{})
	bucket, key := l.bucket(t, "raw", false), "k"
	if id := l.put(t, bucket, key, "before"); id != "" {
		t.Errorf("a bucket that never had versioning gave the version id %q", id)
	}
	l.setVersioning(t, bucket, types.BucketVersioningStatusEnabled)
	version := l.put(t, bucket, key, "enabled")
	l.wantText(t, bucket, key, "null", "before")
	l.setVersioning(t, bucket, types.BucketVersioningStatusSuspended)
	if id := l.put(t, bucket, key, "suspended"); id != "null" {
		t.Errorf("version id = %q, want null", id)
	}
	l.wantText(t, bucket, key, "null", "suspended")
	l.wantText(t, bucket, key, version, "enabled")
	if out := l.delete(t, bucket, key, ""); *out.VersionId != "null" || !*out.DeleteMarker {
		t.Errorf("delete = %+v", out)
	}
	_, err := l.get(t.Context(), bucket, key, "")
	wantCode(t, err, "NoSuchKey")
	l.wantText(t, bucket, key, version, "enabled")
	l.delete(t, bucket, key, "null")
	l.wantText(t, bucket, key, "", "enabled")
}

func TestDeleteObjects(t *testing.T) {
	t.Parallel()
	l := newLab(t, s3.Options{})
	bucket := l.bucket(t, "raw", true)
	version := l.put(t, bucket, "a b", "x")
	l.put(t, bucket, "c", "x")
	out, err := l.DeleteObjects(t.Context(), &sdk.DeleteObjectsInput{Bucket: &bucket, Delete: &types.Delete{Objects: []types.ObjectIdentifier{
		{Key: aws.String("a b"), VersionId: &version}, {Key: aws.String("c")}, {Key: aws.String("never was")},
	}}})
	if err != nil || len(out.Deleted) != 3 || len(out.Errors) != 0 {
		t.Fatalf("deleted = %+v, %v", out, err)
	}
	if *out.Deleted[0].VersionId != version || !aws.ToBool(out.Deleted[1].DeleteMarker) || out.Deleted[1].DeleteMarkerVersionId == nil {
		t.Errorf("deleted = %+v", out.Deleted)
	}
	resp, body := l.do(t, "POST", "/raw?delete", "<Delete><Object><Key>c</Key></Object></Delete>", map[string]string{"Content-MD5": "AAAAAAAAAAAAAAAAAAAAAA=="})
	if resp.StatusCode != 400 || !strings.Contains(body, "BadDigest") {
		t.Errorf("a wrong Content-MD5: %d %s", resp.StatusCode, body)
	}
}

// row is a version as ListObjectVersions shows it.
type row struct {
	Key, ID        string
	Marker, Latest bool
}

// model is what a bucket with versions should hold: each key's versions, newest first.
type model struct {
	status   types.BucketVersioningStatus
	versions map[string][]row
}

// write adds a version or, in a bucket without versioning, replaces the null version.
func (m *model) write(key, id string, marker bool) {
	kept := m.versions[key]
	if m.status != types.BucketVersioningStatusEnabled {
		id = "null"
		kept = slices.DeleteFunc(slices.Clone(kept), func(r row) bool { return r.ID == "null" })
	}
	m.versions[key] = append([]row{{Key: key, ID: id, Marker: marker}}, kept...)
}

func (m *model) remove(key, id string) {
	m.versions[key] = slices.DeleteFunc(m.versions[key], func(r row) bool { return r.ID == id })
}

func (m *model) rows() []row {
	var all []row
	for _, key := range slices.Sorted(maps.Keys(m.versions)) {
		for i, r := range m.versions[key] {
			r.Latest = i == 0
			all = append(all, r)
		}
	}
	return all
}

// listVersions lists a bucket page by page. More pages than a test writes versions mean that the listing goes in circles.
func (l *lab) listVersions(t *rapid.T, bucket string, page int32) []row {
	var all []row
	pages := sdk.NewListObjectVersionsPaginator(l, &sdk.ListObjectVersionsInput{Bucket: &bucket, MaxKeys: &page})
	for pages.HasMorePages() {
		if len(all) > 100 {
			t.Fatalf("the listing has no end: %v", all)
		}
		out, err := pages.NextPage(context.Background())
		if err != nil {
			t.Fatal(err)
		}
		var rows []row
		for _, v := range out.Versions {
			rows = append(rows, row{*v.Key, *v.VersionId, false, *v.IsLatest})
		}
		for _, v := range out.DeleteMarkers {
			rows = append(rows, row{*v.Key, *v.VersionId, true, *v.IsLatest})
		}
		all = append(all, rows...)
	}
	return all
}

// step is something that is done to a bucket.
type step struct {
	Do, Key string
	Place   int
}

// take does a step to the bucket and to the model.
func (m *model) take(t *testing.T, l *lab, bucket string, s step) {
	t.Helper()
	held := m.versions[s.Key]
	switch s.Do {
	case "put":
		m.write(s.Key, l.put(t, bucket, s.Key, "x"), false)
	case "delete":
		out := l.delete(t, bucket, s.Key, "")
		if m.status == "" {
			m.remove(s.Key, "null")
		} else {
			m.write(s.Key, *out.VersionId, true)
		}
	case "delete version":
		if len(held) > 0 {
			id := held[s.Place%len(held)].ID
			l.delete(t, bucket, s.Key, id)
			m.remove(s.Key, id)
		}
	default:
		m.status = types.BucketVersioningStatus(s.Do)
		l.setVersioning(t, bucket, m.status)
	}
}

// Whatever is done to a bucket, its versions are those of the model, newest first. The SDK separates versions from delete
// markers, so the order is seen on pages of one.
func TestVersionsAreThoseOfTheModel(t *testing.T) {
	t.Parallel()
	l := newLab(t, s3.Options{})
	steps := rapid.SliceOfN(rapid.Custom(func(t *rapid.T) step {
		return step{
			Do:    rapid.SampledFrom([]string{"put", "put", "delete", "delete version", "Enabled", "Suspended"}).Draw(t, "do"),
			Key:   rapid.SampledFrom([]string{"a", "a/b"}).Draw(t, "key"),
			Place: rapid.IntRange(0, 5).Draw(t, "place"),
		}
	}), 1, 16)
	buckets := 0
	rapid.Check(t, func(rt *rapid.T) {
		buckets++
		bucket := l.bucket(t, fmt.Sprintf("model-%d", buckets), false)
		m := &model{versions: map[string][]row{}}
		for _, s := range steps.Draw(rt, "steps") {
			m.take(t, l, bucket, s)
		}
		if diff := cmp.Diff(m.rows(), l.listVersions(rt, bucket, 1)); diff != "" {
			rt.Fatalf("versions (-model +server):\n%s", diff)
		}
	})
}
