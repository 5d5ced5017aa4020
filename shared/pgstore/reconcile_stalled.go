package pgstore

import (
	"context"
	"time"

	"github.com/jackc/pgx/v5"

	"acequia/shared/pipeline"
)

// Stalled gives objects under way that made no progress since before: no chunk came in, and no repair of theirs is pending (see
// Claim), or none of it was made since long, at which they are beyond repair. Those that wait longest come first.
func (s *Store) Stalled(ctx context.Context, now, before, long time.Time, limit int) ([]pipeline.Stalled, error) {
	rows, err := s.pool.Query(ctx, `
		SELECT `+standingColumns+`, moved.at
		  FROM acequia.objects o
		 CROSS JOIN LATERAL (SELECT greatest(o.received_at, o.attempt_at, max(c.arrived_at)) AS at FROM acequia.chunks c
		                      WHERE c.object_id = o.object_id AND c.attempt = o.attempt) moved
		  LEFT JOIN acequia.repairs r ON r.object_id = o.object_id AND r.kind = 'stuck'
		 WHERE o.status IN ('received', 'processing') AND o.received_at <= $2 AND moved.at <= $2
		   AND (r.object_id IS NULL OR moved.at <= $3
		        OR r.given_up_at IS NULL AND r.tried_at + make_interval(secs => $4::float8 * power(2, r.tries - 1)) <= $1)
		 ORDER BY o.received_at LIMIT $5`, now, before, long, now.Sub(before).Seconds(), limit)
	if err != nil {
		return nil, wrapped(err, "looking for objects that do not move")
	}
	stalled, err := pgx.CollectRows(rows, func(row pgx.CollectableRow) (o pipeline.Stalled, err error) {
		err = row.Scan(append(standingFields(&o.Standing), &o.Progress)...)
		return o, err
	})
	return stalled, wrapped(err, "looking for objects that do not move")
}

// Fail ends a stalled object as failed, or its replay, and gives its standing there. If somebody works on its key, or it moved meanwhile, nothing
// is done, and failed is false.
func (s *Store) Fail(ctx context.Context, o pipeline.Stalled, reason string) (standing pipeline.Standing, failed bool, err error) {
	err = s.guarded(ctx, pgx.ReadCommitted, func(tx pgx.Tx) error {
		var idle bool
		if err := tx.QueryRow(ctx, `SELECT pg_try_advisory_xact_lock($1)`, objectLock(o.Object).key).Scan(&idle); err != nil || !idle {
			return err
		}
		if standing, err = scanStanding(tx.QueryRow(ctx, standingQuery+` FOR NO KEY UPDATE`, [16]byte(o.Object.ID))); err != nil {
			return err
		}
		if standing.Status.Done() || standing.Attempt != o.Attempt || standing.ChunksDone != o.ChunksDone {
			return nil
		}
		if err := (ledgerTx{tx}).end(ctx, o.Object.ID, pipeline.Ending{Status: pipeline.Failed, Reason: reason}); err != nil {
			return err
		}
		failed = true
		standing, err = scanStanding(tx.QueryRow(ctx, standingQuery, [16]byte(o.Object.ID)))
		return err
	})
	return standing, failed && err == nil, wrapped(err, "ending "+o.Object.URI())
}

// NoteDeadLetters keeps how many messages the dead-letter queues hold, and gives those of which the number has changed; for each
// of them there is an event.
func (s *Store) NoteDeadLetters(ctx context.Context, depths []pipeline.QueueDepth, now time.Time) ([]pipeline.QueueDepth, error) {
	var queues []string
	var messages []int64
	for _, d := range depths {
		queues, messages = append(queues, d.Queue), append(messages, d.Messages)
	}
	rows, err := s.pool.Query(ctx, `
		WITH seen AS (
			SELECT * FROM unnest($1::text[], $2::bigint[]) AS s (queue, messages)
		), changed AS (
			INSERT INTO acequia.dead_letters AS d (queue, messages, changed_at)
			SELECT queue, messages, $3 FROM seen s
			 WHERE messages > 0 OR EXISTS (SELECT FROM acequia.dead_letters WHERE queue = s.queue)
			ON CONFLICT (queue) DO UPDATE SET messages = excluded.messages, changed_at = excluded.changed_at
			 WHERE d.messages <> excluded.messages
			RETURNING queue, messages
		), told AS (
			INSERT INTO acequia.events (kind, severity, payload)
			SELECT 'dead_letters', CASE messages WHEN 0 THEN 'info' ELSE 'warning' END, jsonb_build_object(
			       'queue', queue, 'messages', messages, 'reason', CASE messages
			       WHEN 0 THEN format('the dead-letter queue %s is empty again', queue)
			       ELSE format('the dead-letter queue %s holds %s messages that were tried in vain', queue, messages) END)
			  FROM changed
		)
		SELECT queue, messages FROM changed ORDER BY queue`, queues, messages, now)
	if err != nil {
		return nil, wrapped(err, "noting the dead letters")
	}
	changed, err := pgx.CollectRows(rows, pgx.RowToStructByPos[pipeline.QueueDepth])
	return changed, wrapped(err, "noting the dead letters")
}
