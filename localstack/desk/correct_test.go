package desk

import (
	"bytes"
	"compress/gzip"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"acequia/shared/contract"
	"acequia/shared/decode"
	"acequia/shared/pgstore"
	"acequia/shared/pipeline"
	"acequia/shared/s3store"
	"acequia/test/cloudtest"
	"acequia/test/pgtest"
)

// archive is a desk on a local cloud and a ledger in which there are objects that have rejects.
type archive struct {
	*Desk
	t     *testing.T
	s3    *cloudtest.S3
	store *pgstore.Store
	out   *bytes.Buffer
	dir   string
}

func newArchive(t *testing.T) *archive {
	t.Helper()
	a := &archive{t: t, s3: cloudtest.NewS3(t), dir: t.TempDir()}
	a.Desk, a.out = (&world{}).desk(t)
	a.s3.Bucket(t, a.Env.RawBucket, true)
	a.s3.Bucket(t, a.Env.WorkBucket, false)
	var err error
	if a.store, err = pgstore.Open(t.Context(), pgtest.New(t)); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(a.store.Close)
	a.Ledger, a.Vault, a.Plans = a.store, s3store.NewRaw(a.s3.Client), s3store.NewWork(a.s3.Client, a.Env.WorkBucket)
	return a
}

// upload puts a file into the raw bucket, and its plan into the work bucket.
func (a *archive) upload(key, body string, layout pipeline.Layout) pipeline.Object {
	a.t.Helper()
	o := pipeline.Object{Bucket: a.Env.RawBucket, Key: key, Size: int64(len(body)), LastModified: noon, Dataset: "sales"}
	o.VersionID = a.s3.Upload(a.t, o.Bucket, key, body)
	o.ID = pipeline.NewObjectID(o.Bucket, key, o.VersionID)
	o.Rank = pipeline.NewRank(noon, key, len(a.objects(key)), o.VersionID)
	plan, err := json.Marshal(pipeline.Plan{Object: o, Attempt: 1, Layout: layout})
	if err != nil {
		a.t.Fatal(err)
	}
	a.s3.Upload(a.t, a.Env.WorkBucket, pipeline.PlanKey(o.ID, 1), string(plan))
	return o
}

func (a *archive) objects(key string) []pgstore.ObjectRow {
	a.t.Helper()
	objects, err := a.store.Objects(a.t.Context(), pgstore.Filter{Key: key})
	if err != nil {
		a.t.Fatal(err)
	}
	return objects
}

// report tells the ledger of an object that has one chunk, whose records are all rejects.
func (a *archive) report(o pipeline.Object, rejects []pipeline.Reject) {
	a.t.Helper()
	n := int64(len(rejects))
	chunk := pipeline.Chunk{Object: o, Attempt: 1, End: o.Size, Line: 1}
	for _, r := range []pipeline.Report{
		{Kind: pipeline.ObjectPlanned, Object: o, Attempt: 1, Chunks: 1, Records: n},
		{Kind: pipeline.ChunkRows, Object: o, Attempt: 1, Rows: &pipeline.Rows{Chunk: chunk, Records: n, Rejected: n}},
	} {
		if _, err := a.store.Record(a.t.Context(), r); err != nil {
			a.t.Fatal(err)
		}
	}
}

// end brings the object to its end.
func (a *archive) end(o pipeline.Object, rejects []pipeline.Reject, e pipeline.Ending) {
	a.t.Helper()
	a.report(o, rejects)
	e.Counts.Rejected = int64(len(rejects))
	err := a.store.Publish(a.t.Context(), o, &contract.Contract{Dataset: "sales"}, func(p *pgstore.Publication) error {
		if _, err := p.Reject(a.t.Context(), 0, values(rejects)); err != nil {
			return err
		}
		return p.End(a.t.Context(), e)
	})
	if err != nil {
		a.t.Fatal(err)
	}
}

// published puts a file there of which every record is rejected, for a reason that names it.
func (a *archive) published(key, text string, layout pipeline.Layout) pipeline.Object {
	a.t.Helper()
	o := a.upload(key, compressed(a.t, text, layout.Compression), layout)
	a.end(o, all(a.t, text, layout), pipeline.Ending{Status: pipeline.Published})
	return o
}

func compressed(t *testing.T, text string, by pipeline.Compression) string {
	t.Helper()
	if by == "" {
		return text
	}
	var b bytes.Buffer
	w := gzip.NewWriter(&b)
	if _, err := io.WriteString(w, text); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

// all gives all records of a file as rejects.
func all(t *testing.T, text string, layout pipeline.Layout) (rejects []pipeline.Reject) {
	t.Helper()
	decoder, err := decode.New(layout, pipeline.Chunk{End: int64(len(text)), Line: 1}, nil)
	if err != nil {
		t.Fatal(err)
	}
	for r := range decoder.Records([]byte(text)) {
		rejects = append(rejects, pipeline.NewReject(r.Place, r.Raw,
			pipeline.Failure{Rule: "x", Reason: fmt.Sprintf("record %d is odd", len(rejects)+1)}, pipeline.Failure{Rule: "y", Reason: "and bad"}))
	}
	return rejects
}

// has is a layout whose header is the text.
func has(header string, start int) pipeline.Layout {
	return pipeline.Layout{
		Format: pipeline.CSV, Header: strings.Split(header, ","), HeaderText: header, BodyStart: int64(start), BodyLine: 2,
	}
}

// files gives all that is in the archive's directory.
func (a *archive) files() string {
	a.t.Helper()
	var b strings.Builder
	entries, err := os.ReadDir(a.dir)
	if err != nil {
		a.t.Fatal(err)
	}
	for _, e := range entries {
		content, err := os.ReadFile(filepath.Join(a.dir, e.Name()))
		if err != nil {
			a.t.Fatal(err)
		}
		fmt.Fprintf(&b, "--- %s\n%s", e.Name(), content)
	}
	return b.String()
}

func TestRejectsAreWrittenToAFile(t *testing.T) {
	t.Parallel()
	a := newArchive(t)
	const csv = "\xef\xbb\xbfa,b\r\n1,2\r\n\r\n\"3,4\r\n5,\"\r\n\"\r\n6\r\n"
	zipped := has("a,b", 8)
	zipped.Compression = pipeline.Gzip
	for name, c := range map[string]struct {
		key, text string
		layout    pipeline.Layout
	}{
		"csv":       {"sales/a.csv", csv, has("a,b", 8)},
		"gzip":      {"sales/a.csv.gz", csv, zipped},
		"no_header": {"sales/none.csv", "1,2\n3,4", pipeline.Layout{Format: pipeline.CSV, Header: []string{"a", "b"}, BodyLine: 1}},
		"json":      {"sales/a.json", `[{"a":1},,{"a":2},3]`, pipeline.Layout{Format: pipeline.JSON, BodyStart: 1, BodyLine: 1}},
	} {
		t.Run(name, func(t *testing.T) {
			a.t, a.dir = t, t.TempDir()
			a.out.Reset()
			a.published(c.key, c.text, c.layout)
			file := filepath.Join(a.dir, rejectsName(c.key, c.layout))
			if err := a.WriteRejects(t.Context(), c.key, file, nil); err != nil {
				t.Fatal(err)
			}
			golden(t, "rejects_"+name, strings.ReplaceAll(a.out.String(), a.dir+"/", "")+a.files())

			var stdout bytes.Buffer
			if err := a.WriteRejects(t.Context(), "s3://acequia-raw/"+c.key, StandardOutput, &stdout); err != nil {
				t.Fatal(err)
			}
			if written, err := os.ReadFile(file); err != nil || stdout.String() != string(written) {
				t.Errorf("standard output got %q, the file %q, %v", stdout.String(), written, err)
			}
		})
	}
}

// Parquet has no bytes of a record: what the ledger keeps is written.
func TestRejectsOfParquet(t *testing.T) {
	t.Parallel()
	a := newArchive(t)
	o := a.upload("sales/a.parquet", "PAR1", pipeline.Layout{Format: pipeline.Parquet})
	failure := pipeline.Failure{Rule: "x", Reason: "bad"}
	a.end(o, []pipeline.Reject{pipeline.NewReject(pipeline.Place{Offset: 7, Length: 1, Line: 8}, []byte(`{"a":1}`), failure)},
		pipeline.Ending{Status: pipeline.Published})
	if err := a.WriteRejects(t.Context(), o.ID.String(), filepath.Join(a.dir, "a.ndjson"), nil); err != nil {
		t.Fatal(err)
	}
	golden(t, "rejects_parquet", strings.ReplaceAll(a.out.String(), a.dir+"/", "")+a.files())
}

func TestRejectsOfAFileThatWasRefused(t *testing.T) {
	t.Parallel()
	a := newArchive(t)
	const text = "a,b\n1\n"
	o := a.upload("sales/a b.csv", text, has("a,b", 4))
	a.end(o, all(t, text, has("a,b", 4)), pipeline.Ending{Status: pipeline.Refused, Reason: "too many rejects"})
	if err := a.WriteRejects(t.Context(), "sales/a b.csv", filepath.Join(a.dir, "a.csv"), nil); err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(a.out.String(), "upload it whole: make upload FILE='a b.csv' DATASET=sales") {
		t.Errorf("said %s", a.out)
	}
}

func TestAFileThatIsThereIsNotWrittenOver(t *testing.T) {
	t.Parallel()
	a := newArchive(t)
	a.published("sales/a.csv", "a,b\n1\n", has("a,b", 4))
	for _, there := range []string{"x.csv", "y.csv.reasons.txt"} {
		writeFile(t, filepath.Join(a.dir, there), "mine\n")
		file := filepath.Join(a.dir, strings.TrimSuffix(there, ".reasons.txt"))
		err := a.WriteRejects(t.Context(), "sales/a.csv", file, nil)
		if usage := (*UsageError)(nil); !errors.As(err, &usage) || !strings.Contains(usage.Reason, there) {
			t.Errorf("%s: %v", there, err)
		}
	}
	if got := a.files(); got != "--- x.csv\nmine\n--- y.csv.reasons.txt\nmine\n" {
		t.Errorf("left %q", got)
	}
}

func TestWhereThereAreNoRejects(t *testing.T) {
	t.Parallel()
	a := newArchive(t)
	a.end(a.upload("sales/good.csv", "a\n", has("a", 2)), nil, pipeline.Ending{Status: pipeline.Published})
	a.end(a.upload("sales/bad.csv", "b\n", has("a", 2)), nil, pipeline.Ending{Status: pipeline.Refused, Reason: "the header lacks a"})
	for _, key := range []string{"sales/good.csv", "sales/bad.csv"} {
		if err := a.WriteRejects(t.Context(), key, filepath.Join(a.dir, "x"), nil); err != nil {
			t.Error(err)
		}
	}
	want := "s3://acequia-raw/sales/good.csv has no rejects: nothing was written.\n" +
		"s3://acequia-raw/sales/bad.csv has no rejects: nothing was written.\n  It is refused as a whole: the header lacks a\n"
	if a.out.String() != want || a.files() != "" {
		t.Errorf("said %q, wrote %q", a.out, a.files())
	}
}

func TestRejectsOfAVersionThatCameAgain(t *testing.T) {
	t.Parallel()
	a := newArchive(t)
	a.published("sales/a.csv", "a,b\n1\n", has("a,b", 4))
	first := a.objects("sales/a.csv")[0].Object
	again := a.upload("sales/a.csv", "a,b\n1\n", has("a,b", 4))
	again.Rank = pipeline.NewRank(noon, "sales/a.csv", 0, again.VersionID)
	a.end(again, nil, pipeline.Ending{Status: pipeline.Unchanged})
	var stdout bytes.Buffer
	if err := a.WriteRejects(t.Context(), again.ID.String(), StandardOutput, &stdout); err != nil || again.ID == first.ID {
		t.Fatal(err)
	}
	if stdout.String() != "_reject_reason,a,b\n\"record 1 is odd; and bad\",1\n" || !strings.Contains(a.out.String(), "repeats the bytes") {
		t.Errorf("%q, said %s", stdout.String(), a.out)
	}
}

func TestTheLastVersionOfAKeyIsMeant(t *testing.T) {
	t.Parallel()
	a := newArchive(t)
	for _, record := range []string{"1", "2"} {
		a.published("sales/a.csv", "a,b\n"+record+"\n", has("a,b", 4))
	}
	var stdout bytes.Buffer
	if err := a.WriteRejects(t.Context(), "sales/a.csv", StandardOutput, &stdout); err != nil || !strings.HasSuffix(stdout.String(), ",2\n") {
		t.Errorf("%v, %q", err, stdout.String())
	}
}

func TestRejectsThatCannotBeHad(t *testing.T) {
	t.Parallel()
	a := newArchive(t)
	none := a.WriteRejects(t.Context(), "x", "", nil)
	layout := has("a,b", 4)
	deleted := a.published("sales/deleted.csv", "a,b\n1\n", layout)
	a.s3.Delete(t, deleted.Bucket, deleted.Key, deleted.VersionID)
	expired := a.published("sales/expired.csv", "a,b\n1\n", layout)
	a.s3.Delete(t, a.Env.WorkBucket, pipeline.PlanKey(expired.ID, 1), "")
	a.report(a.upload("sales/slow.csv", "a,b\n1\n", layout), all(t, "a,b\n1\n", layout))
	for name, c := range map[string]struct {
		usage bool
		words string
	}{
		"sales/deleted.csv":                    {false, "was deleted before it could be read; upload the file again. What the ledger keeps"},
		"sales/expired.csv":                    {false, "has expired (s3://acequia-work/plans/" + expired.ID.String() + "/1.json); upload the file again. What"},
		"sales/slow.csv":                       {false, "s3://acequia-raw/sales/slow.csv is processing"},
		"DELETED":                              {true, "did you mean sales/deleted.csv?"},
		"sale/expird.csv":                      {true, "did you mean sales/expired.csv?"},
		"s3://acequia-raw":                     {true, "the last ones are sales/slow.csv, sales/expired.csv, sales/deleted.csv"},
		"01234567-89ab-5cde-8f01-23456789abcd": {true, "the last ones are"},
	} {
		err := a.WriteRejects(t.Context(), name, filepath.Join(a.dir, "x"), nil)
		usage := (*UsageError)(nil)
		if err == nil || errors.As(err, &usage) != c.usage || !strings.Contains(err.Error(), c.words) {
			t.Errorf("%s: %v; want %q", name, err, c.words)
		}
	}
	if none == nil || !strings.Contains(none.Error(), "knows no object yet") || a.files() != "" {
		t.Errorf("%v; left %q", none, a.files())
	}
}

// Records that lie close together are read with one request, and what lies far from them is not read at all.
func TestRecordsAreReadWithFewRequests(t *testing.T) {
	t.Parallel()
	a := newArchive(t)
	near := strings.Repeat("\n", nearBytes-1) // and the line end before it
	text := "a,b\n" + strings.Repeat("1\n", runRejects+1) + near + "\n2\n" + near + "3\n"
	o := a.published("sales/a.csv", text, has("a,b", 4))
	var stdout bytes.Buffer
	if err := a.WriteRejects(t.Context(), "sales/a.csv", StandardOutput, &stdout); err != nil {
		t.Fatal(err)
	}
	if n := strings.Count(stdout.String(), "\n"); n != runRejects+4 {
		t.Errorf("%d lines", n)
	}
	var ranges []string
	for _, r := range a.s3.Sent("GET", "/"+o.Bucket+"/"+o.Key) {
		ranges = append(ranges, r.Header.Get("Range"))
		if !strings.Contains(r.Query, "versionId="+o.VersionID) {
			t.Errorf("a request without the version: %+v", r)
		}
	}
	full := 4 + 2*runRejects // behind as many as are read at once
	far := full + 2 + len(near) + 1
	want := fmt.Sprintf("[bytes=0-%d bytes=4-%d bytes=%d-%d bytes=%d-%d]", 4+sampleBytes-1, full-2, full, full, far, far+2+len(near))
	if got := fmt.Sprint(ranges); got != want {
		t.Errorf("read %s, want %s", got, want)
	}
}

// What has no bytes is asked for all the same: S3 knows no range of none.
func TestARangeHasAByte(t *testing.T) {
	t.Parallel()
	if start, end := bounds([]pipeline.Reject{{Place: pipeline.Place{Offset: 5}}}); start != 5 || end != 6 {
		t.Errorf("from %d to %d", start, end)
	}
}

func TestRejectsNames(t *testing.T) {
	t.Parallel()
	for key, want := range map[string]string{
		"sales/january.csv": "january.rejects.csv", "january": "january.rejects", "a/b/.csv": ".rejects.csv", "a/x.tar.GZ": "x.tar.rejects.GZ",
	} {
		if got := rejectsName(key, pipeline.Layout{}); got != want {
			t.Errorf("%s: %s, want %s", key, got, want)
		}
	}
	if got := rejectsName("sales/x.csv.GZ", pipeline.Layout{Compression: pipeline.Gzip}); got != "x.rejects.csv" {
		t.Error(got)
	}
	if got := rejectsName("sales/x.parquet", pipeline.Layout{Format: pipeline.Parquet}); got != "x.rejects.ndjson" {
		t.Error(got)
	}
}
