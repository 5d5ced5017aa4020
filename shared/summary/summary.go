// Package summary takes what publications changed and gives the KPIs of exactly the days that changed.
package summary

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"time"

	"acequia/shared/contract"
	"acequia/shared/pipeline"
)

// Work is one run's transaction on the warehouse: what it reads and writes becomes visible together, or not at all, so
// that a run that dies leaves the changes for the next one.
type Work interface {
	// Changes gives all changes that no run has settled.
	Changes(ctx context.Context) ([]pipeline.Change, error)
	// Settle takes these changes off the ledger.
	Settle(ctx context.Context) error
	// DaysReferring gives the days of the data set's rows that refer to rows which the objects published.
	DaysReferring(ctx context.Context, of *contract.Contract, by contract.Relationship, objects []pipeline.ObjectID) ([]time.Time, error)
	// Summarize computes the data set's KPIs for the days, and puts them in the place of those that were there.
	Summarize(ctx context.Context, of *contract.Contract, days []time.Time) ([]pipeline.Summary, error)
	// Check runs the data set's checks across objects for the rows of these objects, and records the results.
	Check(ctx context.Context, of *contract.Contract, objects []pipeline.ObjectID) ([]pipeline.CheckResult, error)
}

// Summarizer is the stage's work with all that it needs.
type Summarizer struct {
	Catalog func(context.Context) (contract.Catalog, error)
	// Transact runs do in one transaction; of two at once, one waits for the other.
	Transact func(ctx context.Context, do func(Work) error) error
	// Put writes a report to the work bucket.
	Put func(ctx context.Context, key string, body []byte) error
}

// Result is what a run did.
type Result struct {
	Summaries []pipeline.Summary
	Checks    []pipeline.CheckResult
	// Days are those that were summed up, by data set: also the ones of which no row, and so no summary, is left.
	Days map[string][]time.Time
	// Invalid names the data sets whose contract is not valid. All changes stay until the contract is mended: which of them
	// concern its data set, only the contract can say.
	Invalid []string
}

// Run brings the daily summaries up to date. Running it again without a change does nothing.
func (s *Summarizer) Run(ctx context.Context) (Result, error) {
	var result Result
	catalog, err := s.Catalog(ctx)
	if err != nil {
		return result, err
	}
	err = s.Transact(ctx, func(w Work) error {
		result = Result{Days: map[string][]time.Time{}}
		changes, err := w.Changes(ctx)
		if err != nil || len(changes) == 0 {
			return err
		}
		if err := result.bringAll(ctx, w, catalog, changes); err != nil || len(result.Invalid) > 0 {
			return err
		}
		return w.Settle(ctx)
	})
	if err != nil {
		return Result{}, err
	}
	return result, s.report(ctx, result)
}

// bringAll brings every data set up to date.
func (r *Result) bringAll(ctx context.Context, w Work, catalog contract.Catalog, changes []pipeline.Change) error {
	for _, e := range catalog {
		if e.Contract == nil {
			r.Invalid = append(r.Invalid, e.Dataset())
			continue
		}
		if err := r.bring(ctx, w, e.Contract, changes); err != nil {
			return fmt.Errorf("summing up %s: %w", e.Contract.Dataset, err)
		}
	}
	return nil
}

// bring brings the summaries and checks of one data set up to date.
func (r *Result) bring(ctx context.Context, w Work, c *contract.Contract, changes []pipeline.Change) error {
	days, objects := affected(c.Dataset, changes)
	checks, err := w.Check(ctx, c, objects)
	if err != nil {
		return err
	}
	r.Checks = append(r.Checks, checks...)
	if c.Summary == nil {
		return nil
	}
	// A KPI may speak of the category of what was sold: then the days of the sales of products that changed, change too.
	for _, relationship := range c.Relationships {
		_, related := affected(relationship.Dataset, changes)
		if len(related) == 0 {
			continue
		}
		more, err := w.DaysReferring(ctx, c, relationship, related)
		if err != nil {
			return err
		}
		days = append(days, more...)
	}
	days = sorted(days)
	if len(days) == 0 {
		return nil
	}
	summaries, err := w.Summarize(ctx, c, days)
	r.Summaries, r.Days[c.Dataset] = append(r.Summaries, summaries...), days
	return err
}

// affected gives the days and objects of the changes to one data set.
func affected(dataset string, changes []pipeline.Change) (days []time.Time, objects []pipeline.ObjectID) {
	for _, change := range changes {
		if change.Dataset != dataset {
			continue
		}
		if change.Day != nil {
			days = append(days, *change.Day)
		}
		if !slices.Contains(objects, change.Object) {
			objects = append(objects, change.Object)
		}
	}
	return sorted(days), objects
}

func sorted(days []time.Time) []time.Time {
	slices.SortFunc(days, time.Time.Compare)
	return slices.CompactFunc(days, time.Time.Equal)
}

// report writes a document for each data set and day to the work bucket. That of a day without summaries is an empty list.
func (s *Summarizer) report(ctx context.Context, result Result) error {
	reports := map[string][]pipeline.Summary{}
	for dataset, days := range result.Days {
		for _, day := range days {
			reports[reportKey(dataset, day)] = []pipeline.Summary{}
		}
	}
	for _, summary := range result.Summaries {
		key := reportKey(summary.Dataset, summary.Day)
		reports[key] = append(reports[key], summary)
	}
	for key, report := range reports {
		b, err := json.MarshalIndent(report, "", "  ")
		if err != nil {
			return fmt.Errorf("encoding the report %s: %w", key, err)
		}
		if err := s.Put(ctx, key, b); err != nil {
			return err
		}
	}
	return nil
}

func reportKey(dataset string, day time.Time) string {
	return fmt.Sprintf("reports/%s/%s.json", dataset, day.Format(time.DateOnly))
}
