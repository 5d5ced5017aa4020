package pgstore

import (
	"context"
	"fmt"

	"acequia/shared/pipeline"
	"acequia/shared/rows"
)

// Register notes a chunk of the object that is about to be published on its own, and tells whether it is to be: not if it was
// before, if the object is at its end or in another attempt, or if the attempt replaces rows that are there, which happens all
// at once. Two deliveries of one chunk wait for each other here.
func (p *Publication) Register(ctx context.Context, r pipeline.Report) (s pipeline.Standing, fresh bool, err error) {
	if err := p.tx.ensureObject(ctx, r); err != nil {
		return s, false, fmt.Errorf("making the object's row: %w", err)
	}
	s, err = p.Standing(ctx)
	if err != nil || s.Status.Done() || s.Attempt != r.Attempt || s.Again {
		return s, false, err
	}
	if fresh, err = p.tx.insertChunk(ctx, r, "published"); err != nil {
		return s, false, fmt.Errorf("registering chunk %d: %w", r.Rows.Chunk.Number, err)
	}
	return s, fresh, nil
}

// EndChunk counts a chunk whose rows were published and, with them, what other objects lost; it gives where the object stands then.
// It comes last: the ledger's rows are locked until the end.
func (p *Publication) EndChunk(ctx context.Context, r pipeline.Report, e pipeline.Ending) (s pipeline.Standing, err error) {
	ids := []pipeline.ObjectID{r.Object.ID}
	for _, d := range e.Displaced {
		ids = append(ids, d.Object)
	}
	if err := p.tx.lockObjects(ctx, ids); err != nil {
		return s, err
	}
	if err := p.tx.displace(ctx, e.Displaced); err != nil {
		return s, err
	}
	if err := p.tx.change(ctx, e.Changes); err != nil {
		return s, err
	}
	if err := p.tx.spend(ctx, r.Object.ID, e.Usage); err != nil {
		return s, err
	}
	tag, err := p.tx.Exec(ctx, `
		UPDATE acequia.objects SET status = 'processing', publish = 'chunk', chunks_done = chunks_done + 1, records = records + $3,
		       loaded = loaded + $4, superseded = superseded + $5, duplicates = duplicates + $6, rejected = rejected + $7,
		       contract_bucket = $8, contract_key = $9, contract_version_id = $10
		 WHERE object_id = $1 AND attempt = $2 AND status IN ('received', 'processing')`,
		[16]byte(r.Object.ID), r.Attempt, r.Rows.Records, e.Counts.Loaded, e.Counts.Superseded, e.Counts.Duplicates, e.Counts.Rejected,
		r.Contract.Bucket, r.Contract.Key, r.Contract.VersionID)
	if err == nil && tag.RowsAffected() == 0 {
		err = errEnded
	}
	if err == nil {
		s, err = scanStanding(p.tx.QueryRow(ctx, standingQuery, [16]byte(r.Object.ID)))
	}
	if err != nil {
		return s, fmt.Errorf("counting chunk %d: %w", r.Rows.Chunk.Number, err)
	}
	return s, nil
}

// Discard deletes the object's own rows that hold the tuples' keys, or, if lost, those that have lost them, and gives the days
// that they spoke of: later records of the object take their place.
func (p *Publication) Discard(ctx context.Context, tuples []rows.Tuple, lost bool, dayColumn string) ([]pipeline.Displaced, error) {
	if len(tuples) == 0 {
		return nil, nil
	}
	schema := warehouse
	if lost {
		schema = superseded
	}
	day := "NULL::date"
	if dayColumn != "" {
		day = quote(dayColumn)
	}
	t, err := p.table(ctx)
	if err != nil {
		return nil, err
	}
	params, types := keyArrays(t, tuples)
	all, err := p.moved(ctx, p.discardSQL(t, schema, day), params, types)
	if err != nil {
		return nil, fmt.Errorf("deleting rows that later records replace: %w", err)
	}
	return all, nil
}

// discardSQL deletes our own rows by their places, which an ARRAY of a subquery has gathered: the planner takes it for short whatever
// it holds, and so goes to these places. Joined with the keys, it scans the table.
func (p *Publication) discardSQL(t table, schema, day string) string {
	return fmt.Sprintf(`
		WITH old AS (
			DELETE FROM %[1]s WHERE ctid = ANY (ARRAY (
				SELECT w.ctid FROM %[2]s k (%[3]s) CROSS JOIN LATERAL (
					SELECT w.ctid FROM %[1]s w WHERE %[4]s AND w._object_id = '%[5]s' LIMIT 1) w))
			RETURNING *
		)
		SELECT _object_id, %[6]s, count(*) FROM old GROUP BY 1, 2`,
		relation(schema, p.object.Dataset), unnest(t), aliases(t), sameKey(t), p.object.ID, day)
}
