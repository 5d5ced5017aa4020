package pgstore

import (
	"context"
	"encoding/json"
	"fmt"
	"iter"

	"github.com/jackc/pgx/v5"

	"acequia/shared/contract"
	"acequia/shared/pipeline"
)

// Publication is the transaction in which one object comes to its end, a chunk of it is published, or its key is forgotten. It is
// good for the one call that it is given to.
type Publication struct {
	tx        ledgerTx
	object    pipeline.Object
	contract  *contract.Contract
	guards    Guards
	contested bool
	// described is the data set's table, once a key was found taken.
	described *table
}

// Standing reads where the object stands, now that nobody else works on its key. What was forgotten meanwhile is forgotten here.
func (p *Publication) Standing(ctx context.Context) (pipeline.Standing, error) {
	standing, err := scanStanding(p.tx.QueryRow(ctx, standingQuery, [16]byte(p.object.ID)))
	if err != nil {
		return standing, fmt.Errorf("reading the object's standing: %w", err)
	}
	forgotten, err := p.tx.forgetLate(ctx, standing)
	if err != nil {
		return standing, fmt.Errorf("looking whether the object is forgotten: %w", err)
	}
	if forgotten {
		standing.Status = pipeline.Forgotten
	}
	return standing, nil
}

// Staged gives where the chunks of the object's attempt lie in the work bucket, in their order. Of each Chunk, only the
// number and the range are set.
func (p *Publication) Staged(ctx context.Context) ([]pipeline.Rows, error) {
	rows, err := p.tx.Query(ctx, `
		SELECT c.chunk, c.byte_start, c.byte_end, c.line, c.records, c.rejected, coalesce(c.rows_key, ''), c.reject_keys
		  FROM acequia.chunks c JOIN acequia.objects o USING (object_id, attempt)
		 WHERE object_id = $1 AND c.state = 'staged' ORDER BY c.byte_start`, [16]byte(p.object.ID))
	if err != nil {
		return nil, fmt.Errorf("reading the staged chunks: %w", err)
	}
	staged, err := pgx.CollectRows(rows, func(row pgx.CollectableRow) (r pipeline.Rows, err error) {
		c := &r.Chunk
		err = row.Scan(&c.Number, &c.Start, &c.End, &c.Line, &r.Records, &r.Rejected, &r.RowsKey, &r.RejectKeys)
		return r, err
	})
	if err != nil {
		return nil, fmt.Errorf("reading the staged chunks: %w", err)
	}
	return staged, nil
}

// ForgetRejects takes the rejects of the object's earlier attempts.
func (p *Publication) ForgetRejects(ctx context.Context) error {
	if _, err := p.tx.Exec(ctx, `DELETE FROM acequia.rejects WHERE object_id = $1`, [16]byte(p.object.ID)); err != nil {
		return fmt.Errorf("removing the rejects of an earlier attempt: %w", err)
	}
	return nil
}

// Reject writes rejects of a chunk, and counts them. An error that the sequence gives ends it.
func (p *Publication) Reject(ctx context.Context, chunk int, rejects iter.Seq2[pipeline.Reject, error]) (int64, error) {
	next, stop := iter.Pull2(rejects)
	defer stop()
	n, err := p.tx.CopyFrom(ctx, pgx.Identifier{"acequia", "rejects"},
		[]string{"object_id", "chunk", "byte_offset", "byte_length", "line", "column_name", "rule", "reason", "failures", "raw"},
		pgx.CopyFromFunc(func() ([]any, error) {
			reject, err, more := next()
			if err != nil || !more {
				return nil, err
			}
			return p.rejectRow(chunk, reject)
		}))
	if err != nil {
		return n, fmt.Errorf("writing the rejects of chunk %d: %w", chunk, refusedValue(err))
	}
	return n, nil
}

func (p *Publication) rejectRow(chunk int, r pipeline.Reject) ([]any, error) {
	for i, f := range r.Failures {
		r.Failures[i] = pipeline.Failure{Column: storable(f.Column), Rule: storable(f.Rule), Reason: storable(f.Reason)}
	}
	failures, err := json.Marshal(r.Failures)
	if err != nil {
		return nil, fmt.Errorf("encoding the failures of the record at byte %d: %w", r.Offset, err)
	}
	var first pipeline.Failure
	if len(r.Failures) > 0 {
		first = r.Failures[0]
	}
	var column *string
	if first.Column != "" {
		column = &first.Column
	}
	return []any{
		[16]byte(p.object.ID), chunk, r.Offset, r.Length, r.Line, column, first.Rule, first.Reason, failures, storable(r.Raw),
	}, nil
}

// End brings the object to its end. It is the last thing that a publication does.
func (p *Publication) End(ctx context.Context, e pipeline.Ending) error {
	return p.tx.end(ctx, p.object.ID, e)
}
