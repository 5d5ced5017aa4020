package s3store_test

import (
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"

	"github.com/google/go-cmp/cmp"

	"acequia/shared/pipeline"
	"acequia/shared/s3store"
	"acequia/test/cloudtest"
)

func newWork(t *testing.T) (*cloudtest.S3, *s3store.Work) {
	t.Helper()
	s3 := cloudtest.NewS3(t)
	return s3, s3store.NewWork(s3.Client, s3.Bucket(t, "work", false))
}

func TestOneOfManyCreatorsWins(t *testing.T) {
	t.Parallel()
	_, work := newWork(t)
	won := make(chan string, 20)
	var wg sync.WaitGroup
	for i := range cap(won) {
		wg.Go(func() {
			body := fmt.Sprintf("plan of %d", i)
			created, err := work.Create(t.Context(), "plans/1.json", []byte(body))
			if err != nil {
				t.Errorf("creator %d: %v", i, err)
			}
			if created {
				won <- body
			}
		})
	}
	wg.Wait()
	close(won)
	if len(won) != 1 {
		t.Fatalf("%d creators won", len(won))
	}
	if got, err := work.Get(t.Context(), "plans/1.json"); err != nil || string(got) != <-won {
		t.Errorf("the plan is %q, %v", got, err)
	}
}

func TestCreateLeavesWhatIsThere(t *testing.T) {
	t.Parallel()
	_, work := newWork(t)
	if err := work.Put(t.Context(), "k", []byte("first")); err != nil {
		t.Fatal(err)
	}
	if created, err := work.Create(t.Context(), "k", []byte("second")); err != nil || created {
		t.Errorf("created = %v, %v", created, err)
	}
	if body, found, err := work.Find(t.Context(), "k"); err != nil || !found || string(body) != "first" {
		t.Errorf("found %q, %v, %v", body, found, err)
	}
	if err := work.Put(t.Context(), "k", []byte("third")); err != nil {
		t.Fatal(err)
	}
	if body, err := work.Get(t.Context(), "k"); err != nil || string(body) != "third" {
		t.Errorf("got %q, %v", body, err)
	}
}

func TestNothingIsThere(t *testing.T) {
	t.Parallel()
	s3, work := newWork(t)
	if body, found, err := work.Find(t.Context(), "k"); err != nil || found || body != nil {
		t.Errorf("found %q, %v, %v", body, found, err)
	}
	_, err := work.Get(t.Context(), "k")
	if !errors.Is(err, s3store.ErrNotFound) || !strings.Contains(err.Error(), "s3://work/k") {
		t.Errorf("get: %v", err)
	}
	if _, err := work.Open(t.Context(), "k"); !errors.Is(err, s3store.ErrNotFound) {
		t.Errorf("open: %v", err)
	}
	if _, err := work.Plan(t.Context(), pipeline.ObjectID{}, 1); !errors.Is(err, s3store.ErrNotFound) {
		t.Errorf("plan: %v", err)
	}
	// That the bucket is missing is no news about a key.
	elsewhere := s3store.NewWork(s3.Client, "nowhere")
	if _, found, err := elsewhere.Find(t.Context(), "k"); err == nil || found || errors.Is(err, s3store.ErrNotFound) {
		t.Errorf("in a bucket that is missing: %v, %v", found, err)
	}
	if created, err := elsewhere.Create(t.Context(), "k", nil); err == nil || created {
		t.Errorf("created in a bucket that is missing: %v, %v", created, err)
	}
	if err := elsewhere.Put(t.Context(), "k", nil); err == nil {
		t.Error("put into a bucket that is missing")
	}
}

func TestThePlanOfAnAttempt(t *testing.T) {
	t.Parallel()
	_, work := newWork(t)
	id := pipeline.NewObjectID("raw", "k", "v")
	want := pipeline.Plan{Grammar: 1, Object: pipeline.Object{ID: id, Key: "k"}, Attempt: 2, Layout: pipeline.Layout{Format: pipeline.CSV, Delimiter: ';'}}
	b, err := json.Marshal(want)
	if err != nil {
		t.Fatal(err)
	}
	if err := work.Put(t.Context(), pipeline.PlanKey(id, 2), b); err != nil {
		t.Fatal(err)
	}
	got, err := work.Plan(t.Context(), id, 2)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(want, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if err := work.Put(t.Context(), pipeline.PlanKey(id, 3), []byte("<html>")); err != nil {
		t.Fatal(err)
	}
	if _, err := work.Plan(t.Context(), id, 3); err == nil || !strings.Contains(err.Error(), pipeline.PlanKey(id, 3)) {
		t.Errorf("a plan that is none: %v", err)
	}
}

func TestHeadGivesTheFirstBytes(t *testing.T) {
	t.Parallel()
	_, work := newWork(t)
	for _, body := range []string{"", "abc", "abcdefgh"} {
		if err := work.Put(t.Context(), "k", []byte(body)); err != nil {
			t.Fatal(err)
		}
		if head, err := work.Head(t.Context(), "k", 4); err != nil || string(head) != body[:min(4, len(body))] {
			t.Errorf("the head of %q is %q, %v", body, head, err)
		}
	}
	if _, err := work.Head(t.Context(), "gone", 4); !errors.Is(err, s3store.ErrNotFound) {
		t.Errorf("the head of nothing: %v", err)
	}
}
