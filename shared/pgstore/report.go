package pgstore

import (
	"context"
	"fmt"
	"iter"
	"time"

	"github.com/jackc/pgx/v5"

	"acequia/shared/pipeline"
)

// ObjectRow is a row of acequia.objects as people read it.
type ObjectRow struct {
	pipeline.Standing
	ReceivedAt time.Time
	// PublishedAt is nil if the object is not published.
	PublishedAt *time.Time
	// Dollars is what the work on it cost so far, as a decimal number.
	Dollars string
}

// Filter picks objects. An empty field picks all.
type Filter struct {
	Dataset, Bucket, Key, VersionID string
	ID                              pipeline.ObjectID
	// Limit is how many at most; 0 means 100.
	Limit int
}

// id gives NULL for none.
func (f Filter) id() *[16]byte {
	if f.ID == (pipeline.ObjectID{}) {
		return nil
	}
	return (*[16]byte)(&f.ID)
}

// Objects gives the objects that the filter picks, those that were received last first.
func (s *Store) Objects(ctx context.Context, f Filter) ([]ObjectRow, error) {
	if f.Limit <= 0 {
		f.Limit = 100
	}
	rows, err := s.pool.Query(ctx, `
		SELECT `+standingColumns+`, o.received_at, o.published_at, o.dollars::text
		  FROM acequia.objects o
		 WHERE ($1 = '' OR o.dataset = $1) AND ($2 = '' OR o.bucket = $2) AND ($3 = '' OR o.key = $3)
		   AND ($4 = '' OR o.version_id = $4) AND ($5::uuid IS NULL OR o.object_id = $5)
		 ORDER BY o.received_at DESC, o.object_id LIMIT $6`, f.Dataset, f.Bucket, f.Key, f.VersionID, f.id(), f.Limit)
	if err != nil {
		return nil, fmt.Errorf("reading the objects: %w", err)
	}
	objects, err := pgx.CollectRows(rows, func(row pgx.CollectableRow) (o ObjectRow, err error) {
		err = row.Scan(append(standingFields(&o.Standing), &o.ReceivedAt, &o.PublishedAt, &o.Dollars)...)
		return o, err
	})
	if err != nil {
		return nil, fmt.Errorf("reading the objects: %w", err)
	}
	return objects, nil
}

// ObjectByVersion gives one version of a key, and whether the ledger knows it.
func (s *Store) ObjectByVersion(ctx context.Context, bucket, key, versionID string) (ObjectRow, bool, error) {
	objects, err := s.Objects(ctx, Filter{Bucket: bucket, Key: key, VersionID: versionID, Limit: 1})
	if err != nil || len(objects) == 0 {
		return ObjectRow{}, false, err
	}
	return objects[0], true, nil
}

// RejectsOf gives the object's rejects in the order of their places, at most so many.
func (s *Store) RejectsOf(ctx context.Context, id pipeline.ObjectID, limit int) (rejects []pipeline.Reject, err error) {
	for r, err := range s.rejects(ctx, id, &limit) {
		if err != nil {
			return nil, err
		}
		rejects = append(rejects, r)
	}
	return rejects, nil
}

// Rejects gives all of the object's rejects in the order of their places, as they are asked for; it ends after the first error.
func (s *Store) Rejects(ctx context.Context, id pipeline.ObjectID) iter.Seq2[pipeline.Reject, error] {
	return s.rejects(ctx, id, nil)
}

func (s *Store) rejects(ctx context.Context, id pipeline.ObjectID, limit *int) iter.Seq2[pipeline.Reject, error] {
	return func(yield func(pipeline.Reject, error) bool) {
		rows, err := s.pool.Query(ctx, `
			SELECT byte_offset, byte_length, line, failures, raw FROM acequia.rejects
			 WHERE object_id = $1 ORDER BY byte_offset LIMIT $2`, [16]byte(id), limit)
		if err == nil {
			defer rows.Close()
			for rows.Next() {
				if r, err := scanReject(rows); err == nil && !yield(r, nil) { // what Scan says, Err says again
					return
				}
			}
			err = rows.Err()
		}
		if err != nil {
			yield(pipeline.Reject{}, fmt.Errorf("reading the rejects of object %s: %w", id, err))
		}
	}
}

func scanReject(row pgx.CollectableRow) (r pipeline.Reject, err error) {
	err = row.Scan(&r.Offset, &r.Length, &r.Line, &r.Failures, &r.Raw)
	return r, err
}

// DatasetCounts sums up the objects of a data set that have one status.
type DatasetCounts struct {
	// Dataset is empty for objects that belong to none.
	Dataset string
	Status  pipeline.Status
	Objects int64
	// Records are those of the chunks that are done.
	Records int64
	pipeline.Counts
	// Bytes is the size of the objects, Dollars what the work on them cost, as a decimal number.
	Bytes   int64
	Dollars string
}

// Counts sums up the ledger by data set and status.
func (s *Store) Counts(ctx context.Context) ([]DatasetCounts, error) {
	rows, err := s.pool.Query(ctx, `
		SELECT coalesce(dataset, ''), status, count(*), sum(records)::bigint,
		       sum(loaded)::bigint, sum(superseded)::bigint, sum(duplicates)::bigint, sum(rejected)::bigint,
		       sum(size_bytes)::bigint, sum(dollars)::text
		  FROM acequia.objects GROUP BY 1, 2 ORDER BY 1, 2`)
	if err != nil {
		return nil, fmt.Errorf("summing up the ledger: %w", err)
	}
	counts, err := pgx.CollectRows(rows, func(row pgx.CollectableRow) (c DatasetCounts, err error) {
		err = row.Scan(&c.Dataset, &c.Status, &c.Objects, &c.Records, &c.Loaded, &c.Superseded, &c.Duplicates, &c.Rejected, &c.Bytes, &c.Dollars)
		return c, err
	})
	if err != nil {
		return nil, fmt.Errorf("summing up the ledger: %w", err)
	}
	return counts, nil
}
