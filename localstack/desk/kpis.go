package desk

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"

	"acequia/shared/pipeline"
)

// The KPIs of sales as their contract names them: those by currency, the one that names a category, and those by category.
const (
	busiestBy    = "transactions"
	bestCategory = "best_category"
	categorySort = "category_sales"
)

var (
	currencyKPIs = []string{"total_sales", "transactions", "unique_customers", "mean_ticket"}
	categoryKPIs = []string{"category_sales", "category_quantity", "category_transactions", "category_mean", "category_customers"}
)

// shownCategories is how many categories of a day are shown, the largest first.
const shownCategories = 8

// showBusiestDay shows the KPIs of the day with the most transactions.
func (d *Desk) showBusiestDay(ctx context.Context) error {
	day, ok, err := d.Summaries.BusiestDay(ctx, sampleDataset, busiestBy)
	if err != nil || !ok {
		return err
	}
	summaries, err := d.Summaries.SummariesOf(ctx, sampleDataset, day)
	if err != nil {
		return err
	}
	d.Term.Heading("The busiest day: " + day.Format("Monday, 2 January 2006"))
	d.Term.lines(currencyTable(summaries).render(d.Term))
	categories, more := categoryTable(summaries)
	d.Term.Line("")
	d.Term.lines(categories.render(d.Term))
	if more > 0 {
		d.Term.Line("%s", d.Term.paint(dim, fmt.Sprintf("  and %d more in acequia.daily_summaries", more)))
	}
	return nil
}

// pivot gives the values by dimension and KPI.
type pivot map[[2]string]map[string]string

func pivotOf(summaries []pipeline.Summary, kpis []string) pivot {
	p := pivot{}
	for _, s := range summaries {
		if !slices.Contains(kpis, s.KPI) {
			continue
		}
		at := [2]string{s.Dimension["currency"], s.Dimension["category"]}
		if p[at] == nil {
			p[at] = map[string]string{}
		}
		p[at][s.KPI] = s.Value
	}
	return p
}

func currencyTable(summaries []pipeline.Summary) *table {
	best := map[string]string{}
	for _, s := range summaries {
		if s.KPI == bestCategory {
			best[s.Dimension["currency"]] = fmt.Sprintf("%s (%s)", s.Dimension["category"], amount(s.Value))
		}
	}
	t := newTable(append(append([]string{"currency"}, titles(currencyKPIs)...), "best category")...)
	values := pivotOf(summaries, currencyKPIs)
	for _, at := range slices.SortedFunc(maps.Keys(values), func(a, b [2]string) int {
		return cmp.Or(compareDecimals(values[b][busiestBy], values[a][busiestBy]), strings.Compare(a[0], b[0]))
	}) {
		t.add(append(append([]cell{text(at[0])}, amounts(values[at], currencyKPIs)...), text(best[at[0]]))...)
	}
	return t
}

// categoryTable shows the categories that sold most, and tells how many it leaves out. A sale of an unknown product has no
// category.
func categoryTable(summaries []pipeline.Summary) (t *table, more int) {
	t = newTable(append([]string{"category", "currency"}, titles(categoryKPIs)...)...)
	values := pivotOf(summaries, categoryKPIs)
	all := slices.SortedFunc(maps.Keys(values), func(a, b [2]string) int {
		return cmp.Or(compareDecimals(values[b][categorySort], values[a][categorySort]), strings.Compare(a[0]+a[1], b[0]+b[1]))
	})
	for _, at := range all[:min(len(all), shownCategories)] {
		category := text(at[1])
		if at[1] == "" {
			category = cell{"(unknown)", dim}
		}
		t.add(append([]cell{category, text(at[0])}, amounts(values[at], categoryKPIs)...)...)
	}
	return t, max(0, len(all)-shownCategories)
}

func titles(kpis []string) []string {
	var all []string
	for _, kpi := range kpis {
		all = append(all, ">"+strings.ReplaceAll(strings.TrimPrefix(kpi, "category_"), "_", " "))
	}
	return all
}

func amounts(values map[string]string, kpis []string) []cell {
	var all []cell
	for _, kpi := range kpis {
		all = append(all, text(amount(values[kpi])))
	}
	return all
}

// compareDecimals compares two decimals that are not negative by their text, exactly.
func compareDecimals(a, b string) int {
	wholeA, fractionA, _ := strings.Cut(a, ".")
	wholeB, fractionB, _ := strings.Cut(b, ".")
	return cmp.Or(cmp.Compare(len(wholeA), len(wholeB)), strings.Compare(wholeA, wholeB), strings.Compare(fractionA, fractionB))
}
