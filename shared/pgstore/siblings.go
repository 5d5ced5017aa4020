package pgstore

import (
	"context"
	"fmt"

	"github.com/jackc/pgx/v5"

	"acequia/shared/pipeline"
)

// isPublished tells whether the object o is published: also while it is replayed, as its rows are there.
const isPublished = `(o.status = 'published' OR o.before->>'status' = 'published')`

// Siblings gives the published versions of the object's key that hold the same bytes and, if all, those that matter where a new
// version replaces the older ones: the next newer, the next older, and all older that have rows.
func (p *Publication) Siblings(ctx context.Context, all bool) ([]pipeline.Sibling, error) {
	return p.tx.siblings(ctx, p.object.ID, all)
}

func (t ledgerTx) siblings(ctx context.Context, id pipeline.ObjectID, all bool) ([]pipeline.Sibling, error) {
	const published = `SELECT o.* FROM acequia.objects o WHERE o.dataset = me.dataset AND o.object_id <> me.object_id AND ` + isPublished
	const ofKey = published + ` AND o.bucket = me.bucket AND o.key = me.key`
	found := published + ` AND o.run = me.run`
	if all {
		found += ` UNION (` + ofKey + ` AND o.rank > me.rank AND o.run <> me.run ORDER BY o.rank LIMIT 1)
			UNION (` + ofKey + ` AND o.rank < me.rank ORDER BY o.rank DESC LIMIT 1)
			UNION (` + ofKey + ` AND o.rank < me.rank AND o.replaced_by IS NULL)`
	}
	rows, err := t.Query(ctx, `
		SELECT o.object_id, o.rank > me.rank, o.run = me.run, o.replaced_by IS NOT NULL
		  FROM acequia.objects me CROSS JOIN LATERAL (`+found+`) o WHERE me.object_id = $1 ORDER BY o.rank`, [16]byte(id))
	if err != nil {
		return nil, fmt.Errorf("looking for other versions of the key: %w", err)
	}
	siblings, err := pgx.CollectRows(rows, func(row pgx.CollectableRow) (s pipeline.Sibling, err error) {
		err = row.Scan((*[16]byte)(&s.Object), &s.Later, &s.SameBytes, &s.Replaced)
		return s, err
	})
	if err != nil {
		return nil, fmt.Errorf("looking for other versions of the key: %w", err)
	}
	return siblings, nil
}
