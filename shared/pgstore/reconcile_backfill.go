package pgstore

import (
	"context"
	"errors"
	"time"

	"github.com/jackc/pgx/v5"

	"acequia/shared/pipeline"
)

// Backfill gives how far the backfill of that bucket, prefix and time came, and whether there was one.
func (s *Store) Backfill(ctx context.Context, of pipeline.Backfill) (b pipeline.Backfill, found bool, err error) {
	b = pipeline.Backfill{Bucket: of.Bucket, Prefix: of.Prefix, Since: of.Since}
	err = s.pool.QueryRow(ctx, `
		SELECT total, sent, key, finished_at IS NOT NULL FROM acequia.backfills
		 WHERE bucket = $1 AND prefix = $2 AND since = $3`, of.Bucket, of.Prefix, of.Since).Scan(&b.Total, &b.Sent, &b.Key, &b.Finished)
	if errors.Is(err, pgx.ErrNoRows) {
		return b, false, nil
	}
	return b, err == nil, wrapped(err, "reading how far the backfill came")
}

// NoteBackfill keeps how far a backfill came.
func (s *Store) NoteBackfill(ctx context.Context, b pipeline.Backfill, now time.Time) error {
	_, err := s.pool.Exec(ctx, `
		INSERT INTO acequia.backfills AS f (bucket, prefix, since, total, sent, key, began_at, finished_at)
		VALUES ($1, $2, $3, $4, $5, $6, $7, CASE WHEN $8 THEN $7::timestamptz END)
		ON CONFLICT (bucket, prefix, since) DO UPDATE
		   SET total = excluded.total, sent = excluded.sent, key = excluded.key, finished_at = excluded.finished_at,
		       began_at = CASE WHEN f.finished_at IS NULL THEN f.began_at ELSE excluded.began_at END`,
		b.Bucket, b.Prefix, b.Since, b.Total, b.Sent, b.Key, now, b.Finished)
	return wrapped(err, "noting how far the backfill came")
}
