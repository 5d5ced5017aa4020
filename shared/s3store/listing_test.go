package s3store_test

import (
	"errors"
	"fmt"
	"slices"
	"sync"
	"testing"

	"acequia/shared/pipeline"
	"acequia/shared/s3store"
	"acequia/test/cloudtest"
)

// All versions come, in order, over the borders of pages, whatever characters the keys hold.
func TestListOfVersions(t *testing.T) {
	t.Parallel()
	s := cloudtest.NewS3(t)
	bucket := s.Bucket(t, "raw", true)
	const keys = 1030 // a page holds 1,000 versions
	var versions sync.Map
	inParallel(t, keys, func(i int) {
		key := fmt.Sprintf("año %04d + más%%/<&\x01>.csv", i)
		versions.Store(s.Upload(t, bucket, key, "x"), key)
	})
	want := []string{}
	for i := range keys {
		want = append(want, fmt.Sprintf("año %04d + más%%/<&\x01>.csv", i))
	}
	s.Delete(t, bucket, want[5], "") // a delete marker is no version
	store := s3store.NewRaw(s.Client)
	for after, want := range map[string][]string{"": want, want[999]: want[1000:], want[7] + "/": want[8:]} {
		var got []string
		for page, err := range store.List(t.Context(), bucket, "año", after) {
			if err != nil {
				t.Fatal(err)
			}
			for _, o := range page {
				if key, ok := versions.Load(o.VersionID); !ok || key != o.Key || o.ID != pipeline.NewObjectID(bucket, o.Key, o.VersionID) || o.Size != 1 {
					t.Errorf("%+v", o)
				}
				got = append(got, o.Key)
			}
		}
		if !slices.Equal(got, want) {
			t.Errorf("after %q: %d keys, want %d", after, len(got), len(want))
		}
	}
}

func TestAVersionIsListedNewestFirst(t *testing.T) {
	t.Parallel()
	s := cloudtest.NewS3(t)
	bucket := s.Bucket(t, "raw", true)
	first, second := s.Upload(t, bucket, "a", "1"), s.Upload(t, bucket, "a", "2")
	for page, err := range s3store.NewRaw(s.Client).List(t.Context(), bucket, "", "") {
		if err != nil || len(page) != 2 || page[0].VersionID != second || page[1].VersionID != first {
			t.Errorf("%+v, %v", page, err)
		}
	}
}

func TestListsOfABucketThatIsNotThere(t *testing.T) {
	t.Parallel()
	s := cloudtest.NewS3(t)
	n := 0
	for _, err := range s3store.NewRaw(s.Client).List(t.Context(), "none", "", "") {
		n++
		if err == nil {
			t.Error("no error")
		}
	}
	for _, err := range s3store.NewWork(s.Client, "none").List(t.Context(), "") {
		n++
		if err == nil {
			t.Error("no error")
		}
	}
	if n != 2 {
		t.Errorf("%d errors", n)
	}
}

func TestFilesAreListedAndDeleted(t *testing.T) {
	t.Parallel()
	s := cloudtest.NewS3(t)
	work := s3store.NewWork(s.Client, s.Bucket(t, "work", false))
	for _, key := range []string{"staged/a/1", "staged/b/1", "plans/a"} {
		if err := work.Put(t.Context(), key, nil); err != nil {
			t.Fatal(err)
		}
	}
	if err := errors.Join(work.Delete(t.Context(), nil), work.Delete(t.Context(), []string{"staged/a/1", "staged/not-there"})); err != nil {
		t.Error(err)
	}
	var got []string
	for page, err := range work.List(t.Context(), "staged/") {
		if err != nil {
			t.Fatal(err)
		}
		for _, f := range page {
			got = append(got, f.Key)
			if f.Modified.IsZero() {
				t.Errorf("%s has no time", f.Key)
			}
		}
	}
	if !slices.Equal(got, []string{"staged/b/1"}) {
		t.Errorf("left: %q", got)
	}
}

// inParallel does something n times, several at once.
func inParallel(t *testing.T, n int, do func(i int)) {
	t.Helper()
	var all sync.WaitGroup
	next := make(chan int)
	for range 16 {
		all.Go(func() {
			for i := range next {
				do(i)
			}
		})
	}
	for i := range n {
		next <- i
	}
	close(next)
	all.Wait()
}
