package pgstore

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/jackc/pgx/v5"

	"acequia/shared/pipeline"
)

// errEnded says that an object came to another end while it was being published.
var errEnded = errors.New("the object came to an end meanwhile")

// end brings an object that is on its way to its end, with all that goes with it: other objects' counts, the chunks, the
// changed days, the event. It takes the ledger's rows last, and sorted, so that no two transactions wait for each other.
func (t ledgerTx) end(ctx context.Context, id pipeline.ObjectID, e pipeline.Ending) error {
	ids := slices.Concat([]pipeline.ObjectID{id}, e.Replaced, e.Unchanged)
	for _, d := range e.Displaced {
		ids = append(ids, d.Object)
	}
	if err := t.lockObjects(ctx, ids); err != nil {
		return err
	}
	for _, step := range []func() error{
		func() error { return t.displace(ctx, e.Displaced) },
		func() error { return t.replace(ctx, e.Replaced, id) },
		func() error { return t.endUnchanged(ctx, e.Unchanged) },
		func() error { return t.endObject(ctx, id, e) },
		func() error { return t.change(ctx, e.Changes) },
		func() error { return t.spend(ctx, id, e.Usage) },
	} {
		if err := step(); err != nil {
			return err
		}
	}
	return nil
}

func (t ledgerTx) lockObjects(ctx context.Context, ids []pipeline.ObjectID) error {
	_, err := t.Exec(ctx, `SELECT FROM acequia.objects WHERE object_id = ANY($1) ORDER BY object_id FOR NO KEY UPDATE`, uuids(ids))
	if err != nil {
		return fmt.Errorf("locking the ledger's rows: %w", err)
	}
	return nil
}

// endObject ends the object itself. A replay that did not end well leaves what stood before, and only an event.
func (t ledgerTx) endObject(ctx context.Context, id pipeline.ObjectID, e pipeline.Ending) error {
	if e.Status == pipeline.Refused || e.Status == pipeline.Failed {
		back, err := t.putBack(ctx, id, e)
		if err != nil {
			return err
		}
		if back {
			return t.tellAs(ctx, id, "replay_"+string(e.Status), "error")
		}
	}
	if err := t.writeEnd(ctx, id, e); err != nil {
		return err
	}
	if err := t.endChunks(ctx, id, e.Status); err != nil {
		return err
	}
	return t.tell(ctx, id, e)
}

// writeEnd writes the object's own row. The records of a published or refused object stay counted; an unchanged one has none of its
// own. What was published chunk by chunk is counted already, and stays whatever comes: then it cannot be called refused.
func (t ledgerTx) writeEnd(ctx context.Context, id pipeline.ObjectID, e pipeline.Ending) error {
	set := `status = $2, error = nullif($3, '')`
	args := []any{[16]byte(id), e.Status, storable(e.Reason)}
	switch e.Status {
	case pipeline.Published:
		set += `, published_at = clock_timestamp(), rejected = $7, replaced_by = $8, before = NULL,
			loaded = CASE publish WHEN 'chunk' THEN loaded ELSE $4 END,
			superseded = CASE publish WHEN 'chunk' THEN superseded ELSE $5 END,
			duplicates = CASE publish WHEN 'chunk' THEN duplicates ELSE $6 END`
		args = append(args, e.Counts.Loaded, e.Counts.Superseded, e.Counts.Duplicates, e.Counts.Rejected, (*[16]byte)(e.ReplacedBy))
	case pipeline.Unchanged:
		set += `, ` + nothing
	case pipeline.Refused: // only those rejects count that are kept: of a file that was refused before its end there are none
		set = `status = CASE publish WHEN 'chunk' THEN 'failed' ELSE $2 END, error = nullif($3, ''),
			rejected = CASE publish WHEN 'chunk' THEN rejected ELSE $4 END`
		args = append(args, e.Counts.Rejected)
	}
	tag, err := t.Exec(ctx, `UPDATE acequia.objects SET `+set+
		` WHERE object_id = $1 AND status IN ('received', 'processing')`, args...)
	if err != nil {
		return fmt.Errorf("writing the object's end: %w", err)
	}
	if tag.RowsAffected() == 0 {
		return errEnded
	}
	return nil
}

// endChunks ends the chunks of the object's attempt. One that is unchanged has neither chunks nor rejects.
func (t ledgerTx) endChunks(ctx context.Context, id pipeline.ObjectID, status pipeline.Status) (err error) {
	switch status {
	case pipeline.Published:
		_, err = t.Exec(ctx, `UPDATE acequia.chunks c SET state = 'published' FROM acequia.objects o
			WHERE c.object_id = $1 AND o.object_id = $1 AND c.attempt = o.attempt AND c.state = 'staged'`, [16]byte(id))
	case pipeline.Unchanged:
		if _, err = t.Exec(ctx, `DELETE FROM acequia.chunks WHERE object_id = $1`, [16]byte(id)); err == nil {
			_, err = t.Exec(ctx, `DELETE FROM acequia.rejects WHERE object_id = $1`, [16]byte(id))
		}
	}
	if err != nil {
		return fmt.Errorf("writing the chunks' end: %w", err)
	}
	return nil
}

// displace counts the rows that other objects lost or got back.
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
		return fmt.Errorf("counting the rows that other objects lost or got back: %w", err)
	}
	return nil
}

// replace notes of the older versions that a newer one stands in their place. Their rows are removed, or were before.
func (t ledgerTx) replace(ctx context.Context, older []pipeline.ObjectID, by pipeline.ObjectID) error {
	if len(older) == 0 {
		return nil
	}
	_, err := t.Exec(ctx, `
		UPDATE acequia.objects SET superseded = loaded + superseded, loaded = 0, replaced_by = $2 WHERE object_id = ANY($1)`,
		uuids(older), [16]byte(by))
	if err != nil {
		return fmt.Errorf("writing which versions were replaced: %w", err)
	}
	return nil
}

// endUnchanged makes published versions, whose rows are removed, such that repeat an older one.
func (t ledgerTx) endUnchanged(ctx context.Context, later []pipeline.ObjectID) error {
	for _, id := range later {
		_, err := t.Exec(ctx, `UPDATE acequia.objects SET status = 'unchanged', error = NULL, `+nothing+` WHERE object_id = $1`, [16]byte(id))
		if err != nil {
			return fmt.Errorf("writing that a later version repeats this one: %w", err)
		}
		if err := t.endChunks(ctx, id, pipeline.Unchanged); err != nil {
			return err
		}
		if err := t.tell(ctx, id, pipeline.Ending{Status: pipeline.Unchanged}); err != nil {
			return err
		}
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

// tell writes the event of the object's status, from the ledger's row as it is now.
func (t ledgerTx) tell(ctx context.Context, id pipeline.ObjectID, e pipeline.Ending) error {
	return t.tellAs(ctx, id, "", severity(e))
}

// tellAs writes an event of that kind; an empty one stands for the object's status.
func (t ledgerTx) tellAs(ctx context.Context, id pipeline.ObjectID, kind, severity string) error {
	_, err := t.Exec(ctx, `
		INSERT INTO acequia.events (kind, object_id, dataset, severity, payload)
		SELECT coalesce(nullif($2, ''), status), object_id, dataset, $3, jsonb_strip_nulls(jsonb_build_object(
		       'bucket', bucket, 'key', key, 'version_id', version_id, 'attempt', attempt, 'records', records, 'loaded', loaded,
		       'superseded', superseded, 'duplicates', duplicates, 'rejected', rejected, 'reason', error))
		  FROM acequia.objects WHERE object_id = $1`, [16]byte(id), kind, severity)
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
