package pgstore

import (
	"context"
	"time"

	"github.com/jackc/pgx/v5"

	"acequia/shared/pipeline"
)

// Repairs notes a try at each of the objects whose time has come, with its event, and gives those. Whoever gets a repair has it for
// itself until the next try is due: it is noted before it is made, so a process that dies in between costs a wait and no more.
func (s *Store) Repairs(ctx context.Context, c pipeline.Claim, objects []pipeline.Object) ([]pipeline.Repair, error) {
	byID := make(map[pipeline.ObjectID]pipeline.Object, len(objects))
	for _, o := range objects {
		byID[o.ID] = o
	}
	rows, err := s.pool.Query(ctx, claimQuery, append(columns(objects),
		c.Kind, c.Now, c.Wait.Seconds(), c.Tries, c.Found, c.GivenUp)...)
	if err != nil {
		return nil, wrapped(err, "noting repairs")
	}
	repairs, err := pgx.CollectRows(rows, func(row pgx.CollectableRow) (pipeline.Repair, error) {
		r := pipeline.Repair{Kind: c.Kind}
		err := row.Scan((*[16]byte)(&r.Object.ID), &r.Tries, &r.GivenUp)
		r.Object = byID[r.Object.ID]
		return r, err
	})
	return repairs, wrapped(err, "noting repairs")
}

const claimQuery = `
	WITH found AS (
		SELECT * FROM unnest($1::uuid[], $2::text[], $3::text[], $4::text[], $5::text[], $6::bigint[], $7::timestamptz[])
		       AS f (object_id, bucket, key, version_id, etag, size_bytes, last_modified)
	), claimed AS (
		INSERT INTO acequia.repairs AS r (object_id, bucket, key, version_id, etag, size_bytes, last_modified, kind, found_at, tried_at)
		SELECT *, $8, $9, $9 FROM found f WHERE NOT EXISTS (SELECT FROM acequia.forgotten g WHERE ` + forgotten + `) ORDER BY object_id
		ON CONFLICT (object_id, kind) DO UPDATE
		   SET tries = r.tries + 1, tried_at = $9, given_up_at = CASE WHEN r.tries >= $11 THEN $9::timestamptz END
		 WHERE r.given_up_at IS NULL AND ` + due + `
		RETURNING object_id, bucket, key, version_id, tries, given_up_at IS NOT NULL AS given_up
	), told AS (
		INSERT INTO acequia.events (kind, object_id, dataset, severity, payload)
		SELECT $8, object_id, o.dataset, CASE WHEN given_up THEN 'error' ELSE 'warning' END, jsonb_build_object(
		       'bucket', c.bucket, 'key', c.key, 'version_id', c.version_id, 'reason', CASE WHEN given_up THEN $13 ELSE $12 END)
		  FROM claimed c LEFT JOIN acequia.objects o USING (object_id)
		 WHERE given_up OR tries = 1
	)
	SELECT object_id, tries, given_up FROM claimed ORDER BY bucket, key, object_id`

// forgotten holds where all versions of the key of f up to g are, and f is one of them by its time, with which g's rank begins. One of
// g's very second, or one that repeats older bytes, is only known when ingest has ranked it: the ledger forgets it then.
const forgotten = `g.bucket = f.bucket AND g.key = f.key
	AND g.rank > to_char(f.last_modified AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z~"') COLLATE "C"`

// due holds for a repair r whose next try has come at $9, if the second comes $10 seconds after the first.
const due = `r.tried_at + make_interval(secs => $10::float8 * power(2, r.tries - 1)) <= $9::timestamptz`

// columns gives the objects' fields as the arrays that claimQuery unnests.
func columns(objects []pipeline.Object) []any {
	var (
		ids                              []pipeline.ObjectID
		buckets, keys, versionIDs, etags []string
		sizes                            []int64
		times                            []time.Time
	)
	for _, o := range objects {
		ids, buckets, keys = append(ids, o.ID), append(buckets, o.Bucket), append(keys, o.Key)
		versionIDs, etags = append(versionIDs, o.VersionID), append(etags, o.ETag)
		sizes, times = append(sizes, o.Size), append(times, o.LastModified)
	}
	return []any{uuids(ids), buckets, keys, versionIDs, etags, sizes, times}
}

// SettleRepairs takes off the repairs of objects that are well again, and counts them.
func (s *Store) SettleRepairs(ctx context.Context) (int64, error) {
	tag, err := s.pool.Exec(ctx, `
		DELETE FROM acequia.repairs r USING acequia.objects o
		 WHERE o.object_id = r.object_id AND (r.kind = 'lost' OR o.status NOT IN ('received', 'processing'))`)
	return tag.RowsAffected(), wrapped(err, "settling repairs")
}

// StillLost gives versions that were found lost, and that the ledger has not heard of after a wait as that of a Claim.
func (s *Store) StillLost(ctx context.Context, now time.Time, wait time.Duration, limit int) ([]pipeline.Object, error) {
	rows, err := s.pool.Query(ctx, `
		SELECT object_id, bucket, key, version_id, etag, size_bytes, last_modified FROM acequia.repairs r
		 WHERE kind = 'lost' AND given_up_at IS NULL
		   AND r.tried_at + make_interval(secs => $2::float8 * power(2, r.tries - 1)) <= $1
		   AND NOT EXISTS (SELECT FROM acequia.objects o WHERE o.object_id = r.object_id)
		 ORDER BY tried_at LIMIT $3`, now, wait.Seconds(), limit)
	if err != nil {
		return nil, wrapped(err, "reading which versions are still lost")
	}
	objects, err := pgx.CollectRows(rows, func(row pgx.CollectableRow) (o pipeline.Object, err error) {
		err = row.Scan((*[16]byte)(&o.ID), &o.Bucket, &o.Key, &o.VersionID, &o.ETag, &o.Size, &o.LastModified)
		return o, err
	})
	return objects, wrapped(err, "reading which versions are still lost")
}
