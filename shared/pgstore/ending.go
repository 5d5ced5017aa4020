package pgstore

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/jackc/pgx/v5"

	"acequia/shared/pipeline"
)

// errEnded says that an object came to another end while it was being published.
var errEnded = errors.New("the object came to an end meanwhile")

// end brings an object that is on its way to its end, with all that goes with it: other objects' counts, the chunks, the
// changed days, the event. It takes the ledger's rows last, and sorted, so that no two transactions wait for each other.
func (t ledgerTx) end(ctx context.Context, id pipeline.ObjectID, e pipeline.Ending) error {
	if err := t.lockObjects(ctx, id, e.Displaced); err != nil {
		return err
	}
	if err := t.endObject(ctx, id, e); err != nil {
		return err
	}
	if err := t.displace(ctx, e.Displaced); err != nil {
		return err
	}
	if err := t.change(ctx, e.Changes); err != nil {
		return err
	}
	return t.tell(ctx, id, e)
}

func (t ledgerTx) lockObjects(ctx context.Context, id pipeline.ObjectID, displaced []pipeline.Displaced) error {
	ids := []pipeline.ObjectID{id}
	for _, d := range displaced {
		ids = append(ids, d.Object)
	}
	_, err := t.Exec(ctx, `SELECT FROM acequia.objects WHERE object_id = ANY($1) ORDER BY object_id FOR NO KEY UPDATE`, uuids(ids))
	if err != nil {
		return fmt.Errorf("locking the ledger's rows: %w", err)
	}
	return nil
}

// endObject writes the object's own row. The records of a published or refused object stay counted; an unchanged one has
// none of its own.
func (t ledgerTx) endObject(ctx context.Context, id pipeline.ObjectID, e pipeline.Ending) error {
	set := `status = $2, error = nullif($3, '')`
	args := []any{[16]byte(id), e.Status, storable(e.Reason)}
	switch e.Status {
	case pipeline.Published:
		set += `, published_at = clock_timestamp(), loaded = $4, superseded = $5, duplicates = $6, rejected = $7`
		args = append(args, e.Counts.Loaded, e.Counts.Superseded, e.Counts.Duplicates, e.Counts.Rejected)
	case pipeline.Refused: // only those rejects count that are kept: of a file that was refused before its end there are none
		set += `, rejected = $4`
		args = append(args, e.Counts.Rejected)
	case pipeline.Unchanged:
		set += `, chunks = NULL, planned_records = NULL, chunks_done = 0, records = 0, rejected = 0`
	}
	tag, err := t.Exec(ctx, `UPDATE acequia.objects SET `+set+
		` WHERE object_id = $1 AND status IN ('received', 'processing')`, args...)
	if err != nil {
		return fmt.Errorf("writing the object's end: %w", err)
	}
	if tag.RowsAffected() == 0 {
		return errEnded
	}
	return t.endChunks(ctx, id, e.Status)
}

func (t ledgerTx) endChunks(ctx context.Context, id pipeline.ObjectID, status pipeline.Status) (err error) {
	switch status {
	case pipeline.Published:
		_, err = t.Exec(ctx, `UPDATE acequia.chunks SET state = 'published' WHERE object_id = $1`, [16]byte(id))
	case pipeline.Unchanged:
		_, err = t.Exec(ctx, `DELETE FROM acequia.chunks WHERE object_id = $1`, [16]byte(id))
	}
	if err != nil {
		return fmt.Errorf("writing the chunks' end: %w", err)
	}
	return nil
}

// displace counts the rows that other objects lost.
func (t ledgerTx) displace(ctx context.Context, displaced []pipeline.Displaced) error {
	if len(displaced) == 0 {
		return nil
	}
	ids, counts := make([]pipeline.ObjectID, len(displaced)), make([]int64, len(displaced))
	for i, d := range displaced {
		ids[i], counts[i] = d.Object, d.Rows
	}
	_, err := t.Exec(ctx, `
		UPDATE acequia.objects o SET loaded = o.loaded - d.n, superseded = o.superseded + d.n
		  FROM unnest($1::uuid[], $2::bigint[]) d (object_id, n) WHERE o.object_id = d.object_id`, uuids(ids), counts)
	if err != nil {
		return fmt.Errorf("counting the rows that other objects lost: %w", err)
	}
	return nil
}

func (t ledgerTx) change(ctx context.Context, changes []pipeline.Change) error {
	if len(changes) == 0 {
		return nil
	}
	_, err := t.CopyFrom(ctx, pgx.Identifier{"acequia", "changes"}, []string{"dataset", "day", "object_id"},
		pgx.CopyFromSlice(len(changes), func(i int) ([]any, error) {
			c := changes[i]
			return []any{c.Dataset, c.Day, [16]byte(c.Object)}, nil
		}))
	if err != nil {
		return fmt.Errorf("writing which days changed: %w", err)
	}
	return nil
}

// tell writes the event, from the ledger's row as it is now.
func (t ledgerTx) tell(ctx context.Context, id pipeline.ObjectID, e pipeline.Ending) error {
	_, err := t.Exec(ctx, `
		INSERT INTO acequia.events (kind, object_id, dataset, severity, payload)
		SELECT status, object_id, dataset, $2, jsonb_strip_nulls(jsonb_build_object(
		       'bucket', bucket, 'key', key, 'version_id', version_id, 'records', records, 'loaded', loaded,
		       'superseded', superseded, 'duplicates', duplicates, 'rejected', rejected, 'reason', error))
		  FROM acequia.objects WHERE object_id = $1`, [16]byte(id), severity(e))
	if err != nil {
		return fmt.Errorf("writing the event: %w", err)
	}
	return nil
}

func severity(e pipeline.Ending) string {
	switch {
	case e.Status == pipeline.Failed:
		return "error"
	case e.Status == pipeline.Refused, e.Counts.Rejected > 0:
		return "warning"
	}
	return "info"
}

// storable makes text that Postgres takes: it knows neither NUL nor invalid UTF-8 (SQLSTATE 22021).
func storable(s string) string {
	return strings.ToValidUTF8(strings.ReplaceAll(s, "\x00", `\x00`), "\uFFFD")
}
