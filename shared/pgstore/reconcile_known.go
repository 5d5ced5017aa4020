package pgstore

import (
	"context"
	"iter"
	"time"

	"github.com/jackc/pgx/v5"

	"acequia/shared/pipeline"
)

const (
	// knownPage is how many rows of the ledger are read at once where all of it is read: each page is a statement of its own,
	// so that no snapshot is held while a bucket is listed.
	knownPage = 5000
	// lastKey sorts behind all keys: no key's UTF-8 is greater.
	lastKey = "\U0010FFFF"
)

// lastID sorts behind all object ids.
var lastID = [16]byte{0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff}

// Known gives what the ledger knows of the keys with the prefix that come after a key, in S3's order, read as it is asked for. It
// ends after the first error.
func (s *Store) Known(ctx context.Context, bucket, prefix, after string) iter.Seq2[pipeline.Known, error] {
	return func(yield func(pipeline.Known, error) bool) {
		for id := lastID; ; {
			page, err := s.knownPage(ctx, bucket, prefix, after, id)
			if err != nil {
				yield(pipeline.Known{}, err)
				return
			}
			for _, k := range page {
				if !yield(k, nil) {
					return
				}
			}
			if len(page) < knownPage {
				return
			}
			last := page[len(page)-1]
			after, id = last.Key, last.ID
		}
	}
}

// knownPage reads the rows that come after the one of that key and id.
func (s *Store) knownPage(ctx context.Context, bucket, prefix, after string, id [16]byte) ([]pipeline.Known, error) {
	const doing = "reading what the ledger knows of the bucket"
	rows, err := s.pool.Query(ctx, `
		SELECT object_id, key, etag, size_bytes, status, deleted_at IS NOT NULL, received_at FROM acequia.objects
		 WHERE bucket = $1 AND key COLLATE "C" >= $2 AND key COLLATE "C" < $3 AND (key COLLATE "C", object_id) > ($4, $5)
		 ORDER BY key COLLATE "C", object_id LIMIT $6`, bucket, prefix, prefix+lastKey, after, id, knownPage)
	if err != nil {
		return nil, wrapped(err, doing)
	}
	page, err := pgx.CollectRows(rows, func(row pgx.CollectableRow) (k pipeline.Known, err error) {
		err = row.Scan((*[16]byte)(&k.ID), &k.Key, &k.ETag, &k.Size, &k.Status, &k.Deleted, &k.ReceivedAt)
		return k, err
	})
	return page, wrapped(err, doing)
}

// Ended gives the standing of all objects that have come to an end, in the order of their ids, read as it is asked for. It ends
// after the first error.
func (s *Store) Ended(ctx context.Context) iter.Seq2[pipeline.Standing, error] {
	return func(yield func(pipeline.Standing, error) bool) {
		for after := ([16]byte{}); ; {
			page, err := s.endedPage(ctx, after)
			if err != nil {
				yield(pipeline.Standing{}, err)
				return
			}
			for _, standing := range page {
				if !yield(standing, nil) {
					return
				}
			}
			if len(page) < knownPage {
				return
			}
			after = page[len(page)-1].Object.ID
		}
	}
}

func (s *Store) endedPage(ctx context.Context, after [16]byte) ([]pipeline.Standing, error) {
	return s.standings(ctx, `
		SELECT `+standingColumns+` FROM acequia.objects o
		 WHERE o.status NOT IN ('received', 'processing') AND o.object_id > $1 ORDER BY o.object_id LIMIT $2`, after, knownPage)
}

// Standings gives where these objects stand, as far as the ledger knows them, in no order.
func (s *Store) Standings(ctx context.Context, ids []pipeline.ObjectID) ([]pipeline.Standing, error) {
	return s.standings(ctx, `SELECT `+standingColumns+` FROM acequia.objects o WHERE o.object_id = ANY($1)`, uuids(ids))
}

func (s *Store) standings(ctx context.Context, query string, args ...any) ([]pipeline.Standing, error) {
	rows, err := s.pool.Query(ctx, query, args...)
	if err != nil {
		return nil, wrapped(err, "reading objects' standings")
	}
	all, err := pgx.CollectRows(rows, func(row pgx.CollectableRow) (pipeline.Standing, error) { return scanStanding(row) })
	return all, wrapped(err, "reading objects' standings")
}

// MarkDeleted notes that the versions of these objects are gone from the bucket, and gives how many were not known to be. For each
// of them there is one event; its rows stay.
func (s *Store) MarkDeleted(ctx context.Context, ids []pipeline.ObjectID, now time.Time) (marked int64, err error) {
	err = s.pool.QueryRow(ctx, `
		WITH marked AS (
			UPDATE acequia.objects SET deleted_at = $2
			 WHERE object_id = ANY($1) AND status = 'published' AND deleted_at IS NULL
			RETURNING object_id, dataset, bucket, key, version_id, loaded
		), told AS (
			INSERT INTO acequia.events (kind, object_id, dataset, severity, payload)
			SELECT 'deleted', object_id, dataset, 'info', jsonb_build_object(
			       'bucket', bucket, 'key', key, 'version_id', version_id, 'loaded', loaded,
			       'reason', 'this version was deleted from the bucket; its rows stay')
			  FROM marked
		)
		SELECT count(*) FROM marked`, uuids(ids), now).Scan(&marked)
	return marked, wrapped(err, "noting which versions are gone")
}
