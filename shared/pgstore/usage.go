package pgstore

import (
	"context"
	"fmt"

	"acequia/shared/cost"
	"acequia/shared/pipeline"
)

// spend adds what was used for the object, whose row is locked, and what it costs.
func (t ledgerTx) spend(ctx context.Context, id pipeline.ObjectID, u pipeline.Usage) error {
	if u == (pipeline.Usage{}) {
		return nil
	}
	_, err := t.Exec(ctx, `
		UPDATE acequia.objects
		   SET s3_gets = s3_gets + $2, s3_puts = s3_puts + $3, sqs_requests = sqs_requests + $4, bytes_read = bytes_read + $5,
		       bytes_written = bytes_written + $6, invocations = invocations + $7, gb_seconds = gb_seconds + $8::bigint / 1024000.0,
		       dollars = dollars + $9::text::numeric
		 WHERE object_id = $1`,
		[16]byte(id), u.S3Gets, u.S3Puts, u.SQSRequests, u.BytesRead, u.BytesWritten, u.Invocations, u.MBMilliseconds, cost.Of(u).String())
	if err != nil {
		return fmt.Errorf("adding up what was used: %w", err)
	}
	return nil
}
