package desk

import (
	"context"
	"fmt"
	"time"

	"acequia/shared/pgstore"
	"acequia/shared/pipeline"
)

// await follows an object that the ledger knows until reached says that it is where it is to be, and shows it meanwhile. ErrTimeout
// if that takes too long.
func (d *Desk) await(ctx context.Context, o pipeline.Object, reached func(pgstore.ObjectRow) bool) (pgstore.ObjectRow, error) {
	ctx, cancel := context.WithTimeout(ctx, d.Timeout)
	defer cancel()
	block := &live{term: d.Term}
	defer block.clear()
	for began := d.Now(); ; {
		row, _, err := d.Ledger.ObjectByVersion(ctx, o.Bucket, o.Key, o.VersionID)
		switch {
		case ctx.Err() != nil:
			return row, fmt.Errorf("%w (%s): it is %s. It goes on by itself: make status shows it, make logs why",
				ErrTimeout, elapsed(d.Timeout), row.Status)
		case err != nil || reached(row):
			return row, err
		}
		s := state{version: o.VersionID, known: true, object: row, began: began}
		block.draw([]string{uploadLine(d.Term, &transfer{state: s}, d.Now())})
		select {
		case <-ctx.Done():
		case <-time.After(pollPeriod):
		}
	}
}
