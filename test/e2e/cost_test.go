package e2e

import (
	"regexp"
	"strings"
	"testing"
)

// TestAFileHasItsCost loads a file of several chunks, and holds what it cost to what the pipeline does with it.
func TestAFileHasItsCost(t *testing.T) {
	t.Parallel()
	w := newWorld(t, smallChunks)
	body := readSample(t, "sales_large.csv")
	object := w.send("sales/sales_large.csv", body)
	w.atRest()
	used := strings.Join(w.lines(`
		SELECT format('read %s written %s gets %s puts %s sqs %s invocations %s time %s priced %s',
		       bytes_read >= 2 * size_bytes, bytes_written > size_bytes, s3_gets >= 5 * chunks, s3_puts >= 2 * chunks,
		       sqs_requests >= 8 * chunks, invocations BETWEEN 2 * chunks + 2 AND 3 * chunks + 3, gb_seconds > 0,
		       abs(dollars - (s3_gets * 0.0000004 + s3_puts * 0.000005 + sqs_requests * 0.0000004 + invocations * 0.0000002
		                 + gb_seconds * 0.0000133334)) < 0.0000000001)
		  FROM acequia.objects WHERE object_id = $1`, object.Object.ID.String()), "\n")
	if strings.Contains(used, " f") {
		t.Errorf("%s; used: %s", used, w.lines(`SELECT to_jsonb(o)::text FROM acequia.objects o`))
	}
	if status := w.cli("status"); !regexp.MustCompile(`sales_large\.csv .*\$0\.0\d+`).MatchString(status) || !regexp.MustCompile(`sales  .*\$0\.0\d+`).MatchString(status) {
		t.Errorf("the status says nothing of costs:\n%s", status)
	}
}
