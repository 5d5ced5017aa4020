package pgstore_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"acequia/shared/pgstore"
	"acequia/shared/pipeline"
)

func objectOf(key string) pipeline.Object {
	at := time.Date(2026, 11, 24, 10, 0, 0, 0, time.UTC)
	return pipeline.Object{
		ID: pipeline.NewObjectID("raw", key, "v1"), Bucket: "raw", Key: key, VersionID: "v1", ETag: "e", Size: 10,
		LastModified: at, Dataset: "sales", Rank: pipeline.NewRank(at, key, 0, "v1"),
	}
}

func TestTheLedgerRefusesWhatCannotBe(t *testing.T) {
	t.Parallel()
	db := open(t)
	o := objectOf("sales/a.csv")
	if _, err := db.Record(t.Context(), pipeline.Report{Kind: pipeline.ObjectReceived, Object: o, Attempt: 1}); err != nil {
		t.Fatal(err)
	}
	for constraint, set := range map[string]string{
		"objects_status_is_known":                      `status = 'lost'`,
		"objects_counts_are_not_negative":              `loaded = -1, status = 'processing'`,
		"objects_rows_belong_to_published":             `loaded = 1, status = 'failed', error = 'x'`,
		"objects_bad_end_has_a_reason":                 `status = 'refused'`,
		"objects_publish_is_known":                     `publish = 'row'`,
		"objects_chunks_are_accounted_for":             `status = 'processing', publish = 'chunk', records = 2, loaded = 1`,
		"objects_received_has_no_counts":               `records = 1`,
		"objects_refused_has_no_duplicates":            `status = 'refused', error = 'x', duplicates = 1`,
		"objects_unchanged_and_forgotten_have_nothing": `status = 'forgotten', rejected = 1`,
		"objects_replaced_has_no_rows":                 `status = 'processing', publish = 'chunk', records = 1, loaded = 1, replaced_by = object_id`,
		"objects_replay_is_under_way":                  `before = '{}'`,
		"objects_counted_attempt_is_earlier":           `counted_attempt = attempt`,
		"objects_published_is_accounted_for":           `status = 'published', published_at = now(), chunks = 1, chunks_done = 1, planned_records = 2, records = 2, loaded = 1`,
	} {
		_, err := db.sql.Exec(t.Context(), `UPDATE acequia.objects SET `+set)
		if err == nil || !strings.Contains(err.Error(), constraint) {
			t.Errorf("SET %s: %v, want %s", set, err, constraint)
		}
	}
	const whole = `status = 'published', published_at = now(), chunks = 1, chunks_done = 1, planned_records = 2, records = 2, loaded = 1, rejected = 1`
	if _, err := db.sql.Exec(t.Context(), `UPDATE acequia.objects SET `+whole); err != nil {
		t.Errorf("SET %s: %v", whole, err)
	}
}

func TestEventsAreAppendOnly(t *testing.T) {
	t.Parallel()
	db := open(t)
	o := objectOf("sales/a.csv")
	report := pipeline.Report{Kind: pipeline.ObjectRefused, Object: o, Attempt: 1, Reason: "no\x00 good"}
	if _, err := db.Record(t.Context(), report); err != nil {
		t.Fatal(err)
	}
	if got := db.texts(t, `SELECT kind || ': ' || (payload->>'reason') FROM acequia.events`); len(got) != 1 || got[0] != `refused: no\x00 good` {
		t.Errorf("events = %q", got)
	}
	for statement, allowed := range map[string]bool{
		`UPDATE acequia.events SET delivered_at = now()`:                   true,
		`UPDATE acequia.events SET kind = 'published'`:                     false,
		`UPDATE acequia.events SET delivered_at = NULL, severity = 'info'`: false,
		`DELETE FROM acequia.events`:                                       false,
	} {
		if _, err := db.sql.Exec(t.Context(), statement); (err == nil) != allowed {
			t.Errorf("%s: %v", statement, err)
		}
	}
}

func TestAReportForAnotherAttemptChangesNothing(t *testing.T) {
	t.Parallel()
	db := open(t)
	o := objectOf("sales/a.csv")
	if _, err := db.Record(t.Context(), pipeline.Report{Kind: pipeline.ObjectReceived, Object: o, Attempt: 2}); err != nil {
		t.Fatal(err)
	}
	late := pipeline.Report{
		Kind: pipeline.ChunkRows, Object: o, Attempt: 1,
		Rows: &pipeline.Rows{Chunk: pipeline.Chunk{Object: o, Attempt: 1, End: 10, Line: 1}, Records: 3},
	}
	s, err := db.Record(t.Context(), late)
	if err != nil || s.Status != pipeline.Received || s.ChunksDone != 0 {
		t.Errorf("standing = %+v, %v", s, err)
	}
}

func TestPeopleReadTheLedger(t *testing.T) {
	t.Parallel()
	db := open(t)
	none := objectOf("other/x.csv")
	none.Dataset = ""
	for _, r := range []pipeline.Report{
		{Kind: pipeline.ObjectReceived, Object: objectOf("sales/a.csv"), Attempt: 1},
		{Kind: pipeline.ObjectRefused, Object: objectOf("sales/b.csv"), Attempt: 1, Reason: "empty"},
		{Kind: pipeline.ObjectRefused, Object: none, Attempt: 1, Reason: "no contract"},
	} {
		if _, err := db.Record(t.Context(), r); err != nil {
			t.Fatal(err)
		}
	}
	all, err := db.Objects(t.Context(), pgstore.Filter{})
	if err != nil || len(all) != 3 || all[0].Object.Key != "other/x.csv" {
		t.Errorf("%d objects, %v", len(all), err)
	}
	some, err := db.Objects(t.Context(), pgstore.Filter{Dataset: "sales", Limit: 1})
	if err != nil || len(some) != 1 || some[0].Object.Key != "sales/b.csv" || some[0].Error != "empty" {
		t.Errorf("%+v, %v", some, err)
	}
	one, found, err := db.ObjectByVersion(t.Context(), "raw", "sales/a.csv", "v1")
	if err != nil || !found || !cmp.Equal(one.Object, objectOf("sales/a.csv")) || one.PublishedAt != nil {
		t.Errorf("%+v, %v, %v", one, found, err)
	}
	if _, found, err := db.ObjectByVersion(t.Context(), "raw", "sales/a.csv", "v2"); err != nil || found {
		t.Errorf("v2: %v, %v", found, err)
	}
	same, err := db.Objects(t.Context(), pgstore.Filter{ID: one.Object.ID})
	if err != nil || len(same) != 1 || same[0].Object.Key != "sales/a.csv" {
		t.Errorf("by id: %+v, %v", same, err)
	}
	counts, err := db.Counts(t.Context())
	if err != nil || len(counts) != 3 || counts[0].Dataset != "" || counts[2].Status != pipeline.Refused || counts[2].Objects != 1 {
		t.Errorf("counts = %+v, %v", counts, err)
	}
	if rejects, err := db.RejectsOf(t.Context(), one.Object.ID, 10); err != nil || len(rejects) != 0 {
		t.Errorf("rejects = %v, %v", rejects, err)
	}
}

func TestRejectsAreReadInTheirOrder(t *testing.T) {
	t.Parallel()
	db := open(t)
	o := objectOf("sales/a.csv")
	if _, err := db.Record(t.Context(), pipeline.Report{Kind: pipeline.ObjectReceived, Object: o, Attempt: 1}); err != nil {
		t.Fatal(err)
	}
	reject := func(offset int64) pipeline.Reject {
		failures := []pipeline.Failure{{Column: "a", Rule: "type", Reason: "x"}, {Rule: "y", Reason: fmt.Sprint(offset)}}
		return pipeline.NewReject(pipeline.Place{Offset: offset, Length: 2, Line: 3}, []byte("1"), failures...)
	}
	err := db.Publish(t.Context(), o, nil, func(p *pgstore.Publication) error {
		_, err := p.Reject(t.Context(), 0, func(yield func(pipeline.Reject, error) bool) {
			_ = yield(reject(9), nil) && yield(reject(5), nil) && yield(reject(7), nil)
		})
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	var all []pipeline.Reject
	for r, err := range db.Rejects(t.Context(), o.ID) {
		if err != nil {
			t.Fatal(err)
		}
		all = append(all, r)
	}
	if diff := cmp.Diff([]pipeline.Reject{reject(5), reject(7), reject(9)}, all); diff != "" {
		t.Errorf("all (-want +got):\n%s", diff)
	}
	first, err := db.RejectsOf(t.Context(), o.ID, 2)
	if diff := cmp.Diff(all[:2], first); diff != "" || err != nil {
		t.Errorf("the first two (-want +got): %v\n%s", err, diff)
	}
	gone, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := db.RejectsOf(gone, o.ID, 1); !errors.Is(err, context.Canceled) {
		t.Errorf("cancelled: %v", err)
	}
}

// A run is the rank's, also where a loader that knows an older form of ranks writes another.
func TestTheTableSaysWhatTheRunIs(t *testing.T) {
	t.Parallel()
	db := open(t)
	first := objectOf("sales/a b!.csv")
	again := first
	again.VersionID = "v2"
	again.ID, again.Rank = pipeline.NewObjectID("raw", again.Key, again.VersionID), first.Rank.Again(first.LastModified, 1, again.VersionID)
	for _, o := range []pipeline.Object{first, again} {
		allButTheLast := string(o.Rank)[:strings.LastIndexByte(string(o.Rank), ' ')]
		_, err := db.sql.Exec(t.Context(), `
			INSERT INTO acequia.objects (object_id, bucket, key, version_id, etag, size_bytes, last_modified, dataset, rank, run, attempt)
			VALUES ($1, $2, $3, $4, 'e', 1, $5, $6, $7, $8, 1)`,
			o.ID.String(), o.Bucket, o.Key, o.VersionID, o.LastModified, o.Dataset, string(o.Rank), allButTheLast)
		if err != nil {
			t.Fatal(err)
		}
	}
	want := []string{first.Rank.Run(), first.Rank.Run()}
	if diff := cmp.Diff(want, db.texts(t, `SELECT run FROM acequia.objects`)); diff != "" {
		t.Errorf("the runs (-want +got):\n%s", diff)
	}
}
