package pgstore_test

import (
	"testing"

	"acequia/shared/pgstore"
	"acequia/shared/pipeline"
)

// What each report tells of is added up once, whatever comes again. A report of a version that did not meter adds nothing.
func TestUsageIsAddedUpOnce(t *testing.T) {
	t.Parallel()
	db := open(t)
	o := objectOf("sales/a.csv")
	report := func(kind pipeline.ReportKind, u pipeline.Usage) pipeline.Report {
		return pipeline.Report{Kind: kind, Object: o, Attempt: 1, Layout: &pipeline.Layout{}, Usage: u}
	}
	chunk := func(number int, u pipeline.Usage) pipeline.Report {
		r := report(pipeline.ChunkRows, u)
		r.Rows = &pipeline.Rows{Chunk: pipeline.Chunk{Object: o, Number: number, Start: int64(number), End: int64(number) + 1, Line: 1}}
		return r
	}
	planned := report(pipeline.ObjectPlanned, pipeline.Usage{S3Puts: 2, Invocations: 1})
	planned.Chunks = 2
	for range 2 {
		for _, r := range []pipeline.Report{
			report(pipeline.ObjectReceived, pipeline.Usage{SQSRequests: 1}), planned,
			chunk(0, pipeline.Usage{S3Gets: 3, BytesRead: 100, BytesWritten: 50, MBMilliseconds: 1024 * 1000}), chunk(1, pipeline.Usage{}),
		} {
			if _, err := db.Record(t.Context(), r); err != nil {
				t.Fatal(err)
			}
		}
	}
	err := db.Publish(t.Context(), o, nil, func(p *pgstore.Publication) error {
		return p.End(t.Context(), pipeline.Ending{Status: pipeline.Failed, Reason: "x", Usage: pipeline.Usage{Invocations: 1, MBMilliseconds: 512 * 1000}})
	})
	if err != nil {
		t.Fatal(err)
	}
	got := db.texts(t, `SELECT concat_ws(' ', s3_gets, s3_puts, sqs_requests, bytes_read, bytes_written, invocations, round(gb_seconds, 3), dollars)
		FROM acequia.objects`)
	// 3 × 0.0000004 + 2 × 0.000005 + 0.0000004 + 2 × 0.0000002 + 1.5 × 0.0000133334
	if want := "3 2 1 100 50 2 1.500 0.000032000100"; got[0] != want {
		t.Errorf("used %s, want %s", got[0], want)
	}
	row, _, err := db.ObjectByVersion(t.Context(), o.Bucket, o.Key, o.VersionID)
	if err != nil || row.Dollars != "0.000032000100" {
		t.Errorf("the ledger's line says %q, %v", row.Dollars, err)
	}
}
