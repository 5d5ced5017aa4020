package pgstore

import (
	"context"
	"errors"
	"fmt"

	"github.com/jackc/pgx/v5"

	"acequia/shared/pipeline"
)

// standingColumns are what standingFields takes, of acequia.objects o.
const standingColumns = `
	o.object_id, o.bucket, o.key, o.version_id, o.etag, o.size_bytes, o.last_modified, coalesce(o.dataset, ''), o.rank,
	o.status, coalesce(o.error, ''), o.attempt, coalesce(o.counted_attempt, o.attempt), o.before IS NOT NULL,
	coalesce(o.contract_bucket, ''), coalesce(o.contract_key, ''), coalesce(o.contract_version_id, ''),
	o.planned_records IS NOT NULL, coalesce(o.chunks, 0), coalesce(o.planned_records, 0),
	o.chunks_done, o.records, o.rejected, o.loaded, o.superseded, o.duplicates, o.rejected`

// standingQuery asks for the standing of the object $1.
const standingQuery = `SELECT ` + standingColumns + ` FROM acequia.objects o WHERE o.object_id = $1`

func standingFields(s *pipeline.Standing) []any {
	o, c := &s.Object, &s.Contract
	return []any{
		(*[16]byte)(&o.ID), &o.Bucket, &o.Key, &o.VersionID, &o.ETag, &o.Size, &o.LastModified, &o.Dataset, &o.Rank,
		&s.Status, &s.Error, &s.Attempt, &s.Counted, &s.Again, &c.Bucket, &c.Key, &c.VersionID,
		&s.Planned, &s.Chunks, &s.PlannedRecords, &s.ChunksDone, &s.Records, &s.Rejected,
		&s.Counts.Loaded, &s.Counts.Superseded, &s.Counts.Duplicates, &s.Counts.Rejected,
	}
}

func scanStanding(row pgx.Row) (pipeline.Standing, error) {
	var s pipeline.Standing
	err := row.Scan(standingFields(&s)...)
	return s, err
}

// Record notes a report in one short transaction, and gives where its object stands after it. The object's row is made
// from whichever report comes first. A report that comes again, late, or for an earlier attempt changes nothing; one for a later
// attempt than the ledger knows begins that one.
func (s *Store) Record(ctx context.Context, r pipeline.Report) (standing pipeline.Standing, err error) {
	// With the lock F, what a later statement sees of forgotten keys stays true until the end.
	err = s.locked(ctx, reportLock(r.Object).shared(), "", func(tx pgx.Tx) error {
		t := ledgerTx{tx}
		if standing, err = t.lockObject(ctx, r); err != nil {
			return err
		}
		if standing, err = t.settle(ctx, standing, r); err != nil || standing.Status.Done() || standing.Attempt != r.Attempt {
			return err
		}
		if err := t.apply(ctx, r); err != nil {
			return err
		}
		standing, err = scanStanding(tx.QueryRow(ctx, standingQuery, [16]byte(r.Object.ID)))
		return err
	})
	if err != nil {
		return standing, fmt.Errorf("recording that %s of %s was %s: %w", r.Object.ID, r.Object.URI(), r.Kind, err)
	}
	return standing, nil
}

// ledgerTx changes the ledger within a transaction.
type ledgerTx struct {
	pgx.Tx
}

// lockObject makes the object's row if it is missing, and locks it. The lock is the weaker one that lets rows which refer
// to the object's be written meanwhile: those of the object's own publication.
func (t ledgerTx) lockObject(ctx context.Context, r pipeline.Report) (pipeline.Standing, error) {
	if err := t.ensureObject(ctx, r); err != nil {
		return pipeline.Standing{}, err
	}
	return scanStanding(t.QueryRow(ctx, standingQuery+` FOR NO KEY UPDATE`, [16]byte(r.Object.ID)))
}

// ensureObject makes the object's row if it is missing.
func (t ledgerTx) ensureObject(ctx context.Context, r pipeline.Report) error {
	o, c := r.Object, r.Contract
	_, err := t.Exec(ctx, `
		INSERT INTO acequia.objects (object_id, bucket, key, version_id, etag, size_bytes, last_modified, dataset, rank, run,
		                             attempt, contract_bucket, contract_key, contract_version_id)
		VALUES ($1, $2, $3, $4, $5, $6, $7, nullif($8, ''), $9, $10, $11, nullif($12, ''), nullif($13, ''), nullif($14, ''))
		ON CONFLICT (object_id) DO NOTHING`,
		[16]byte(o.ID), o.Bucket, o.Key, o.VersionID, o.ETag, o.Size, o.LastModified, o.Dataset, string(o.Rank), o.Rank.Run(),
		r.Attempt, c.Bucket, c.Key, c.VersionID)
	return err
}

// settle does what comes before the report itself: an object that is forgotten in advance is forgotten, and a replay begins.
func (t ledgerTx) settle(ctx context.Context, s pipeline.Standing, r pipeline.Report) (pipeline.Standing, error) {
	forgotten, err := t.forgetLate(ctx, s)
	switch {
	case err != nil:
		return s, err
	case forgotten || s.Status == pipeline.Forgotten:
		s.Status, s.Error = pipeline.Forgotten, ""
		return s, nil
	case s.Attempt < r.Attempt:
		return t.beginAttempt(ctx, r)
	}
	return s, nil
}

// apply changes the ledger as the report says; the object, whose row is locked, is on its way.
func (t ledgerTx) apply(ctx context.Context, r pipeline.Report) error {
	switch r.Kind {
	case pipeline.ObjectReceived:
		return t.receive(ctx, r)
	case pipeline.ObjectPlanned:
		return t.plan(ctx, r)
	case pipeline.ChunkRows:
		return t.stage(ctx, r)
	case pipeline.ChunkFailed:
		return t.fail(ctx, r)
	case pipeline.ObjectRefused:
		return t.end(ctx, r.Object.ID, pipeline.Ending{Status: pipeline.Refused, Reason: r.Reason, Usage: r.Usage})
	case pipeline.ObjectForget: // which is a publication's work
		return nil
	case pipeline.ObjectUnchanged:
		return t.unchanged(ctx, r)
	}
	return fmt.Errorf("%q is no kind of report", r.Kind)
}

// receive notes how the object is laid out.
func (t ledgerTx) receive(ctx context.Context, r pipeline.Report) error {
	if r.Layout == nil {
		return nil
	}
	tag, err := t.Exec(ctx, `UPDATE acequia.objects SET layout = $2 WHERE object_id = $1 AND layout IS NULL`, [16]byte(r.Object.ID), r.Layout)
	if err != nil || tag.RowsAffected() == 0 {
		return err
	}
	return t.spend(ctx, r.Object.ID, r.Usage)
}

// unchanged ends an object whose like ingest knows to be published. Ingest reads that from an outcome marker, which may be older
// than the ledger: then the rows would be lost silently.
func (t ledgerTx) unchanged(ctx context.Context, r pipeline.Report) error {
	siblings, err := t.siblings(ctx, r.Object.ID, false)
	if err != nil {
		return err
	}
	if len(siblings) > 0 {
		return t.end(ctx, r.Object.ID, pipeline.Ending{Status: pipeline.Unchanged, Usage: r.Usage})
	}
	return t.end(ctx, r.Object.ID, pipeline.Ending{Status: pipeline.Refused, Usage: r.Usage, Reason: fmt.Sprintf("the version before it holds the same bytes "+
		"and was published, but its rows are not there any more, so these bytes must be loaded anew: make replay OBJECT=%s", r.Object.ID)})
}

// plan notes what the walk found. What comes again is the same.
func (t ledgerTx) plan(ctx context.Context, r pipeline.Report) error {
	tag, err := t.Exec(ctx, `
		UPDATE acequia.objects
		   SET status = 'processing', chunks = $2, planned_records = $3, layout = coalesce($7, layout),
		       contract_bucket = nullif($4, ''), contract_key = nullif($5, ''), contract_version_id = nullif($6, '')
		 WHERE object_id = $1 AND planned_records IS NULL`,
		[16]byte(r.Object.ID), r.Chunks, r.Records, r.Contract.Bucket, r.Contract.Key, r.Contract.VersionID, r.Layout)
	if err != nil || tag.RowsAffected() == 0 {
		return err
	}
	return t.spend(ctx, r.Object.ID, r.Usage)
}

var errNoRows = errors.New("the report names no chunk")

// stage registers a chunk. One that is registered already adds nothing.
func (t ledgerTx) stage(ctx context.Context, r pipeline.Report) error {
	if r.Rows == nil {
		return errNoRows
	}
	staged, err := t.insertChunk(ctx, r, "staged")
	if err != nil || !staged {
		return err
	}
	_, err = t.Exec(ctx, `
		UPDATE acequia.objects
		   SET status = 'processing', chunks_done = chunks_done + 1, records = records + $2, rejected = rejected + $3,
		       contract_bucket = $4, contract_key = $5, contract_version_id = $6
		 WHERE object_id = $1`,
		[16]byte(r.Object.ID), r.Rows.Records, r.Rows.Rejected, r.Contract.Bucket, r.Contract.Key, r.Contract.VersionID)
	if err != nil {
		return err
	}
	return t.spend(ctx, r.Object.ID, r.Usage)
}

// fail marks a chunk that was given up, and with it the object as failed, unless the chunk's rows are staged: then the
// report is about a second delivery, and nothing is missing.
func (t ledgerTx) fail(ctx context.Context, r pipeline.Report) error {
	if r.Rows == nil {
		return errNoRows
	}
	failed, err := t.insertChunk(ctx, r, "failed")
	if err != nil || !failed {
		return err
	}
	return t.end(ctx, r.Object.ID, pipeline.Ending{Status: pipeline.Failed, Reason: r.Reason, Usage: r.Usage})
}

func (t ledgerTx) insertChunk(ctx context.Context, r pipeline.Report, state string) (bool, error) {
	c := r.Rows.Chunk
	keys := r.Rows.RejectKeys
	if keys == nil {
		keys = []string{}
	}
	tag, err := t.Exec(ctx, `
		INSERT INTO acequia.chunks (object_id, attempt, chunk, byte_start, byte_end, line, records, rejected, state, error,
		                            rows_key, reject_keys)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, nullif($10, ''), nullif($11, ''), $12)
		ON CONFLICT DO NOTHING`,
		[16]byte(r.Object.ID), r.Attempt, c.Number, c.Start, c.End, c.Line, r.Rows.Records, r.Rows.Rejected, state, r.Reason,
		r.Rows.RowsKey, keys)
	return tag.RowsAffected() == 1, err
}
