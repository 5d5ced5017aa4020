package reconcile_test

import (
	"strings"
	"testing"
	"time"

	"github.com/jackc/pgx/v5/pgxpool"

	"acequia/shared/pipeline"
	"acequia/shared/reconcile"
	"acequia/shared/s3store"
	"acequia/test/cloudtest"
	"acequia/test/pgtest"
)

// Each way in which bucket and ledger can differ is one finding, unless there is an explanation.
func TestTheAuditHoldsTheLedgerToTheBucket(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		breaking string
		check    string
		problem  string
		want     reconcile.Audited // beside the two versions
	}{
		"nothing":                 {breaking: `SELECT`},
		"a version is unknown":    {`DELETE FROM acequia.objects WHERE key = 'a.csv'`, "unknown", "of s3://raw/a.csv is in the bucket since", reconcile.Audited{}},
		"a version from before":   {breaking: `DELETE FROM acequia.objects WHERE key = 'a.csv'; UPDATE acequia.deployment SET deployed_at = now() + interval '1 min'`, want: reconcile.Audited{Older: 1}},
		"a version is gone":       {`INSERT INTO acequia.objects SELECT (jsonb_populate_record(o, '{"object_id": "00000000-0000-5000-8000-000000000000", "rank": "x"}')).* FROM acequia.objects o WHERE key = 'a.csv'`, "gone", "object 00000000-0000-5000-8000-000000000000 (s3://raw/a.csv) is received", reconcile.Audited{}},
		"a version is deleted":    {breaking: `INSERT INTO acequia.objects SELECT (jsonb_populate_record(o, '{"object_id": "00000000-0000-5000-8000-000000000000", "rank": "x", "deleted_at": "2026-01-01"}')).* FROM acequia.objects o WHERE key = 'a.csv'`, want: reconcile.Audited{Deleted: 1}},
		"a version has more":      {`UPDATE acequia.objects SET size_bytes = 5 WHERE key = 'b.csv'`, "unequal", "has 4 bytes and the ETag", reconcile.Audited{}},
		"a version is other":      {`UPDATE acequia.objects SET etag = '"x"' WHERE key = 'b.csv'`, "unequal", `but 4 bytes and the ETag "x" in the ledger`, reconcile.Audited{}},
		"another bucket's object": {breaking: `UPDATE acequia.objects SET bucket = 'other' WHERE key = 'b.csv'; UPDATE acequia.deployment SET deployed_at = now() + interval '1 min'`, want: reconcile.Audited{Older: 1}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			a, sql := newAudit(t)
			if _, err := sql.Exec(t.Context(), test.breaking); err != nil {
				t.Fatal(err)
			}
			var found []reconcile.Finding
			got, err := a.Compare(t.Context(), raw, func(f reconcile.Finding) { found = append(found, f) })
			test.want.Versions = 2
			if err != nil || got != test.want {
				t.Errorf("audited %+v, %v; want %+v", got, err, test.want)
			}
			if test.check == "" && len(found) == 0 {
				return
			}
			if len(found) != 1 || found[0].Check != test.check || !strings.Contains(found[0].Problem, test.problem) {
				t.Errorf("found %+v, want one of %s: … %s …", found, test.check, test.problem)
			}
		})
	}
}

// What came a moment ago may be on its way still.
func TestTheAuditWaitsAMinute(t *testing.T) {
	t.Parallel()
	a, sql := newAudit(t)
	a.Now = time.Now
	if _, err := sql.Exec(t.Context(), `DELETE FROM acequia.objects WHERE key = 'a.csv'`); err != nil {
		t.Fatal(err)
	}
	got, err := a.Compare(t.Context(), raw, func(f reconcile.Finding) { t.Errorf("found %+v", f) })
	if want := (reconcile.Audited{Versions: 2, Young: 1}); err != nil || got != want {
		t.Errorf("audited %+v, %v; want %+v", got, err, want)
	}
}

// newAudit gives an audit, two minutes from now, of two versions that the ledger knows.
func newAudit(t *testing.T) (*reconcile.Audit, *pgxpool.Pool) {
	t.Helper()
	s3, url := cloudtest.NewS3(t), pgtest.New(t)
	s3.Bucket(t, raw, true)
	store, sql := pgtest.Open(t, url), pgtest.Connect(t, url)
	if _, err := sql.Exec(t.Context(), `UPDATE acequia.deployment SET deployed_at = now() - interval '1 day'`); err != nil {
		t.Fatal(err)
	}
	bucket := s3store.NewRaw(s3.Client)
	for _, key := range []string{"a.csv", "b.csv"} {
		s3.Upload(t, raw, key, "1,2\n")
	}
	for page, err := range bucket.List(t.Context(), raw, "", "") {
		if err != nil {
			t.Fatal(err)
		}
		for _, o := range page {
			o.Rank = pipeline.NewRank(o.LastModified, o.Key, 0, o.VersionID)
			if _, err := store.Record(t.Context(), pipeline.Report{Kind: pipeline.ObjectReceived, Object: o, Attempt: 1}); err != nil {
				t.Fatal(err)
			}
		}
	}
	later := func() time.Time { return time.Now().Add(2 * time.Minute) }
	return &reconcile.Audit{Listing: bucket, Known: store.Known, DeployedAt: store.DeployedAt, Now: later}, sql
}
