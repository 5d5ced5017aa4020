package summary_test

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"acequia/shared/contract"
	"acequia/shared/pipeline"
	"acequia/shared/summary"
)

var errBroken = errors.New("broken")

func day(d int) time.Time { return time.Date(2026, 11, d, 0, 0, 0, 0, time.UTC) }

func object(n byte) pipeline.ObjectID { return pipeline.ObjectID{n} }

func change(dataset string, d int, o byte) pipeline.Change {
	c := pipeline.Change{Dataset: dataset, Object: object(o)}
	if d > 0 {
		at := day(d)
		c.Day = &at
	}
	return c
}

// warehouse is a transaction that notes what it is asked.
type warehouse struct {
	changes  []pipeline.Change
	referred map[string][]time.Time // by related data set
	breaks   string                 // the call that fails
	refuses  string                 // the call that says that the contract does not hold up
	empty    bool                   // of whatever is asked, no row is left

	calls   []string
	settled bool
	kept    []string
}

func (w *warehouse) note(call string, args ...any) error {
	w.calls = append(w.calls, strings.TrimSpace(call+" "+fmt.Sprintln(args...)))
	if call == w.breaks {
		return errBroken
	}
	if call == w.refuses {
		return &pipeline.RefusedError{Reason: "no such relation"}
	}
	return nil
}

func (w *warehouse) Changes(context.Context) ([]pipeline.Change, error) {
	return w.changes, w.note("changes")
}

func (w *warehouse) Settle(_ context.Context, kept []string) error {
	w.settled, w.kept = true, kept
	return w.note("settle")
}

func (w *warehouse) DaysReferring(
	_ context.Context, of *contract.Contract, by contract.Relationship, objects []pipeline.ObjectID,
) ([]time.Time, error) {
	return w.referred[by.Dataset], w.note("days", of.Dataset, by.Dataset, numbers(objects))
}

func (w *warehouse) Summarize(_ context.Context, of *contract.Contract, days []time.Time) ([]pipeline.Summary, error) {
	var all []pipeline.Summary
	var names []string
	for _, d := range days {
		names = append(names, d.Format(time.DateOnly))
		if !w.empty {
			all = append(all, pipeline.Summary{Dataset: of.Dataset, Day: d, KPI: "total", Value: "1.10"})
		}
	}
	return all, w.note("summarize", of.Dataset, names)
}

func (w *warehouse) Check(_ context.Context, of *contract.Contract, objects []pipeline.ObjectID) ([]pipeline.CheckResult, error) {
	return []pipeline.CheckResult{{Dataset: of.Dataset}}, w.note("check", of.Dataset, numbers(objects))
}

func numbers(objects []pipeline.ObjectID) []byte {
	var all []byte
	for _, o := range objects {
		all = append(all, o[0])
	}
	return all
}

// retail is a catalog in which sales refer to products and customers, and only sales are summed up.
var retail = contract.Catalog{
	{Contract: &contract.Contract{Dataset: "customers"}},
	{Contract: &contract.Contract{Dataset: "products"}},
	{Contract: &contract.Contract{
		Dataset: "sales", Summary: &contract.Summary{Day: "sale_date"},
		Relationships: []contract.Relationship{{Dataset: "products"}, {Dataset: "customers"}},
	}},
}

// run runs the stage on a warehouse, and gives the reports that it wrote.
func run(t *testing.T, w *warehouse, catalog contract.Catalog, commit error) (summary.Result, map[string]string, error) {
	t.Helper()
	reports := map[string]string{}
	s := &summary.Summarizer{
		Catalog: func(context.Context) (contract.Catalog, error) { return catalog, nil },
		Transact: func(_ context.Context, do func(summary.Work) error) error {
			return errors.Join(do(w), commit)
		},
		Put: func(_ context.Context, key string, body []byte) error {
			reports[key] = string(body)
			return nil
		},
	}
	result, err := s.Run(t.Context())
	return result, reports, err
}

func TestTheDaysThatChangedAreSummedUp(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		name     string
		changes  []pipeline.Change
		referred map[string][]time.Time
		want     []string
	}{
		{"nothing", nil, nil, []string{"changes"}},
		{
			"days in any order, and more than once",
			[]pipeline.Change{change("sales", 25, 1), change("sales", 24, 1), change("sales", 25, 2)},
			nil,
			[]string{
				"changes", "check customers []", "check products []", "check sales [1 2]",
				"summarize sales [2026-11-24 2026-11-25]", "settle",
			},
		},
		{
			"rows without a day",
			[]pipeline.Change{change("sales", 0, 1)},
			nil,
			[]string{"changes", "check customers []", "check products []", "check sales [1]", "settle"},
		},
		{
			"days of what refers to the rows that changed, among its own",
			[]pipeline.Change{change("products", 0, 3), change("sales", 25, 1), change("products", 0, 4), change("products", 0, 3)},
			map[string][]time.Time{"products": {day(26), day(25), day(24)}},
			[]string{
				"changes", "check customers []", "check products [3 4]", "check sales [1]", "days sales products [3 4]",
				"summarize sales [2026-11-24 2026-11-25 2026-11-26]", "settle",
			},
		},
		{
			"days of two related data sets",
			[]pipeline.Change{change("customers", 0, 5), change("products", 0, 3)},
			map[string][]time.Time{"products": {day(24)}, "customers": {day(24), day(2)}},
			[]string{
				"changes", "check customers [5]", "check products [3]", "check sales []", "days sales products [3]",
				"days sales customers [5]", "summarize sales [2026-11-02 2026-11-24]", "settle",
			},
		},
		{
			"a related row that nothing refers to",
			[]pipeline.Change{change("products", 0, 3)},
			nil,
			[]string{"changes", "check customers []", "check products [3]", "check sales []", "days sales products [3]", "settle"},
		},
		{
			"a data set that has no contract any more",
			[]pipeline.Change{change("returns", 24, 1)},
			nil,
			[]string{"changes", "check customers []", "check products []", "check sales []", "settle"},
		},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			w := &warehouse{changes: test.changes, referred: test.referred}
			if _, _, err := run(t, w, retail, nil); err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(test.want, w.calls); diff != "" {
				t.Errorf("(-want +got):\n%s", diff)
			}
		})
	}
}

func TestEachDayHasItsReport(t *testing.T) {
	t.Parallel()
	result, reports, err := run(t, &warehouse{changes: []pipeline.Change{change("sales", 24, 1), change("sales", 25, 1)}}, retail, nil)
	if err != nil || len(result.Summaries) != 2 || len(result.Checks) != 3 {
		t.Fatalf("result = %+v, %v", result, err)
	}
	want := []string{"reports/sales/2026-11-24.json", "reports/sales/2026-11-25.json"}
	if diff := cmp.Diff(want, slices.Sorted(maps.Keys(reports))); diff != "" {
		t.Fatalf("(-want +got):\n%s", diff)
	}
	var got []pipeline.Summary
	if err := json.Unmarshal([]byte(reports[want[0]]), &got); err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff([]pipeline.Summary{{Dataset: "sales", Day: day(24), KPI: "total", Value: "1.10"}}, got); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// The report of a day whose rows are all gone must not go on telling of them.
func TestADayThatLostItsRowsHasAnEmptyReport(t *testing.T) {
	t.Parallel()
	_, reports, err := run(t, &warehouse{changes: []pipeline.Change{change("sales", 24, 1)}, empty: true}, retail, nil)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(map[string]string{"reports/sales/2026-11-24.json": "[]"}, reports); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// The reports are written before the changes are settled: what comes after them may leave reports, but no settled change.
func TestAFailureEndsTheRun(t *testing.T) {
	t.Parallel()
	changes := []pipeline.Change{change("sales", 24, 1), change("products", 0, 2)}
	for _, call := range []string{"changes", "check", "days", "summarize", "settle", "commit"} {
		t.Run(call, func(t *testing.T) {
			t.Parallel()
			var commit error
			if call == "commit" {
				commit = errBroken
			}
			result, reports, err := run(t, &warehouse{changes: changes, breaks: call}, retail, commit)
			if !errors.Is(err, errBroken) {
				t.Errorf("error = %v", err)
			}
			if written := call == "settle" || call == "commit"; written != (len(reports) > 0) {
				t.Errorf("reports = %v", reports)
			}
			if len(result.Summaries)+len(result.Checks) > 0 {
				t.Errorf("result = %+v", result)
			}
		})
	}
}

// Which changes concern a data set, only its contract can say: its own, and those of what it refers to.
func TestChangesWaitWhileAContractIsNotValid(t *testing.T) {
	t.Parallel()
	catalog := append(contract.Catalog{{Ref: pipeline.ContractRef{Key: "returns.odcs.yaml"}, Err: errBroken}}, retail...)
	w := &warehouse{changes: []pipeline.Change{change("sales", 24, 1)}}
	result, reports, err := run(t, w, catalog, nil)
	if err != nil || len(result.Summaries) != 1 || len(reports) != 1 {
		t.Errorf("the others: %+v, %v", result, err)
	}
	if diff := cmp.Diff([]summary.Invalid{{Dataset: "returns", Reason: "broken"}}, result.Invalid); diff != "" || w.settled {
		t.Errorf("invalid = %v, settled = %v", result.Invalid, w.settled)
	}
}

// A data set that cannot be summed up waits for its changes and for those to what it refers to; the others do not.
func TestADataSetThatCannotBeSummedUpKeepsItsChanges(t *testing.T) {
	t.Parallel()
	for _, call := range []string{"days", "summarize"} {
		t.Run(call, func(t *testing.T) {
			t.Parallel()
			w := &warehouse{changes: []pipeline.Change{change("sales", 24, 1), change("products", 0, 2)}, refuses: call}
			result, reports, err := run(t, w, retail, nil)
			if err != nil || len(reports)+len(result.Days)+len(result.Summaries) > 0 || len(result.Checks) != 3 {
				t.Errorf("reports = %v, result = %+v, %v", reports, result, err)
			}
			if diff := cmp.Diff([]summary.Invalid{{Dataset: "sales", Reason: "no such relation"}}, result.Invalid); diff != "" {
				t.Errorf("invalid (-want +got):\n%s", diff)
			}
			if diff := cmp.Diff([]string{"sales", "products", "customers"}, w.kept); diff != "" || !w.settled {
				t.Errorf("settled = %v, kept (-want +got):\n%s", w.settled, diff)
			}
		})
	}
}

func TestWithoutACatalogNothingIsAsked(t *testing.T) {
	t.Parallel()
	s := &summary.Summarizer{Catalog: func(context.Context) (contract.Catalog, error) { return nil, errBroken }}
	if _, err := s.Run(t.Context()); !errors.Is(err, errBroken) {
		t.Errorf("error = %v", err)
	}
}

// The changes must stay: nothing else would bring the report up to date.
func TestAReportThatCannotBeWrittenSettlesNothing(t *testing.T) {
	t.Parallel()
	w := &warehouse{changes: []pipeline.Change{change("sales", 24, 1)}}
	s := &summary.Summarizer{
		Catalog:  func(context.Context) (contract.Catalog, error) { return retail, nil },
		Transact: func(_ context.Context, do func(summary.Work) error) error { return do(w) },
		Put:      func(context.Context, string, []byte) error { return errBroken },
	}
	if _, err := s.Run(t.Context()); !errors.Is(err, errBroken) || w.settled {
		t.Errorf("settled = %v, error = %v", w.settled, err)
	}
}
