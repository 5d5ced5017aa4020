package e2e

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/service/s3"

	"acequia/shared/pipeline"
)

// TestReplayAndForget goes through what a person does with the two commands: a file is refused, its contract corrected, the file replayed;
// replayed again under a contract that refuses it, which changes nothing; and forgotten, which nothing undoes.
func TestReplayAndForget(t *testing.T) {
	t.Parallel()
	w := newWorld(t, 0)
	const key = "orders/a.csv"
	w.putContract("orders", "format: csv", "overwrite: replace")
	older := w.put(key, []byte("id,nota\n1,uno\n2,dos\n9,nueve\n"))
	w.ended(key, older, patience)
	version := w.put(key, []byte("id;nota\n1;uno\n2;two\n"))
	if o := w.ended(key, version, patience); o.Status != pipeline.Refused {
		t.Fatalf("it is %s", o.Status)
	}

	w.putContract("orders", "format: csv", "overwrite: replace", `delimiter: ";"`)
	if out := w.cli("replay", key); !strings.Contains(out, "published") {
		t.Errorf("replay said:\n%s", out)
	}
	w.rows("orders", "1 uno", "2 two")
	w.putContract("orders", "format: csv", "overwrite: replace")
	if out := w.refuses("replay", key); !strings.Contains(out, "did not end well") {
		t.Errorf("a replay that is refused said:\n%s", out)
	}
	w.rows("orders", "1 uno", "2 two")
	o := w.ended(key, version, patience)
	if o.Status != pipeline.Published || o.Attempt != 3 || o.Counted != 2 || o.Error == "" {
		t.Errorf("after a replay that was refused: %+v", o.Standing)
	}

	if out := w.cli("forget", o.Object.ID.String()); !strings.Contains(out, "2 rows and 0 rejects of 2 versions went") {
		t.Errorf("forget said:\n%s", out)
	}
	for _, o := range []pipeline.Object{o.Object, w.ended(key, older, patience).Object} {
		w.deliver("ingest", w.uploaded(o))
	}
	w.atRest()
	w.rows("orders")
	if out := w.refuses("replay", key); !strings.Contains(out, "nothing brings back what is forgotten") {
		t.Errorf("a replay of what is forgotten said:\n%s", out)
	}
	if left := w.staged(o.Object.ID); len(left) > 0 {
		t.Errorf("the work bucket holds %v", left)
	}
	again := w.put(key, []byte("id,nota\n3,tres\n"))
	if o := w.ended(key, again, patience); o.Status != pipeline.Published {
		t.Errorf("a later version is %s: %s", o.Status, o.Error)
	}
	w.rows("orders", "3 tres")
}

// rows holds a table of the columns id and nota to what it is to hold.
func (w *world) rows(table string, want ...string) {
	w.Helper()
	got := w.lines(fmt.Sprintf("SELECT concat_ws(' ', id, nota) FROM warehouse.%s ORDER BY id", table))
	if !slices.Equal(got, want) {
		w.Errorf("warehouse.%s holds %q, want %q", table, got, want)
	}
}

// staged names what the work bucket holds of an object, but for its outcome.
func (w *world) staged(id pipeline.ObjectID) (keys []string) {
	w.Helper()
	for _, prefix := range pipeline.WorkPrefixes(id) {
		list, err := w.s3.ListObjectsV2(w.Context(), &s3.ListObjectsV2Input{Bucket: &w.env.WorkBucket, Prefix: &prefix})
		if err != nil {
			w.Fatal(err)
		}
		for _, o := range list.Contents {
			keys = append(keys, *o.Key)
		}
	}
	return keys
}
