package intake_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"strconv"
	"strings"
	"testing"
	"time"

	"acequia/shared/contract"
	"acequia/shared/intake"
	"acequia/shared/pipeline"
)

var noon = time.Date(2026, 11, 24, 12, 0, 0, 0, time.UTC)

// bucket is a raw bucket in memory: the bodies of one key's versions, newest first.
type bucket struct {
	versions []pipeline.Version
	bodies   map[string]string
	openErr  error
}

func (b *bucket) put(id, body string, at time.Time) {
	b.versions = append([]pipeline.Version{{ID: id, ETag: strconv.Quote(body), Size: int64(len(body)), LastModified: at}}, b.versions...)
	if b.bodies == nil {
		b.bodies = map[string]string{}
	}
	b.bodies[id] = body
}

func (b *bucket) Versions(context.Context, string, string) ([]pipeline.Version, error) {
	return b.versions, nil
}

func (b *bucket) SameBytes(_ context.Context, _, _ string, v, w pipeline.Version) (bool, error) {
	return v.ETag == w.ETag, nil
}

func (b *bucket) Open(_ context.Context, o pipeline.Object, offset int64) (io.ReadCloser, error) {
	return io.NopCloser(strings.NewReader(b.bodies[o.VersionID][offset:])), b.openErr
}

func (b *bucket) At(_ context.Context, o pipeline.Object) io.ReaderAt {
	return strings.NewReader(b.bodies[o.VersionID])
}

// work is a work bucket in memory.
type work map[string][]byte

func (w work) Find(_ context.Context, key string) ([]byte, bool, error) {
	body, found := w[key]
	return body, found, nil
}

func (w work) Create(_ context.Context, key string, body []byte) (bool, error) {
	if _, found := w[key]; found {
		return false, nil
	}
	w[key] = bytes.Clone(body)
	return true, nil
}

func (w work) Put(_ context.Context, key string, body []byte) error {
	w[key] = bytes.Clone(body)
	return nil
}

func (w work) end(t *testing.T, id pipeline.ObjectID, status pipeline.Status) {
	t.Helper()
	b, err := json.Marshal(pipeline.Outcome{Status: status})
	if err != nil {
		t.Fatal(err)
	}
	w[pipeline.OutcomeKey(id)] = b
}

// world is an intake with all that it needs, and what it sent.
type world struct {
	intake.Intake
	bucket  *bucket
	work    work
	chunks  []pipeline.Chunk
	reports []pipeline.Report
}

func newWorld() *world {
	w := &world{bucket: &bucket{}, work: work{}}
	w.Intake = intake.Intake{
		Bucket: w.bucket,
		Work:   w.work,
		Catalog: func(context.Context) (contract.Catalog, error) {
			return contract.Catalog{
				{
					Ref: pipeline.ContractRef{Bucket: "contracts", Key: "sales.odcs.yaml", VersionID: "c1"},
					Contract: &contract.Contract{
						Dataset: "sales",
						Source:  contract.Source{Prefix: "sales/", Format: pipeline.CSV, UnknownColumns: contract.Refuse},
						Columns: []contract.Column{{Name: "id", Source: "id", Required: true}, {Name: "amount", Source: "amount"}},
						Key:     []string{"id"},
					},
				},
				{Ref: pipeline.ContractRef{Key: "broken.odcs.yaml"}, Err: errors.New("the contract is not valid")},
			}, nil
		},
		SendChunk: func(_ context.Context, c pipeline.Chunk) error {
			w.chunks = append(w.chunks, c)
			return nil
		},
		Report: func(_ context.Context, r pipeline.Report) error {
			w.reports = append(w.reports, r)
			return nil
		},
		ChunkSize: 10,
	}
	return w
}

func never() bool { return false }

func (w *world) arrived(t *testing.T, key, version string) intake.Result {
	t.Helper()
	outcome, err := w.Arrived(t.Context(), intake.Arrival{Bucket: "raw", Key: key, VersionID: version, At: noon}, never)
	if err != nil {
		t.Fatal(err)
	}
	return outcome
}

func (w *world) kinds() string {
	var kinds []string
	for _, r := range w.reports {
		kinds = append(kinds, string(r.Kind))
	}
	return strings.Join(kinds, " ")
}

func TestAnObjectIsPlannedOnceAndCutIntoChunksThatTileIt(t *testing.T) {
	t.Parallel()
	w := newWorld()
	body := "id,amount\n1,10\n2,20\n3,30\n4,40\n5,50\n"
	w.bucket.put("v1", body, noon)
	outcome := w.arrived(t, "sales/a.csv", "v1")
	if outcome.Status != pipeline.Processing || outcome.Records != 5 || w.kinds() != "received planned" {
		t.Fatalf("outcome = %+v, reports = %s", outcome, w.kinds())
	}
	var end int64
	for i, c := range w.chunks {
		if c.Number != i || c.Start != end || c.End <= c.Start || c.Object.ID != outcome.Object.ID {
			t.Errorf("chunk %d = %+v, the one before ended at %d", i, c, end)
		}
		end = c.End
	}
	if end != int64(len(body)) || len(w.chunks) < 2 {
		t.Errorf("%d chunks end at %d of %d bytes", len(w.chunks), end, len(body))
	}
	planned := w.reports[1]
	if planned.Chunks != len(w.chunks) || planned.Records != 5 || planned.Contract.VersionID != "c1" {
		t.Errorf("planned = %+v", planned)
	}

	// Delivered again, with another chunk size in force: the plan that is there is obeyed.
	first := w.chunks
	w.chunks, w.ChunkSize = nil, 1000
	w.arrived(t, "sales/a.csv", "v1")
	if len(w.chunks) != len(first) || w.chunks[0] != first[0] {
		t.Errorf("the second delivery cut %d chunks, the first %d", len(w.chunks), len(first))
	}
}

func TestAnObjectThatHasEndedIsLeftAlone(t *testing.T) {
	t.Parallel()
	w := newWorld()
	w.bucket.put("v1", "id,amount\n1,10\n", noon)
	w.work.end(t, pipeline.NewObjectID("raw", "sales/a.csv", "v1"), pipeline.Published)
	if outcome := w.arrived(t, "sales/a.csv", "v1"); outcome.Status != pipeline.Published {
		t.Errorf("status = %s", outcome.Status)
	}
	if len(w.chunks)+len(w.reports) != 0 {
		t.Errorf("chunks = %v, reports = %v", w.chunks, w.reports)
	}
}

func TestTheSameBytesAgain(t *testing.T) {
	t.Parallel()
	for before, want := range map[pipeline.Status]string{
		pipeline.Published: "unchanged",
		pipeline.Unchanged: "unchanged",
		pipeline.Refused:   "received planned", // people fix the contract and send the file again
		pipeline.Failed:    "received planned",
		pipeline.Forgotten: "received planned",
	} {
		t.Run(string(before), func(t *testing.T) {
			t.Parallel()
			w := newWorld()
			w.bucket.put("v1", "id,amount\n1,10\n", noon)
			w.bucket.put("v2", "id,amount\n1,10\n", noon.Add(time.Hour))
			w.work.end(t, pipeline.NewObjectID("raw", "sales/a.csv", "v1"), before)
			outcome := w.arrived(t, "sales/a.csv", "v2")
			if w.kinds() != want {
				t.Errorf("reports = %s, want %s", w.kinds(), want)
			}
			again := pipeline.NewRank(noon, "sales/a.csv", 0, "v1").Again(noon.Add(time.Hour), 0, "v2")
			if outcome.Object.Rank != again {
				t.Errorf("rank = %q, want one in the run of the first version, %q", outcome.Object.Rank, again)
			}
		})
	}
}

// A, B, A: the second A overwrites what B wrote, also when B is deleted for good before the event of the second A comes.
func TestTheVersionBetweenWasDeletedForGood(t *testing.T) {
	t.Parallel()
	w := newWorld()
	w.bucket.put("v1", "id,amount\n1,10\n", noon)
	w.bucket.put("v2", "id,amount\n1,20\n", noon.Add(time.Hour))
	w.arrived(t, "sales/a.csv", "v1")
	w.work.end(t, pipeline.NewObjectID("raw", "sales/a.csv", "v1"), pipeline.Published)
	w.arrived(t, "sales/a.csv", "v2")
	w.bucket.versions = w.bucket.versions[1:]
	w.bucket.put("v3", "id,amount\n1,10\n", noon.Add(2*time.Hour))
	w.reports = nil
	third := w.arrived(t, "sales/a.csv", "v3")
	if want := pipeline.NewRank(noon.Add(2*time.Hour), "sales/a.csv", 0, "v3"); third.Object.Rank != want || w.kinds() != "received planned" {
		t.Errorf("rank = %q, want %q; reports = %s", third.Object.Rank, want, w.kinds())
	}
	w.work.end(t, third.Object.ID, pipeline.Published)
	w.bucket.put("v4", "id,amount\n1,10\n", noon.Add(3*time.Hour))
	if fourth := w.arrived(t, "sales/a.csv", "v4"); fourth.Status != pipeline.Unchanged || fourth.Object.Rank.Run() != third.Object.Rank.Run() {
		t.Errorf("the same bytes as the third, which is there: %+v", fourth)
	}
}

// Only a replay goes over what has ended, and it has a plan of its own, under the contract that is in force then.
func TestAReplayIsAnAttemptOfItsOwn(t *testing.T) {
	t.Parallel()
	w := newWorld()
	w.bucket.put("v1", "id,amount\n1,10\n", noon)
	object := w.arrived(t, "sales/a.csv", "v1").Object
	w.work.end(t, object.ID, pipeline.Published)
	w.reports, w.chunks = nil, nil
	for range 2 {
		result, err := w.Replay(t.Context(), pipeline.Replay{Object: object, Attempt: 2}, func() bool { return false })
		if err != nil || result.Status != pipeline.Processing || result.Records != 1 {
			t.Fatalf("result = %+v, %v", result, err)
		}
	}
	if len(w.chunks) != 2 || w.chunks[0].Attempt != 2 || w.chunks[0] != w.chunks[1] {
		t.Errorf("chunks = %+v", w.chunks)
	}
	for _, r := range w.reports {
		if r.Attempt != 2 || r.Object != object {
			t.Errorf("report = %+v", r)
		}
	}
	if w.work[pipeline.PlanKey(object.ID, 2)] == nil {
		t.Error("the second attempt has no plan")
	}
	for status, ended := range map[pipeline.Status]bool{pipeline.Published: false, pipeline.Forgotten: true} {
		w.work.end(t, object.ID, status)
		result, err := w.Replay(t.Context(), pipeline.Replay{Object: object, Attempt: 3}, func() bool { return false })
		if err != nil || (result.Status == status) != ended {
			t.Errorf("of what is %s: %+v, %v", status, result, err)
		}
	}
}

func TestAReplayStaysInItsDataSet(t *testing.T) {
	t.Parallel()
	w := newWorld()
	w.bucket.put("v1", "id,amount\n1,10\n", noon)
	object := w.arrived(t, "sales/a.csv", "v1").Object
	object.Dataset = "orders"
	result, err := w.Replay(t.Context(), pipeline.Replay{Object: object, Attempt: 2}, func() bool { return false })
	if err != nil || result.Status != pipeline.Refused || !strings.Contains(result.Reason, "in the data set orders, but the key belongs to sales") {
		t.Errorf("result = %+v, %v", result, err)
	}
}

// An old file that is sent after a new one by mistake gets a rank of its own: only what directly follows its like is no news.
func TestRankCountsTheVersionsOfOneSecond(t *testing.T) {
	t.Parallel()
	w := newWorld()
	for _, id := range []string{"v1", "v2", "v3"} {
		w.bucket.put(id, "id,amount\n"+id+",10\n", noon)
	}
	outcome := w.arrived(t, "sales/a.csv", "v3")
	if want := pipeline.NewRank(noon, "sales/a.csv", 2, "v3"); outcome.Object.Rank != want {
		t.Errorf("rank = %q, want %q", outcome.Object.Rank, want)
	}
}

func TestANotificationWithoutAVersionMeansTheNewest(t *testing.T) {
	t.Parallel()
	w := newWorld()
	w.bucket.put("v1", "id,amount\n1,10\n", noon)
	w.bucket.put("v2", "id,amount\n1,10\n2,20\n", noon)
	if result := w.arrived(t, "sales/a.csv", ""); result.Object.VersionID != "v2" || result.Records != 2 {
		t.Errorf("result = %+v", result)
	}
}

// Without versions an overwrite has the identity of what it overwrote, and would be taken for done.
func TestABucketWithoutVersionsIsRefused(t *testing.T) {
	t.Parallel()
	w := newWorld()
	w.bucket.put("null", "id,amount\n1,10\n", noon)
	if result := w.arrived(t, "sales/a.csv", ""); result.Status != pipeline.Refused || !strings.Contains(result.Reason, "turn its versioning on") {
		t.Errorf("result = %+v", result)
	}
}

// What is half way is finished under its plan, even if the contract has been broken since.
func TestAPlanIsObeyedWhateverBecameOfItsContract(t *testing.T) {
	t.Parallel()
	w := newWorld()
	w.bucket.put("v1", "id,amount\n1,10\n", noon)
	w.arrived(t, "sales/a.csv", "v1")
	w.chunks = nil
	w.Catalog = func(context.Context) (contract.Catalog, error) {
		return contract.Catalog{{Ref: pipeline.ContractRef{Key: "sales.odcs.yaml"}, Err: errors.New("broken")}}, nil
	}
	if result := w.arrived(t, "sales/a.csv", "v1"); result.Status != pipeline.Processing || len(w.chunks) != 1 {
		t.Errorf("result = %+v", result)
	}
}

func TestAPlanOfAnotherGrammarIsRefused(t *testing.T) {
	t.Parallel()
	w := newWorld()
	w.bucket.put("v1", "id,amount\n1,10\n", noon)
	w.work[pipeline.PlanKey(pipeline.NewObjectID("raw", "sales/a.csv", "v1"), pipeline.FirstAttempt)] = []byte(`{"grammar": 99}`)
	if result := w.arrived(t, "sales/a.csv", "v1"); result.Status != pipeline.Refused || !strings.Contains(result.Reason, "version 99") {
		t.Errorf("result = %+v", result)
	}
}

func TestAReasonIsBounded(t *testing.T) {
	t.Parallel()
	w := newWorld()
	w.bucket.put("v1", "id,amount,"+strings.Repeat("x", 500_000)+"\n", noon)
	if result := w.arrived(t, "sales/a.csv", "v1"); result.Status != pipeline.Refused || len(result.Reason) > 3000 {
		t.Errorf("%s with a reason of %d bytes", result.Status, len(result.Reason))
	}
}

// A file of rejects is corrected and sent as it is: the reasons in it are no news.
func TestTheReasonsInAFileOfRejectsAreIgnored(t *testing.T) {
	t.Parallel()
	w := newWorld()
	w.bucket.put("v1", pipeline.RejectReason+",id,amount\namount is missing,1,10\n", noon)
	if result := w.arrived(t, "sales/a.csv", "v1"); result.Status != pipeline.Processing || result.Records != 1 {
		t.Errorf("result = %+v", result)
	}
}

func TestRefusals(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct{ key, body, want string }{
		"no data set":     {"nosuch/a.csv", "id,amount\n", "broken/, sales/"},
		"broken contract": {"broken/a.csv", "id,amount\n", "the contract is not valid"},
		"empty":           {"sales/a.csv", "", "empty"},
		"missing column":  {"sales/a.csv", "amount,other\n1,2\n", "lacks the required column id"},
		"unknown column":  {"sales/a.csv", "id,amount,colour\n1,2,red\n", "has the column colour"},
		"binary":          {"sales/a.csv", "PK\x03\x04\x00\x00", "zip"},
		"JSON":            {"sales/a.csv", `[{"id": 1}]`, "JSON"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newWorld()
			w.bucket.put("v1", test.body, noon)
			outcome := w.arrived(t, test.key, "v1")
			if outcome.Status != pipeline.Refused || w.kinds() != "refused" || len(w.chunks) != 0 {
				t.Fatalf("outcome = %+v, reports = %s", outcome, w.kinds())
			}
			if reason := w.reports[0].Reason; !strings.Contains(reason, test.want) {
				t.Errorf("reason = %q, does not mention %q", reason, test.want)
			}
		})
	}
}

func TestAVersionThatIsGoneIsRefused(t *testing.T) {
	t.Parallel()
	w := newWorld()
	w.bucket.openErr = &pipeline.RefusedError{Reason: "version v1 was deleted"}
	if outcome := w.arrived(t, "sales/a.csv", "v1"); outcome.Status != pipeline.Refused || w.kinds() != "refused" {
		t.Errorf("outcome = %+v, reports = %s", outcome, w.kinds())
	}
}
