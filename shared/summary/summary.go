// Package summary takes what publications changed and gives the KPIs of exactly the days that changed.
package summary

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"time"

	"acequia/shared/contract"
	"acequia/shared/pipeline"
)

// Work is one run's transaction on the warehouse: what it reads and writes becomes visible together, or not at all, so
// that a run that dies leaves the changes for the next one. An error ends the run, except a *pipeline.RefusedError: it says
// that a data set's contract does not hold up, what was done for that data set is undone, and the transaction goes on.
type Work interface {
	// Changes gives all changes that no run has settled.
	Changes(ctx context.Context) ([]pipeline.Change, error)
	// Settle takes these changes off the ledger, except those to the data sets that are kept.
	Settle(ctx context.Context, kept []string) error
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
	// Put writes a report to the work bucket, in the place of the one that was there.
	Put func(ctx context.Context, key string, body []byte) error
}

// Result is what a run did.
type Result struct {
	Summaries []pipeline.Summary
	Checks    []pipeline.CheckResult
	// Days are those that were summed up, by data set: also the ones of which no row, and so no summary, is left.
	Days map[string][]time.Time
	// Invalid holds the data sets that could not be summed up: their summaries and reports are as they were, and the changes
	// that concern them wait for the next run.
	Invalid []Invalid
}

// Invalid is a data set whose contract is not valid, or holds SQL that Postgres does not run.
type Invalid struct {
	Dataset string `json:"dataset"`
	// Reason is a sentence for a person.
	Reason string `json:"reason"`
}

// Run brings the daily summaries up to date. Running it again without a change does nothing. The reports are written before
// the commit: a run that fails may leave some that are ahead of the ledger, and the next run, which finds the same days
// changed, writes them again.
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
		if err := result.bringAll(ctx, w, catalog, changes); err != nil {
			return err
		}
		if err := s.report(ctx, result); err != nil {
			return err
		}
		return result.settle(ctx, w, catalog)
	})
	if err != nil {
		return Result{}, err
	}
	return result, nil
}

// bringAll brings every data set up to date whose contract holds up.
func (r *Result) bringAll(ctx context.Context, w Work, catalog contract.Catalog, changes []pipeline.Change) error {
	for _, e := range catalog {
		if e.Contract == nil {
			r.Invalid = append(r.Invalid, Invalid{e.Dataset(), e.Err.Error()})
			continue
		}
		err := r.bring(ctx, w, e.Contract, changes)
		var refused *pipeline.RefusedError
		switch {
		case errors.As(err, &refused):
			r.Invalid = append(r.Invalid, Invalid{e.Dataset(), refused.Reason})
		case err != nil:
			return fmt.Errorf("summing up %s: %w", e.Dataset(), err)
		}
	}
	return nil
}

// settle takes off the changes that no data set waits for. One that could not be summed up waits for its own, and for those
// to the data sets that it refers to. Which these are, only a valid contract can say: without it, all changes stay.
func (r *Result) settle(ctx context.Context, w Work, catalog contract.Catalog) error {
	var kept []string
	for _, e := range catalog {
		if !slices.ContainsFunc(r.Invalid, func(i Invalid) bool { return i.Dataset == e.Dataset() }) {
			continue
		}
		if e.Contract == nil {
			return nil
		}
		kept = append(kept, e.Dataset())
		for _, relationship := range e.Contract.Relationships {
			kept = append(kept, relationship.Dataset)
		}
	}
	return w.Settle(ctx, kept)
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
	if err != nil {
		return err
	}
	r.Summaries, r.Days[c.Dataset] = append(r.Summaries, summaries...), days
	return nil
}

// affected gives the days and objects of the changes to one data set.
func affected(dataset string, changes []pipeline.Change) (days []time.Time, objects []pipeline.ObjectID) {
	seen := map[pipeline.ObjectID]bool{}
	for _, change := range changes {
		if change.Dataset != dataset {
			continue
		}
		if change.Day != nil {
			days = append(days, *change.Day)
		}
		if !seen[change.Object] {
			seen[change.Object] = true
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
