package pgstore_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"acequia/shared/contract"
	"acequia/shared/pgstore"
	"acequia/shared/pipeline"
)

// results gives the recorded results of a check, in the order in which they were recorded.
func (r *retail) results(t *testing.T, check string) []string {
	t.Helper()
	return r.texts(t, `SELECT concat_ws(' ', object_id, passed, observed, '/', expected, severity) FROM acequia.quality_results
		WHERE check_name = $1 ORDER BY id`, check)
}

func TestAnObjectIsCheckedUntilItPasses(t *testing.T) {
	t.Parallel()
	r := newRetail(t)
	r.load(t, "products", productsHeader, product("P1", "Kitchen"))
	good := r.load(t, "sales", salesHeader, sale("T1", "", "P1", "2026-11-24", 1, "10", "0", "PEN"))
	bad := r.load(t, "sales", salesHeader, sale("T2", "", "P2", "2026-11-24", 1, "10", "0", "PEN"),
		sale("T3", "", "P3", "2026-11-24", 1, "10", "0", "PEN"), sale("T4", "", "", "2026-11-24", 1, "10", "0", "PEN"))
	r.summarize(t)
	seen := 0
	fresh := func() []string {
		all := r.results(t, "unknown_product_code")
		defer func() { seen = len(all) }()
		return slices.Sorted(slices.Values(all[seen:]))
	}
	first := slices.Sorted(slices.Values([]string{good.String() + " t 0 / 0 warning", bad.String() + " f 2 / 0 warning"}))
	if diff := cmp.Diff(first, fresh()); diff != "" {
		t.Errorf("at first (-want +got):\n%s", diff)
	}
	r.load(t, "sales", salesHeader, sale("T9", "", "", "2026-11-24", 1, "10", "0", "PEN"))
	r.summarize(t)
	if got := fresh(); len(got) != 1 || !strings.HasSuffix(got[0], " t 0 / 0 warning") {
		t.Errorf("while no product changed, only the new object is checked: %q", got)
	}
	for _, step := range []struct {
		product string
		want    []string
	}{
		{"P2", []string{bad.String() + " f 1 / 0 warning"}},
		{"P3", []string{bad.String() + " t 0 / 0 warning"}},
		{"P4", nil},
	} {
		r.load(t, "products", productsHeader, product(step.product, "Kitchen"))
		r.summarize(t)
		if diff := cmp.Diff(step.want, fresh()); diff != "" {
			t.Errorf("after %s came (-want +got):\n%s", step.product, diff)
		}
	}
}

func TestACheckThatCannotRunCostsNothingElse(t *testing.T) {
	t.Parallel()
	r := newRetail(t)
	id := r.load(t, "sales", salesHeader, sale("T1", "", "", "2026-11-24", 1, "10", "0", "PEN"))
	sales := *r.contracts["sales"]
	for name, query := range map[string]string{
		"none":      "SELECT count(*) FROM warehouse.nothing",
		"two":       "SELECT 1 UNION ALL SELECT 2",
		"wide":      "SELECT 1, 2",
		"unknown":   "SELECT max(quantity) FROM warehouse.sales WHERE false",
		"text":      "SELECT 'a few'",
		"nan":       "SELECT 'NaN'::numeric",
		"zero":      "SELECT 1 / count(*) FROM warehouse.sales WHERE false",
		"forbidden": "SELECT count(*) FROM pg_authid",
		"nul\x00":   "SELECT 1\x00",
		"good":      "SELECT count(*) FROM warehouse.sales",
		"reader":    "SELECT (current_user = 'acequia_reader')::int",
		"timeout":   "SELECT (current_setting('statement_timeout')::interval <= '2 minutes')::int",
	} {
		sales.Checks = append(sales.Checks, contract.Check{
			Name: strings.TrimRight(name, "\x00"), Severity: contract.Failing, Query: query,
			Expect: contract.Expectation{Operator: contract.MustBeGreaterThan, Values: []string{"0"}},
		})
	}
	r.contracts["sales"] = &sales
	result := r.summarize(t)
	want := map[string]string{
		"none":      `f the query failed: relation "warehouse.nothing" does not exist`,
		"two":       "f the query failed: more than one row returned by a subquery used as an expression",
		"wide":      "f the query failed: subquery must return only one column",
		"unknown":   "f the query gave NULL, not a number",
		"text":      `f the query gave "a few", not a number`,
		"nan":       `f the query gave "NaN", not a number`,
		"zero":      "f the query failed: division by zero",
		"forbidden": "f the query failed: permission denied for table pg_authid",
		"nul":       "f the query failed",
		"good":      "t 1",
		"reader":    "t 1",
		"timeout":   "t 1",
	}
	for name, want := range want {
		got := r.results(t, name)
		if len(got) != 1 || !strings.HasPrefix(got[0], want) || !strings.HasSuffix(got[0], "/ more than 0 error") {
			t.Errorf("%s: %q, want %q", name, got, want)
		}
	}
	if got := r.results(t, "unknown_product_code"); len(got) != 1 || got[0] != id.String()+" t 0 / 0 warning" {
		t.Errorf("the check beside them: %q", got)
	}
	if len(result.Summaries) == 0 || len(result.Checks) != len(want)+2 {
		t.Errorf("%d summaries, %d checks", len(result.Summaries), len(result.Checks))
	}
}

// A check over the whole table is about no object, and runs where the table changed.
func TestACheckOfTheWholeTable(t *testing.T) {
	t.Parallel()
	r := newRetail(t)
	sales := *r.contracts["sales"]
	sales.Checks = []contract.Check{{
		Name: "rows", Severity: contract.Warning, Query: "SELECT count(*) FROM warehouse.sales",
		Expect: contract.Expectation{Operator: contract.MustBeGreaterOrEqualTo, Values: []string{"2"}},
	}}
	r.contracts["sales"] = &sales
	r.load(t, "sales", salesHeader, sale("T1", "", "", "2026-11-24", 1, "10", "0", "PEN"))
	r.summarize(t)
	r.load(t, "products", productsHeader, product("P1", "Kitchen"))
	r.summarize(t)
	r.load(t, "sales", salesHeader, sale("T2", "", "", "2026-11-24", 1, "10", "0", "PEN"))
	r.summarize(t)
	want := []string{"f 1 / at least 2 warning", "t 2 / at least 2 warning"}
	if diff := cmp.Diff(want, r.results(t, "rows")); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestChecksOfADataSetWithoutATable(t *testing.T) {
	t.Parallel()
	r := newRetail(t)
	err := r.Summarize(t.Context(), func(tx *pgstore.SummaryTx) error {
		checks, err := tx.Check(t.Context(), r.contracts["sales"], []pipeline.ObjectID{{1}})
		if err != nil || len(checks) != 0 {
			t.Errorf("checks = %v, %v", checks, err)
		}
		days, err := tx.DaysReferring(t.Context(), r.contracts["sales"], r.contracts["sales"].Relationships[0], []pipeline.ObjectID{{1}})
		if err != nil || len(days) != 0 {
			t.Errorf("days = %v, %v", days, err)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

// The latest result is the one that was recorded last, whatever the clocks say: a run that had to wait for another began
// before it.
func TestTheLatestResultIsTheOneRecordedLast(t *testing.T) {
	t.Parallel()
	r := newRetail(t)
	id := r.load(t, "sales", salesHeader, sale("T1", "", "P1", "2026-11-24", 1, "10", "0", "PEN"))
	for i, passed := range []bool{false, true} {
		_, err := r.sql.Exec(t.Context(), `INSERT INTO acequia.quality_results (object_id, dataset, check_name, severity, passed, checked_at)
			VALUES ($1, 'sales', 'unknown_product_code', 'warning', $2, $3)`, [16]byte(id), passed, time.Now().Add(-time.Duration(i)*time.Hour))
		if err != nil {
			t.Fatal(err)
		}
	}
	err := r.Summarize(t.Context(), func(tx *pgstore.SummaryTx) error {
		checks, err := tx.Check(t.Context(), r.contracts["sales"], nil)
		if len(checks) != 0 {
			t.Errorf("checks = %+v", checks)
		}
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}
