package pgstore_test

import (
	"context"
	"errors"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"acequia/shared/contract"
	"acequia/shared/pgstore"
	"acequia/shared/pipeline"
	"acequia/shared/summary"
)

// kpis gives the summaries of a KPI: day, dimension, value.
func (r *retail) kpis(t *testing.T, kpi string) []string {
	t.Helper()
	return r.texts(t, `SELECT concat_ws(' ', day, dimension, value) FROM acequia.daily_summaries
		WHERE dataset = 'sales' AND kpi = $1 ORDER BY day, dimension ->> 'currency', dimension ->> 'category'`, kpi)
}

// versions tells the summaries' rows apart: a row that was written anew has another one.
func (r *retail) versions(t *testing.T, day string) []string {
	t.Helper()
	return r.texts(t, `SELECT concat_ws(' ', kpi, dimension, value, xmin, computed_at) FROM acequia.daily_summaries
		WHERE day = $1::date ORDER BY 1`, day)
}

func TestOnlyTheDaysThatChangedAreComputed(t *testing.T) {
	t.Parallel()
	r := newRetail(t)
	r.load(t, "sales", salesHeader,
		sale("T1", "", "", "2026-11-24", 1, "10", "0", "PEN"), sale("T2", "", "", "2026-11-25", 1, "10", "0", "PEN"))
	r.summarize(t)
	untouched, before := r.versions(t, "2026-11-24"), r.versions(t, "2026-11-25")
	if result := r.summarize(t); len(result.Summaries)+len(result.Checks) > 0 {
		t.Errorf("without a change: %+v", result)
	}
	if diff := cmp.Diff(before, r.versions(t, "2026-11-25")); diff != "" {
		t.Errorf("without a change (-before +after):\n%s", diff)
	}
	r.load(t, "sales", salesHeader, sale("T3", "", "", "2026-11-25", 1, "1", "0", "PEN"))
	r.summarize(t)
	if diff := cmp.Diff(untouched, r.versions(t, "2026-11-24")); diff != "" {
		t.Errorf("a day that did not change (-before +after):\n%s", diff)
	}
	for i, row := range r.versions(t, "2026-11-25") {
		if row == before[i] {
			t.Errorf("of a day that changed, this was not computed: %s", row)
		}
	}
	want := []string{`2026-11-24 {"currency": "PEN"} 11.00`, `2026-11-25 {"currency": "PEN"} 12.10`}
	if diff := cmp.Diff(want, r.kpis(t, "total_sales")); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

func TestARowThatMovesChangesBothDays(t *testing.T) {
	t.Parallel()
	r := newRetail(t)
	r.load(t, "sales", salesHeader, sale("T1", "", "", "2026-11-24", 1, "10", "0", "PEN"), sale("T2", "", "", "2026-11-25", 1, "1", "0", "PEN"))
	r.summarize(t)
	r.load(t, "sales", salesHeader, sale("T1", "", "", "2026-11-26", 1, "20", "0", "PEN"))
	r.summarize(t)
	want := []string{`2026-11-25 {"currency": "PEN"} 1.10`, `2026-11-26 {"currency": "PEN"} 22.00`}
	if diff := cmp.Diff(want, r.kpis(t, "total_sales")); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
	if report, err := r.get(t.Context(), "reports/sales/2026-11-24.json"); err != nil || string(report) != "[]" {
		t.Errorf("the report of a day that lost its rows = %s, %v", report, err)
	}
}

func TestProductsMayComeAfterTheirSales(t *testing.T) {
	t.Parallel()
	r := newRetail(t)
	r.load(t, "sales", salesHeader,
		sale("T1", "", "P1", "2026-11-24", 1, "10", "0", "PEN"), sale("T2", "", "P2", "2026-11-25", 1, "10", "0", "PEN"))
	r.summarize(t)
	want := []string{`2026-11-24 {"currency": "PEN"} 11.00`, `2026-11-25 {"currency": "PEN"} 11.00`}
	if diff := cmp.Diff(want, r.kpis(t, "category_sales")); diff != "" {
		t.Errorf("before (-want +got):\n%s", diff)
	}
	untouched := r.versions(t, "2026-11-25")
	r.load(t, "products", productsHeader, product("P1", "Kitchen"))
	r.summarize(t)
	want[0] = `2026-11-24 {"category": "Kitchen", "currency": "PEN"} 11.00`
	if diff := cmp.Diff(want, r.kpis(t, "category_sales")); diff != "" {
		t.Errorf("after (-want +got):\n%s", diff)
	}
	if diff := cmp.Diff(untouched, r.versions(t, "2026-11-25")); diff != "" {
		t.Errorf("a day without sales of the product (-before +after):\n%s", diff)
	}
}

// Products alone, before any sale: there is no table of sales to ask, or an empty one.
func TestProductsWithoutSales(t *testing.T) {
	t.Parallel()
	r := newRetail(t)
	r.load(t, "products", productsHeader, product("P1", "Kitchen"))
	if result := r.summarize(t); len(result.Summaries) != 0 {
		t.Errorf("result = %+v", result)
	}
}

func TestAFailingRunChangesNothing(t *testing.T) {
	t.Parallel()
	r := newRetail(t)
	r.load(t, "sales", salesHeader, sale("T1", "", "", "2026-11-24", 1, "10", "0", "PEN"))
	broken := errors.New("broken")
	s := r.summarizer()
	s.Transact = func(ctx context.Context, do func(summary.Work) error) error {
		return r.Summarize(ctx, func(tx *pgstore.SummaryTx) error { return errors.Join(do(tx), broken) })
	}
	if _, err := s.Run(t.Context()); !errors.Is(err, broken) {
		t.Fatalf("error = %v", err)
	}
	if left := r.texts(t, `SELECT kpi FROM acequia.daily_summaries UNION ALL SELECT check_name FROM acequia.quality_results`); len(left) > 0 {
		t.Errorf("left = %v", left)
	}
	if result := r.summarize(t); len(result.Summaries) == 0 {
		t.Error("the next run found nothing to do")
	}
}

// A contract that is not valid for a while costs its data set no day.
func TestChangesWaitForAContractThatIsNotValid(t *testing.T) {
	t.Parallel()
	r := newRetail(t)
	r.load(t, "sales", salesHeader, sale("T1", "", "", "2026-11-24", 1, "10", "0", "PEN"))
	s := r.summarizer()
	s.Catalog = func(context.Context) (contract.Catalog, error) {
		return contract.Catalog{{Ref: pipeline.ContractRef{Key: "sales.odcs.yaml"}, Err: errors.New("no")}}, nil
	}
	result, err := s.Run(t.Context())
	if err != nil || len(result.Summaries) != 0 || !cmp.Equal(result.Invalid, []summary.Invalid{{Dataset: "sales", Reason: "no"}}) {
		t.Errorf("while it is not: %+v, %v", result, err)
	}
	if r.summarize(t); len(r.kpis(t, "total_sales")) != 1 {
		t.Error("once it is, the day is missing")
	}
}

// A KPI that cannot be computed costs the other data sets nothing, and its own only the time until it is mended.
func TestABrokenKPIHoldsBackItsDataSetAlone(t *testing.T) {
	t.Parallel()
	r := newRetail(t)
	good, products := r.contracts["sales"], *r.contracts["products"]
	products.Summary = &contract.Summary{
		Relation: "warehouse.products", Day: "created_date", KPIs: []contract.KPI{{Name: "products", Value: "count(*)"}},
	}
	r.contracts["products"] = &products
	r.load(t, "products", productsHeader, strings.Replace(product("P1", "Kitchen"), ",,,,,,,,,,", ",,,,,,,,,2026-11-24,", 1))
	r.load(t, "sales", salesHeader, sale("T1", "", "P1", "2026-11-24", 1, "10", "0", "PEN"))
	for value, want := range map[string]string{
		"sum(nothing)":                             `column "nothing" does not exist`,
		"1 / count(*) FILTER (WHERE false)":        "division by zero",
		"(SELECT count(*) FROM warehouse.nothing)": `relation "warehouse.nothing" does not exist`,
	} {
		r.contracts["sales"] = r.withKPI(value)
		result := r.summarize(t)
		if len(result.Invalid) != 1 || !strings.Contains(result.Invalid[0].Reason, want) ||
			!strings.Contains(result.Invalid[0].Reason, "the KPI kpi") {
			t.Errorf("%s: %+v", value, result.Invalid)
		}
		kept := r.texts(t, `SELECT DISTINCT dataset FROM acequia.changes ORDER BY 1`)
		if diff := cmp.Diff([]string{"products", "sales"}, kept); diff != "" {
			t.Errorf("%s: kept (-want +got):\n%s", value, diff)
		}
	}
	all := `SELECT DISTINCT dataset FROM acequia.daily_summaries ORDER BY 1`
	if diff := cmp.Diff([]string{"products"}, r.texts(t, all)); diff != "" {
		t.Errorf("meanwhile (-want +got):\n%s", diff)
	}
	r.contracts["sales"] = good
	r.summarize(t)
	if diff := cmp.Diff([]string{"products", "sales"}, r.texts(t, all)); diff != "" {
		t.Errorf("once it is mended (-want +got):\n%s", diff)
	}
	if left := r.texts(t, `SELECT dataset FROM acequia.changes`); len(left) > 0 {
		t.Errorf("left = %v", left)
	}
}

func TestTwoRunsAtOnce(t *testing.T) {
	t.Parallel()
	r := newRetail(t)
	r.load(t, "sales", salesHeader, sale("T1", "", "", "2026-11-24", 1, "10", "0", "PEN"))
	results := make([]summary.Result, 4)
	var wg sync.WaitGroup
	for i := range results {
		wg.Go(func() {
			var err error
			if results[i], err = r.summarizer().Run(t.Context()); err != nil {
				t.Error(err)
			}
		})
	}
	wg.Wait()
	worked := 0
	for _, result := range results {
		if len(result.Summaries) > 0 {
			worked++
		}
	}
	if worked != 1 {
		t.Errorf("%d runs did the work", worked)
	}
	if checks := r.texts(t, `SELECT check_name FROM acequia.quality_results ORDER BY 1`); len(checks) != 2 {
		t.Errorf("checks = %v", checks)
	}
}

// The KPIs of a run are of one moment: a file that is published between two of them is in none, and is the next run's.
func TestAPublicationMeanwhileIsTheNextRuns(t *testing.T) {
	t.Parallel()
	r := newRetail(t)
	r.load(t, "sales", salesHeader, sale("T1", "", "", "2026-11-24", 1, "10", "0", "PEN"))
	err := r.Summarize(t.Context(), func(tx *pgstore.SummaryTx) error {
		if changes, err := tx.Changes(t.Context()); err != nil || len(changes) != 1 {
			t.Errorf("changes = %v, %v", changes, err)
		}
		r.load(t, "sales", salesHeader, sale("T2", "", "", "2026-11-24", 1, "1", "0", "PEN"))
		_, err := tx.Summarize(t.Context(), r.contracts["sales"], []time.Time{saleDay})
		return errors.Join(err, tx.Settle(t.Context(), nil))
	})
	if err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{`2026-11-24 {"currency": "PEN"} 11.00`, `2026-11-24 {"currency": "PEN"} 12.10`} {
		if got := r.kpis(t, "total_sales"); len(got) != 1 || got[0] != want {
			t.Errorf("total = %v, want %s", got, want)
		}
		r.summarize(t)
	}
}
