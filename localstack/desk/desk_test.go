package desk

import (
	"bytes"
	"context"
	"flag"
	"iter"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"acequia/localstack/stack"
	"acequia/shared/pgstore"
	"acequia/shared/pipeline"
)

var update = flag.Bool("update", false, "write the golden files anew")

func golden(t *testing.T, name, got string) {
	t.Helper()
	path := filepath.Join("testdata", name+".golden")
	if *update {
		if err := os.WriteFile(path, []byte(got), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), got); diff != "" {
		t.Errorf("%s (-want +got):\n%s", path, diff)
	}
}

// noon is when all tests take place: nothing takes any time.
var noon = time.Date(2026, 11, 24, 12, 0, 0, 0, time.UTC)

// world is a stack that a test makes up: an upload of a key becomes the version "1", of which the ledger tells what the
// test says.
type world struct {
	objects map[string]pgstore.ObjectRow // by key
	earlier []pgstore.ObjectRow
	rejects []pipeline.Reject
	answer  Invocation
	events  []string
}

func (w *world) Upload(_ context.Context, _, _ string, sent func(int64)) (string, error) {
	sent(1)
	return "1", nil
}

func (w *world) ObjectByVersion(_ context.Context, _, key, _ string) (pgstore.ObjectRow, bool, error) {
	o, ok := w.objects[key]
	return o, ok, nil
}

func (w *world) Objects(context.Context, pgstore.Filter) ([]pgstore.ObjectRow, error) {
	return w.earlier, nil
}

func (w *world) RejectsOf(context.Context, pipeline.ObjectID, int) ([]pipeline.Reject, error) {
	return w.rejects, nil
}

func (w *world) Forgotten(context.Context, pipeline.ObjectID) (pgstore.Forgetting, bool, error) {
	return pgstore.Forgetting{Versions: 2, Rows: 5000, Rejects: 112}, true, nil
}

func (w *world) Rejects(context.Context, pipeline.ObjectID) iter.Seq2[pipeline.Reject, error] {
	return values(w.rejects)
}

func (w *world) BusiestDay(context.Context, string, string) (time.Time, bool, error) {
	return time.Date(2026, 10, 7, 0, 0, 0, 0, time.UTC), true, nil
}

func (w *world) SummariesOf(context.Context, string, time.Time) ([]pipeline.Summary, error) {
	value := func(kpi, currency, category, value string) pipeline.Summary {
		d := map[string]string{"currency": currency}
		if category != "" {
			d["category"] = category
		}
		return pipeline.Summary{Dataset: "sales", KPI: kpi, Dimension: d, Value: value}
	}
	return []pipeline.Summary{
		value("total_sales", "USD", "", "980.00"), value("transactions", "USD", "", "9"),
		value("total_sales", "PEN", "", "52302.24"), value("transactions", "PEN", "", "62"),
		value("unique_customers", "PEN", "", "61"), value("mean_ticket", "PEN", "", "843.58"),
		value("best_category", "PEN", "Hogar", "33861.21"),
		value("category_sales", "PEN", "Hogar", "33861.21"), value("category_quantity", "PEN", "Hogar", "28"),
		value("category_sales", "PEN", "", "1200.50"), value("category_sales", "USD", "Ropa", "980.00"),
	}, nil
}

func (w *world) Invoke(_ context.Context, name string, event []byte) (Invocation, error) {
	w.events = append(w.events, name+" "+string(event))
	return w.answer, nil
}

func (w *world) desk(t *testing.T) (*Desk, *bytes.Buffer) {
	t.Helper()
	var out bytes.Buffer
	return &Desk{
		Term: NewPlain(&out), Paths: stack.Paths{Root: t.TempDir()}, Env: stack.DefaultEnvironment(),
		Ledger: w, Summaries: w, Raw: w, Functions: w,
		Datasets: func(context.Context) (map[string]string, error) {
			return map[string]string{"sales": "sales/", "products": "products/"}, nil
		},
		Processes: func(context.Context) ([]Function, error) {
			return []Function{{Name: "clean", Busy: 1, Warm: 3}, {Name: "summarize"}, {Name: "load", Warm: 2}}, nil
		},
		ContractVersion: func(context.Context, string) (string, error) { return "c1", nil },
		Now:             func() time.Time { return noon }, Timeout: 20 * time.Second,
	}, &out
}

// object makes a line of the ledger.
func object(key string, status pipeline.Status, change ...func(*pgstore.ObjectRow)) pgstore.ObjectRow {
	o := pgstore.ObjectRow{ReceivedAt: noon.Add(-90 * time.Second)}
	o.Object = pipeline.Object{
		ID: pipeline.NewObjectID("acequia-raw", key, "1"), Bucket: "acequia-raw", Key: key, VersionID: "1", Size: 1742,
		LastModified: noon, Rank: "rank",
	}
	o.Status = status
	for _, c := range change {
		c(&o)
	}
	return o
}

func published(o *pgstore.ObjectRow) {
	o.Chunks, o.ChunksDone, o.Records = 6, 6, 5000
	o.Counts = pipeline.Counts{Loaded: 4875, Duplicates: 13, Rejected: 112}
}

func refused(o *pgstore.ObjectRow) { o.Error = "the header lacks the required column currency" }

var dirt = []pipeline.Reject{
	{
		Place:    pipeline.Place{Line: 47},
		Failures: []pipeline.Failure{{Column: "sale_date", Rule: "type", Reason: "2026-02-30 is not a date that exists"}},
		Raw:      "T0001046,C01440,P02051,2026-02-30,1,19.80,0.00,efectivo,PEN,teléfono,Lambayeque",
	},
	{
		Place:    pipeline.Place{Line: 1151},
		Failures: []pipeline.Failure{{Column: "quantity", Rule: "exclusiveMinimum", Reason: "quantity must be greater than 0, and is 0"}},
		Raw:      "T0001149,\"" + strings.Repeat("two\nlines ", 20) + "\"",
	},
	{Place: pipeline.Place{Line: 1200}, Failures: []pipeline.Failure{{Column: "quantity", Rule: "exclusiveMinimum", Reason: "again"}}},
}

func writeFile(t *testing.T, path, content string) string {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(content), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}
