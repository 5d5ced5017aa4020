package load_test

import (
	"cmp"
	"fmt"
	"slices"

	"acequia/shared/pipeline"
)

// expectation is what is in the database at the end.
type expectation struct {
	warehouse, superseded, objects []string
}

func (e expectation) sort() {
	for _, list := range [][]string{e.warehouse, e.superseded, e.objects} {
		slices.Sort(list)
	}
}

// fate is what becomes of an object.
type fate struct {
	object
	status     pipeline.Status
	replacedBy string
	counts     pipeline.Counts
}

// row is a row of an object, in the warehouse or superseded.
type row struct {
	*fate
	record
}

// expected is the oracle. It knows no time: it takes the objects one after another in the order of their ranks.
func (s scenario) expected() expectation {
	fates := s.fates()
	holders := map[string]row{}
	var e expectation
	for _, f := range fates {
		if f.status != pipeline.Published {
			continue
		}
		for key, r := range f.winners() {
			if f.replacedBy != "" {
				f.counts.Superseded++
				continue
			}
			f.counts.Loaded++
			if before, taken := holders[key]; taken {
				before.counts.Loaded--
				before.counts.Superseded++
				e.superseded = append(e.superseded, before.text())
			}
			holders[key] = row{f, r}
		}
	}
	for _, r := range holders {
		e.warehouse = append(e.warehouse, r.text())
	}
	for _, f := range fates {
		e.objects = append(e.objects, f.text())
	}
	e.sort()
	return e
}

// fates says how each object ends, in the order of their ranks.
func (s scenario) fates() []*fate {
	var fates []*fate
	for _, o := range s.objects {
		f := s.alone(o)
		if slices.ContainsFunc(s.forgotten, func(g object) bool { return g.Key == o.Key && g.Rank >= o.Rank }) {
			f = fate{object: o, status: pipeline.Forgotten}
		}
		fates = append(fates, &f)
	}
	slices.SortFunc(fates, func(a, b *fate) int { return cmp.Compare(a.Rank, b.Rank) })
	runs, last := map[string]bool{}, map[string]*fate{}
	for _, f := range fates {
		if f.status != pipeline.Published {
			continue
		}
		if runs[f.Rank.Run()] {
			f.status = pipeline.Unchanged
			continue
		}
		runs[f.Rank.Run()] = true
		if older := last[f.Key]; older != nil && s.contract.Replace {
			older.replacedBy = f.VersionID
		}
		last[f.Key] = f
	}
	return fates
}

// alone says how an object would end if there were no other: as its replay does, unless that does not end well.
func (s scenario) alone(o object) fate {
	first := fate{object: o, status: s.status(o, s.broken[o.ID])}
	replay, replayed := s.replays[o.ID]
	if !replayed {
		return first
	}
	second := fate{object: replay, status: s.status(replay, s.brokenReplays[o.ID])}
	if second.status != pipeline.Published && first.status == pipeline.Published {
		return first
	}
	return second
}

func (s scenario) status(o object, broken bool) pipeline.Status {
	var rejected int64
	for _, r := range o.records() {
		if r.key == "" {
			rejected++
		}
	}
	switch {
	case broken && len(o.chunks) > 0:
		return pipeline.Failed
	case s.contract.Reject.Exceeded(rejected, int64(len(o.records()))):
		return pipeline.Refused
	}
	return pipeline.Published
}

// winners gives the last record of each key, and counts the others.
func (f *fate) winners() map[string]record {
	last := map[string]record{}
	for _, r := range f.records() {
		if r.key == "" {
			f.counts.Rejected++
			continue
		}
		if _, again := last[r.key]; again {
			f.counts.Duplicates++
		}
		last[r.key] = r
	}
	return last
}

func (f *fate) text() string {
	name := fmt.Sprint(f.Key, " ", f.VersionID, " ", f.status)
	if f.status != pipeline.Published {
		return name
	}
	c := f.counts
	return fmt.Sprintf("%s %d=%d+%d+%d+%d %s", name, len(f.records()), c.Loaded, c.Superseded, c.Duplicates, c.Rejected, f.replacedBy)
}

func (r row) text() string {
	return fmt.Sprint(r.key, " ", r.Key, " ", r.VersionID, " ", r.offset, " ", r.day, " ", r.value)
}
