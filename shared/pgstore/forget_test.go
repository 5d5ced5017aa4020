package pgstore_test

import (
	"slices"
	"testing"
	"time"

	"acequia/shared/pgstore"
	"acequia/shared/pipeline"
)

// A report that is about to make the line of an older version does not see that the key is being forgotten. So forgetting waits for
// it, and sees the line.
func TestForgettingWaitsForReports(t *testing.T) {
	t.Parallel()
	db := open(t)
	older, newer := objectOf("sales/a.csv"), objectOf("sales/a.csv")
	newer.VersionID, newer.LastModified = "v2", newer.LastModified.Add(time.Hour)
	newer.ID, newer.Rank = pipeline.NewObjectID("raw", newer.Key, "v2"), pipeline.NewRank(newer.LastModified, newer.Key, 0, "v2")

	report, err := db.sql.Begin(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	defer report.Rollback(t.Context())
	_, err = report.Exec(t.Context(), `SELECT pg_advisory_xact_lock_shared($1)`, pgstore.ReportLock(older))
	if err == nil {
		_, err = report.Exec(t.Context(), `
			INSERT INTO acequia.objects (object_id, bucket, key, version_id, etag, size_bytes, last_modified, dataset, rank, run, attempt)
			VALUES ($1, 'raw', $2, 'v1', 'e', 1, now(), 'sales', $3, $4, 1)`,
			[16]byte(older.ID), older.Key, string(older.Rank), older.Rank.Run())
	}
	if err != nil {
		t.Fatal(err)
	}

	forgotten := make(chan []pipeline.Object, 1)
	go func() {
		var versions []pipeline.Object
		err := db.Publish(t.Context(), newer, nil, func(p *pgstore.Publication) (err error) {
			versions, err = p.Forget(t.Context())
			return err
		})
		if err != nil {
			t.Error(err)
		}
		forgotten <- versions
	}()
	const waiting = `SELECT pid::text FROM pg_locks WHERE locktype = 'advisory' AND NOT granted
		AND database = (SELECT oid FROM pg_database WHERE datname = current_database())`
	for deadline := time.Now().Add(20 * time.Second); len(db.texts(t, waiting)) == 0; time.Sleep(5 * time.Millisecond) {
		if len(forgotten) > 0 || time.Now().After(deadline) {
			t.Fatal("nobody waits for the report")
		}
	}
	if err := report.Commit(t.Context()); err != nil {
		t.Fatal(err)
	}
	if versions := <-forgotten; !slices.ContainsFunc(versions, func(o pipeline.Object) bool { return o.ID == older.ID }) {
		t.Errorf("%+v are forgotten, without the older version", versions)
	}
}
