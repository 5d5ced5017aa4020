package load_test

import (
	"fmt"
	"slices"
	"strings"

	"acequia/shared/pipeline"
)

// expectation is what is in the database at the end. Objects are named by their run: which of several versions with the
// same bytes is the published one depends on the order, and nothing else does.
type expectation struct {
	warehouse, superseded, objects []string
}

func (e expectation) sort() {
	for _, list := range [][]string{e.warehouse, e.superseded, e.objects} {
		slices.Sort(list)
	}
}

// expected is the oracle: it takes the objects one after another in the order of their ranks.
func (s scenario) expected() expectation {
	var e expectation
	type holder struct {
		object
		record
	}
	holders := map[string]holder{}
	objects := slices.Clone(s.objects)
	slices.SortFunc(objects, func(a, b object) int { return strings.Compare(string(a.Rank), string(b.Rank)) })
	published := map[string]pipeline.Counts{}
	records := map[string]int{}
	for _, o := range objects {
		run := o.Rank.Run()
		status := s.status(o)
		if _, repeated := published[run]; repeated && status == pipeline.Published {
			status = pipeline.Unchanged
		}
		if status != pipeline.Published {
			e.objects = append(e.objects, fmt.Sprint(run, " ", status, " 0 0 0"))
			continue
		}
		counts := pipeline.Counts{}
		last := map[string]record{}
		for _, r := range o.records() {
			if r.key == "" {
				continue
			}
			if _, again := last[r.key]; again {
				counts.Duplicates++
			}
			last[r.key] = r
		}
		for key, r := range last {
			counts.Loaded++
			if before, taken := holders[key]; taken {
				loser := published[before.Rank.Run()]
				loser.Loaded--
				loser.Superseded++
				published[before.Rank.Run()] = loser
				e.superseded = append(e.superseded, rowText(before.object, before.record))
			}
			holders[key] = holder{o, r}
		}
		published[run], records[run] = counts, len(o.records())
	}
	for run, c := range published {
		e.objects = append(e.objects, fmt.Sprint(run, " published ", records[run], " ", c.Loaded, " ", c.Superseded, " ", c.Duplicates))
	}
	for _, h := range holders {
		e.warehouse = append(e.warehouse, rowText(h.object, h.record))
	}
	e.sort()
	return e
}

func (s scenario) status(o object) pipeline.Status {
	var rejected int64
	for _, r := range o.records() {
		if r.key == "" {
			rejected++
		}
	}
	switch {
	case s.broken[o.ID] && len(o.chunks) > 0:
		return pipeline.Failed
	case s.contract.Reject.Exceeded(rejected, int64(len(o.records()))):
		return pipeline.Refused
	}
	return pipeline.Published
}

func rowText(o object, r record) string {
	return fmt.Sprint(r.key, " ", o.Rank.Run(), " ", r.offset, " ", r.day, " ", r.value)
}
