package e2e

import (
	"bytes"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/service/s3"

	"acequia/shared/pipeline"
)

// TestAFileThatVanishes deletes a version for good while it is processed: it ends with a reason, and nothing dies.
func TestAFileThatVanishes(t *testing.T) {
	t.Parallel()
	w := newWorld(t, 4<<10)
	key := "sales/vanishes.csv"
	version := w.put(key, readSample(t, "sales_large.csv"))
	if _, err := w.s3.DeleteObject(t.Context(), &s3.DeleteObjectInput{Bucket: &w.env.RawBucket, Key: &key, VersionId: &version}); err != nil {
		t.Fatal(err)
	}
	got := w.ended(key, version, patience)
	if got.Status != pipeline.Refused && got.Status != pipeline.Failed || !strings.Contains(got.Error, "was deleted before it could be read") {
		t.Errorf("%s: %s", got.Status, got.Error)
	}
	w.atRest()
	if rows := w.lines(`SELECT count(*)::text FROM pg_class WHERE oid = to_regclass('warehouse.sales')`); rows[0] == "1" {
		if n := w.lines(`SELECT count(*)::text FROM warehouse.sales`); n[0] != "0" {
			t.Errorf("%s rows of it are loaded", n[0])
		}
	}
}

// TestAFileThatIsOverwritten uploads a corrected file while the first one is processed: each is read as it was, and the table
// holds the later one.
func TestAFileThatIsOverwritten(t *testing.T) {
	t.Parallel()
	w := newWorld(t, smallChunks)
	key := "sales/corrected.csv"
	first := readSample(t, "sales_large.csv")
	second := bytes.ReplaceAll(first, []byte(",PEN,"), []byte(",USD,"))
	v1 := w.put(key, first)
	v2 := w.put(key, second)
	file := fileOf(t, "sales_large.csv")
	w.ended(key, v1, patience)
	after := w.ended(key, v2, patience)
	before := w.ended(key, v1, patience) // as it stands when both are published
	if before.Records != file.Records || before.Counts.Loaded != 0 || before.Counts.Superseded != file.Rows {
		t.Errorf("the first version: %d records, %+v", before.Records, before.Counts)
	}
	w.published(after, file)
	if n := w.lines(`SELECT count(*)::text FROM warehouse.sales WHERE currency = 'PEN'`); n[0] != "0" {
		t.Errorf("%s rows are still those of the first version", n[0])
	}
	w.atRest()
}
