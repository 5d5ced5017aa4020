package pgstore

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/jackc/pgx/v5"

	"acequia/shared/pipeline"
)

// nothing is what the row of a forgotten object, or of an unchanged one, says of records.
const nothing = `chunks = NULL, planned_records = NULL, chunks_done = 0, records = 0, loaded = 0, superseded = 0, duplicates = 0,
	rejected = 0, replaced_by = NULL, before = NULL, counted_attempt = NULL, publish = 'file'`

// Forget notes for good that the object's key is forgotten up to and including this version, and gives the versions that this
// concerns and the ledger knows.
func (p *Publication) Forget(ctx context.Context) ([]pipeline.Object, error) {
	o := p.object
	if err := p.wait(ctx, reportLock(o)); err != nil {
		return nil, err
	}
	_, err := p.tx.Exec(ctx, `
		INSERT INTO acequia.forgotten AS f (bucket, key, rank, object_id) VALUES ($1, $2, $3, $4)
		ON CONFLICT (bucket, key) DO UPDATE SET rank = excluded.rank, object_id = excluded.object_id, forgotten_at = now()
		 WHERE f.rank < excluded.rank`, o.Bucket, o.Key, string(o.Rank), [16]byte(o.ID))
	if err != nil {
		return nil, fmt.Errorf("noting that the key is forgotten: %w", err)
	}
	rows, err := p.tx.Query(ctx, `SELECT `+standingColumns+` FROM acequia.objects o
		 WHERE bucket = $1 AND key = $2 AND rank <= $3 ORDER BY o.object_id`, o.Bucket, o.Key, string(o.Rank))
	if err != nil {
		return nil, fmt.Errorf("reading the versions of the key: %w", err)
	}
	versions, err := pgx.CollectRows(rows, func(row pgx.CollectableRow) (pipeline.Object, error) {
		s, err := scanStanding(row)
		return s.Object, err
	})
	if err != nil {
		return nil, fmt.Errorf("reading the versions of the key: %w", err)
	}
	return versions, nil
}

// Bequeath gives the rows of a version that is to be forgotten to a later one that ended as unchanged because it holds the same
// bytes: nobody wants that one forgotten. It names that heir; there need not be one.
func (p *Publication) Bequeath(ctx context.Context, from pipeline.Object) (heirs []pipeline.ObjectID, err error) {
	if _, err := p.tx.putBack(ctx, from.ID, pipeline.Ending{}); err != nil {
		return nil, err
	}
	var heir pipeline.ObjectID
	err = p.tx.QueryRow(ctx, `
		SELECT h.object_id FROM acequia.objects h JOIN acequia.objects o USING (dataset, run)
		 WHERE o.object_id = $1 AND `+isPublished+` AND h.status = 'unchanged' AND h.rank > $2 ORDER BY h.rank LIMIT 1`,
		[16]byte(from.ID), string(p.object.Rank)).Scan((*[16]byte)(&heir))
	if errors.Is(err, pgx.ErrNoRows) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("looking for a version with the same bytes: %w", err)
	}
	if err := p.tx.bequeath(ctx, from.ID, heir); err != nil {
		return nil, fmt.Errorf("giving the rows of object %s to %s: %w", from.ID, heir, err)
	}
	return []pipeline.ObjectID{heir}, p.tx.tell(ctx, heir, pipeline.Ending{Status: pipeline.Published})
}

// bequeath moves everything that is of one object to another.
func (t ledgerTx) bequeath(ctx context.Context, from, heir pipeline.ObjectID) error {
	if err := t.lockObjects(ctx, []pipeline.ObjectID{from, heir}); err != nil {
		return err
	}
	var dataset string
	err := t.QueryRow(ctx, `
		UPDATE acequia.objects h SET
		       status = 'published', published_at = o.published_at, counted_attempt = NULL, publish = o.publish, layout = o.layout,
		       contract_bucket = o.contract_bucket, contract_key = o.contract_key, contract_version_id = o.contract_version_id,
		       chunks = o.chunks, chunks_done = o.chunks_done, planned_records = o.planned_records, records = o.records,
		       loaded = o.loaded, superseded = o.superseded, duplicates = o.duplicates, rejected = o.rejected, replaced_by = o.replaced_by
		  FROM acequia.objects o WHERE o.object_id = $1 AND h.object_id = $2 RETURNING h.dataset`,
		[16]byte(from), [16]byte(heir)).Scan(&dataset)
	if err != nil {
		return err
	}
	for _, statement := range []string{
		`UPDATE acequia.chunks c SET object_id = $2, attempt = h.attempt FROM acequia.objects o, acequia.objects h
		  WHERE c.object_id = $1 AND o.object_id = $1 AND c.attempt = coalesce(o.counted_attempt, o.attempt) AND h.object_id = $2`,
		`UPDATE acequia.rejects SET object_id = $2 WHERE object_id = $1`,
		`UPDATE ` + relation(warehouse, dataset) + ` SET _object_id = $2 WHERE _object_id = $1`,
		`UPDATE ` + relation(superseded, dataset) + ` SET _object_id = $2 WHERE _object_id = $1`,
	} {
		if _, err := t.Exec(ctx, statement, [16]byte(from), [16]byte(heir)); err != nil {
			return err
		}
	}
	return nil
}

// Erase takes what the ledger keeps of the objects, but for the fact that they were there: rejects, chunks, counts, reasons. removed
// is how many rows their tables lost, and e what became of other objects' rows by that. The event speaks of the publication's object.
func (p *Publication) Erase(
	ctx context.Context, objects []pipeline.ObjectID, removed int64, e pipeline.Ending,
) (rejects int64, err error) {
	ids := slices.Clone(objects)
	for _, d := range e.Displaced {
		ids = append(ids, d.Object)
	}
	if err := p.tx.lockObjects(ctx, ids); err != nil {
		return 0, err
	}
	if err := p.tx.displace(ctx, e.Displaced); err != nil {
		return 0, err
	}
	if err := p.tx.change(ctx, e.Changes); err != nil {
		return 0, err
	}
	if rejects, err = p.tx.erase(ctx, objects); err != nil {
		return 0, fmt.Errorf("taking what the ledger keeps of forgotten objects: %w", err)
	}
	_, err = p.tx.Exec(ctx, `
		INSERT INTO acequia.events (kind, object_id, dataset, severity, payload)
		SELECT status, object_id, dataset, 'info', jsonb_build_object('bucket', bucket, 'key', key, 'version_id', version_id,
		       'versions', $2::int, 'rows', $3::bigint, 'rejects', $4::bigint)
		  FROM acequia.objects WHERE object_id = $1`, [16]byte(p.object.ID), len(objects), removed, rejects)
	if err != nil {
		return 0, fmt.Errorf("writing the event: %w", err)
	}
	return rejects, nil
}

func (t ledgerTx) erase(ctx context.Context, objects []pipeline.ObjectID) (rejects int64, err error) {
	ids := uuids(objects)
	tag, err := t.Exec(ctx, `DELETE FROM acequia.rejects WHERE object_id = ANY($1)`, ids)
	if err == nil {
		_, err = t.Exec(ctx, `DELETE FROM acequia.chunks WHERE object_id = ANY($1)`, ids)
	}
	if err == nil {
		_, err = t.Exec(ctx, `
			UPDATE acequia.objects SET status = 'forgotten', error = NULL, layout = NULL, published_at = NULL, `+nothing+` WHERE object_id = ANY($1)`, ids)
	}
	return tag.RowsAffected(), err
}

// forgetLate forgets an object that arrived, or whose reports did, after its key had been forgotten up to it or a later version.
// It cannot have rows: for those it would have been published, which waits for the forgetting to end and asks here again.
func (t ledgerTx) forgetLate(ctx context.Context, s pipeline.Standing) (bool, error) {
	if s.Status == pipeline.Forgotten {
		return false, nil
	}
	var covered bool
	err := t.QueryRow(ctx, `SELECT EXISTS (SELECT FROM acequia.forgotten WHERE bucket = $1 AND key = $2 AND rank >= $3)`,
		s.Object.Bucket, s.Object.Key, string(s.Object.Rank)).Scan(&covered)
	if err != nil || !covered {
		return false, err
	}
	_, err = t.erase(ctx, []pipeline.ObjectID{s.Object.ID})
	return err == nil, err
}

// Forgetting is what it came to that an object was forgotten.
type Forgetting struct {
	// Versions counts the object and the older versions of its key, Rows what went of them from the warehouse and superseded.
	Versions, Rows, Rejects int64
}

// Forgotten gives what went when the object was forgotten, and whether it was.
func (s *Store) Forgotten(ctx context.Context, id pipeline.ObjectID) (f Forgetting, found bool, err error) {
	err = s.pool.QueryRow(ctx, `
		SELECT (payload->>'versions')::bigint, (payload->>'rows')::bigint, (payload->>'rejects')::bigint FROM acequia.events
		 WHERE object_id = $1 AND kind = 'forgotten' ORDER BY id DESC LIMIT 1`, [16]byte(id)).Scan(&f.Versions, &f.Rows, &f.Rejects)
	if errors.Is(err, pgx.ErrNoRows) {
		return f, false, nil
	}
	if err != nil {
		return f, false, fmt.Errorf("reading what went when object %s was forgotten: %w", id, err)
	}
	return f, true, nil
}
