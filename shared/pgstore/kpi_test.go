package pgstore_test

import (
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"acequia/shared/contract"
	"acequia/shared/pgstore"
	"acequia/shared/pipeline"
)

func TestKPIsAreExact(t *testing.T) {
	t.Parallel()
	r := newRetail(t)
	r.load(t, "products", productsHeader, product("P1", "Kitchen"), product("P2", "Garden"))
	r.load(t, "sales", salesHeader,
		sale("T1", "C1", "P1", "2026-11-24", 2, "10.05", "0", "PEN"),         // 22.11
		sale("T2", "C2", "P2", "2026-11-24", 1, "0.05", "", "PEN"),           // 0.06: half a cent of tax is a cent
		sale("T3", "", "P1", "2026-11-24", 3, "33.33", "1.00", "PEN"),        // 108.99, to a stranger
		sale("T4", "C1", "P9", "2026-11-24", 1, "18.24", "0", "PEN"),         // 20.06, of no known category
		sale("T5", "C1", "P1", "2026-11-24", 1, "100", "0", "USD"),           // 110.00
		sale("T6", "C1", "P1", "2026-11-25", 10, "0.10", "1.10", "PEN"),      // 0.00
		sale("T7", "C1", "P1", "2026-11-25", 1, "9999999999.99", "0", "PEN"), // more cents than a float holds
	)
	r.summarize(t)
	for kpi, want := range map[string][]string{
		"total_sales": {
			`2026-11-24 {"currency": "PEN"} 151.22`, `2026-11-24 {"currency": "USD"} 110.00`,
			`2026-11-25 {"currency": "PEN"} 10999999999.99`,
		},
		"transactions": {
			`2026-11-24 {"currency": "PEN"} 4`, `2026-11-24 {"currency": "USD"} 1`, `2026-11-25 {"currency": "PEN"} 2`,
		},
		"unique_customers": {
			`2026-11-24 {"currency": "PEN"} 2`, `2026-11-24 {"currency": "USD"} 1`, `2026-11-25 {"currency": "PEN"} 1`,
		},
		"mean_ticket": { // 37.805 and 5499999999.995
			`2026-11-24 {"currency": "PEN"} 37.81`, `2026-11-24 {"currency": "USD"} 110.00`,
			`2026-11-25 {"currency": "PEN"} 5500000000.00`,
		},
		"best_category": {
			`2026-11-24 {"category": "Kitchen", "currency": "PEN"} 131.10`, `2026-11-24 {"category": "Kitchen", "currency": "USD"} 110.00`,
			`2026-11-25 {"category": "Kitchen", "currency": "PEN"} 10999999999.99`,
		},
		"category_quantity": {
			`2026-11-24 {"category": "Garden", "currency": "PEN"} 1`, `2026-11-24 {"category": "Kitchen", "currency": "PEN"} 5`,
			`2026-11-24 {"currency": "PEN"} 1`, `2026-11-24 {"category": "Kitchen", "currency": "USD"} 1`,
			`2026-11-25 {"category": "Kitchen", "currency": "PEN"} 11`,
		},
		"category_mean": {
			`2026-11-24 {"category": "Garden", "currency": "PEN"} 0.06`, `2026-11-24 {"category": "Kitchen", "currency": "PEN"} 65.55`,
			`2026-11-24 {"currency": "PEN"} 20.06`, `2026-11-24 {"category": "Kitchen", "currency": "USD"} 110.00`,
			`2026-11-25 {"category": "Kitchen", "currency": "PEN"} 5500000000.00`,
		},
		"category_customers": {
			`2026-11-24 {"category": "Garden", "currency": "PEN"} 1`, `2026-11-24 {"category": "Kitchen", "currency": "PEN"} 1`,
			`2026-11-24 {"currency": "PEN"} 1`, `2026-11-24 {"category": "Kitchen", "currency": "USD"} 1`,
			`2026-11-25 {"category": "Kitchen", "currency": "PEN"} 1`,
		},
	} {
		if diff := cmp.Diff(want, r.kpis(t, kpi)); diff != "" {
			t.Errorf("%s (-want +got):\n%s", kpi, diff)
		}
	}
}

// Of equal categories the first by the bytes of its name is the best. What has no category does not compete.
func TestTheBestCategory(t *testing.T) {
	t.Parallel()
	r := newRetail(t)
	r.load(t, "products", productsHeader, product("P1", "apples"), product("P2", "Zips"), product("P3", "Ñandú"), product("P4", ""))
	r.load(t, "sales", salesHeader,
		sale("A1", "", "P1", "2026-11-24", 1, "10", "0", "PEN"), sale("A2", "", "P2", "2026-11-24", 1, "10", "0", "PEN"),
		sale("A3", "", "P3", "2026-11-24", 1, "10", "0", "PEN"), sale("A4", "", "P4", "2026-11-24", 1, "10", "0", "PEN"),
		sale("A5", "", "P4", "2026-11-24", 1, "10", "0", "USD"), sale("A6", "", "P1", "2026-11-24", 1, "9", "0", "USD"),
		sale("A7", "", "P9", "2026-11-25", 1, "10", "0", "PEN"),
	)
	r.summarize(t)
	want := []string{
		`2026-11-24 {"category": "Zips", "currency": "PEN"} 11.00`, `2026-11-24 {"category": "apples", "currency": "USD"} 9.90`,
	}
	if diff := cmp.Diff(want, r.kpis(t, "best_category")); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}

// saleDay is the day of most of the sales here.
var saleDay = time.Date(2026, 11, 24, 0, 0, 0, 0, time.UTC)

// withKPI gives the contract of sales with one KPI.
func (r *retail) withKPI(value string) *contract.Contract {
	c, s := *r.contracts["sales"], *r.contracts["sales"].Summary
	s.KPIs = []contract.KPI{{Name: "kpi", Value: value}}
	c.Summary = &s
	return &c
}

func TestTheSQLOfAKPIOnlyReads(t *testing.T) {
	t.Parallel()
	r := newRetail(t)
	r.load(t, "sales", salesHeader, sale("T1", "", "", "2026-11-24", 1, "10", "0", "PEN"))
	for _, statement := range []string{
		`CREATE FUNCTION warehouse.sneak() RETURNS numeric LANGUAGE plpgsql AS $$
		 BEGIN INSERT INTO acequia.changes VALUES ('sneaked', NULL, gen_random_uuid()); RETURN 1; END $$`,
		`CREATE FUNCTION warehouse.climb() RETURNS numeric LANGUAGE plpgsql AS $$
		 BEGIN RESET ROLE; SET transaction_read_only = off; RETURN warehouse.sneak(); END $$`,
	} {
		if _, err := r.sql.Exec(t.Context(), statement); err != nil {
			t.Fatal(err)
		}
	}
	for value, want := range map[string]string{
		`count(*) + warehouse.sneak()`:                          "INSERT",
		`count(*) + warehouse.climb()`:                          "read-write mode",
		`count(*) + (SELECT count(*) FROM pg_authid)`:           "permission denied",
		`(WITH w AS (DELETE FROM warehouse.sales) SELECT 1)`:    "WITH clause",
		`count(*)) FROM warehouse.sales r; DELETE FROM sales--`: "syntax error",
	} {
		err := r.Summarize(t.Context(), func(tx *pgstore.SummaryTx) error {
			_, err := tx.Summarize(t.Context(), r.withKPI(value), []time.Time{saleDay})
			return err
		})
		if err == nil || !strings.Contains(err.Error(), want) || !strings.Contains(err.Error(), "the KPI kpi") {
			t.Errorf("%s: %v", value, err)
		}
	}
	if left := r.texts(t, `SELECT dataset FROM acequia.changes WHERE dataset = 'sneaked'`); len(left) > 0 {
		t.Error("a KPI wrote")
	}
}

// What the SQL of a contract sets ends with it, and what runs it has a timeout.
func TestTheSQLOfAKPILeavesNoTrace(t *testing.T) {
	t.Parallel()
	r := newRetail(t)
	r.load(t, "sales", salesHeader, sale("T1", "", "", "2026-11-24", 1, "10", "0", "PEN"))
	for value, want := range map[string]string{
		`extract(epoch FROM current_setting('statement_timeout')::interval)`:                           "120",
		`(current_user = 'acequia_reader')::int`:                                                       "1",
		`length(set_config('search_path', 'x', false) || set_config('statement_timeout', '7', false))`: "4", // x7ms
	} {
		err := r.Summarize(t.Context(), func(tx *pgstore.SummaryTx) error {
			c := r.withKPI(value)
			for range 2 {
				got, err := tx.Summarize(t.Context(), c, []time.Time{saleDay})
				if err != nil {
					return err
				}
				if len(got) != 1 || strings.TrimRight(strings.TrimRight(got[0].Value, "0"), ".") != want {
					t.Errorf("%s = %+v, want %s", value, got, want)
				}
			}
			return nil
		})
		if err != nil {
			t.Errorf("%s: %v", value, err)
		}
	}
}

func TestTheBusiestDay(t *testing.T) {
	t.Parallel()
	r := newRetail(t)
	if _, found, err := r.BusiestDay(t.Context(), "sales", "transactions"); err != nil || found {
		t.Errorf("of nothing: %v, %v", found, err)
	}
	r.load(t, "sales", salesHeader,
		sale("T1", "", "", "2026-11-24", 1, "10", "0", "PEN"), sale("T2", "", "", "2026-11-24", 1, "10", "0", "USD"),
		sale("T3", "", "", "2026-11-25", 1, "10", "0", "PEN"), sale("T4", "", "", "2026-11-25", 1, "10", "0", "PEN"),
		sale("T5", "", "", "2026-11-26", 1, "10", "0", "PEN"))
	r.summarize(t)
	day, found, err := r.BusiestDay(t.Context(), "sales", "transactions")
	if err != nil || !found || day.Format(time.DateOnly) != "2026-11-25" {
		t.Fatalf("day = %v, %v, %v", day, found, err)
	}
	summaries, err := r.SummariesOf(t.Context(), "sales", day)
	if err != nil {
		t.Fatal(err)
	}
	want := pipeline.Summary{
		Dataset: "sales", Day: day, KPI: "category_customers", Dimension: map[string]string{"currency": "PEN"}, Value: "0",
	}
	if len(summaries) != 9 {
		t.Errorf("%d summaries", len(summaries))
	} else if diff := cmp.Diff(want, summaries[0]); diff != "" {
		t.Errorf("(-want +got):\n%s", diff)
	}
}
