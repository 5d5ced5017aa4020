package pgstore

import (
	"context"
	"fmt"

	"acequia/shared/pipeline"
)

// attemptColumns are what a replay changes of an object's row, and what is put back if it does not end well. The counts of rows
// are not among them: while it is under way, the rows of the attempt before are there, and other objects change their counts.
const attemptColumns = `status, error, counted_attempt, publish, layout, contract_bucket, contract_key, contract_version_id,
	chunks, chunks_done, planned_records, records, duplicates, rejected, published_at`

// beginAttempt moves the object, whose row is locked, to the report's attempt. What the attempt before has loaded stays, and is
// noted, and else its rejects go; one that was on its way is over. A version that repeats one which is published has nothing to do in a later attempt either.
func (t ledgerTx) beginAttempt(ctx context.Context, r pipeline.Report) (pipeline.Standing, error) {
	_, err := t.Exec(ctx, `
		UPDATE acequia.objects SET
		       attempt = $2, attempt_at = clock_timestamp(), counted_attempt = NULL, before = coalesce(before, CASE
		           WHEN status = 'published' THEN to_jsonb(objects)
		           WHEN loaded + superseded > 0 THEN to_jsonb(objects) || jsonb_build_object('status', 'failed', 'error',
		               coalesce(error, format('attempt %s ended when attempt %s began', attempt, $2::int))) END),
		       status = 'processing', error = NULL, publish = 'file', layout = NULL, dataset = coalesce(dataset, nullif($3, '')),
		       chunks = NULL, chunks_done = 0, planned_records = NULL, records = 0, duplicates = 0, rejected = 0
		 WHERE object_id = $1 AND status <> 'unchanged'`, [16]byte(r.Object.ID), r.Attempt, r.Object.Dataset)
	if err == nil {
		_, err = t.Exec(ctx, `DELETE FROM acequia.rejects r USING acequia.objects o
			WHERE r.object_id = $1 AND o.object_id = $1 AND o.before IS NULL`, [16]byte(r.Object.ID))
	}
	if err == nil {
		_, err = t.Exec(ctx, `UPDATE acequia.objects SET attempt = $2 WHERE object_id = $1 AND status = 'unchanged'`,
			[16]byte(r.Object.ID), r.Attempt)
	}
	if err != nil {
		return pipeline.Standing{}, fmt.Errorf("beginning attempt %d: %w", r.Attempt, err)
	}
	return scanStanding(t.QueryRow(ctx, standingQuery, [16]byte(r.Object.ID)))
}

// putBack gives an object whose replay did not end well the row that it had before, with the reason, and tells whether there was
// one: if not, the attempt's end is the object's.
func (t ledgerTx) putBack(ctx context.Context, id pipeline.ObjectID, e pipeline.Ending) (bool, error) {
	tag, err := t.Exec(ctx, `
		UPDATE acequia.objects o SET (`+attemptColumns+`, before) = (
		       SELECT b.status, $2, coalesce(b.counted_attempt, b.attempt), b.publish, b.layout, b.contract_bucket, b.contract_key, b.contract_version_id,
		              b.chunks, b.chunks_done, b.planned_records, b.records, b.duplicates, b.rejected, b.published_at, NULL::jsonb
		         FROM jsonb_populate_record(NULL::acequia.objects, o.before) b)
		 WHERE object_id = $1 AND before IS NOT NULL`, [16]byte(id), storable(e.Reason))
	if err != nil {
		return false, fmt.Errorf("putting back what stood before the replay: %w", err)
	}
	return tag.RowsAffected() == 1, nil
}
