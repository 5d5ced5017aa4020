package faults

import (
	"maps"
	"sync/atomic"
	"time"
)

// Injector decides at each opportunity whether a fault happens. Its methods may be called concurrently. A nil Injector injects
// nothing.
type Injector struct {
	// now is the plan that is on, or the one that was; nil before the first.
	now atomic.Pointer[run]
}

// run is a plan at work.
type run struct {
	plan   Plan
	counts map[Kind]*count
	// ended is closed when the plan is switched off or replaced, over set then.
	ended chan struct{}
	over  atomic.Bool
}

type count struct{ opportunities, injected atomic.Uint64 }

// Start switches a plan on, in place of one that is on. The error says what the plan cannot mean.
func (i *Injector) Start(p Plan) error {
	if err := p.check(); err != nil {
		return err
	}
	p.Probability = maps.Clone(p.Probability)
	fresh := &run{plan: p, counts: map[Kind]*count{}, ended: make(chan struct{})}
	for kind := range takesTime {
		fresh.counts[kind] = &count{}
	}
	i.now.Swap(fresh).end()
	return nil
}

// Stop switches the plan off. Its counts stay to be read.
func (i *Injector) Stop() { i.now.Load().end() }

func (r *run) end() {
	if r != nil && r.over.CompareAndSwap(false, true) {
		close(r.ended)
	}
}

// active gives the plan that is on, or nil.
func (i *Injector) active() *run {
	if i == nil {
		return nil
	}
	if r := i.now.Load(); r != nil && !r.over.Load() {
		return r
	}
	return nil
}

// On tells whether a plan is on.
func (i *Injector) On() bool { return i.active() != nil }

// Draw counts an opportunity of a kind; true tells that the fault happens.
func (i *Injector) Draw(kind Kind) (Fault, bool) {
	r := i.active()
	if r == nil || r.plan.Probability[kind] == 0 {
		return Fault{}, false
	}
	counts := r.counts[kind]
	f := newFault(r, kind, counts.opportunities.Add(1))
	if f.random.Float64() >= r.plan.Probability[kind] {
		return Fault{}, false
	}
	counts.injected.Add(1)
	return f, true
}

// Visibility cuts a visibility timeout to what the plan allows.
func (i *Injector) Visibility(d time.Duration) time.Duration {
	if r := i.active(); r != nil {
		return cut(d, r.plan.MaxVisibility)
	}
	return d
}

// RetryDelay cuts the wait before a retry to what the plan allows.
func (i *Injector) RetryDelay(d time.Duration) time.Duration {
	if r := i.active(); r != nil {
		return cut(d, r.plan.MaxRetryDelay)
	}
	return d
}

func cut(d time.Duration, limit Milliseconds) time.Duration {
	if limit == 0 {
		return d
	}
	return min(d, limit.Duration())
}

// Report tells which plan is on and what it has done.
type Report struct {
	On bool `json:"on"`
	// Plan is the one that is on, or was last; nil before the first.
	Plan *Plan `json:"plan"`
	// Opportunities and Injected count since the plan was switched on, by kind. Kinds that the plan does not have are not
	// counted.
	Opportunities map[Kind]uint64 `json:"opportunities"`
	Injected      map[Kind]uint64 `json:"injected"`
}

// Report tells what happened so far.
func (i *Injector) Report() Report {
	report := Report{Opportunities: map[Kind]uint64{}, Injected: map[Kind]uint64{}}
	r := i.now.Load()
	if r == nil {
		return report
	}
	plan := r.plan
	plan.Probability = maps.Clone(plan.Probability)
	report.On, report.Plan = !r.over.Load(), &plan
	for kind := range plan.Probability {
		report.Opportunities[kind] = r.counts[kind].opportunities.Load()
		report.Injected[kind] = r.counts[kind].injected.Load()
	}
	return report
}
