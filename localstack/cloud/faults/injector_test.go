package faults_test

import (
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"acequia/localstack/cloud/faults"
)

// plan gives every kind the same probability.
func plan(seed uint64, probability float64) faults.Plan {
	p := faults.Plan{Seed: seed, MaxDelay: 100, Probability: map[faults.Kind]float64{}}
	for _, kind := range faults.Kinds() {
		p.Probability[kind] = probability
	}
	return p
}

func started(t *testing.T, p faults.Plan) *faults.Injector {
	t.Helper()
	i := &faults.Injector{}
	if err := i.Start(p); err != nil {
		t.Fatal(err)
	}
	return i
}

// decisions tells what becomes of the first n opportunities of a kind, and how long it takes.
func decisions(i *faults.Injector, kind faults.Kind, n int) []time.Duration {
	taken := make([]time.Duration, n)
	for j := range taken {
		if f, happens := i.Draw(kind); happens {
			taken[j] = f.Delay()
		}
	}
	return taken
}

func TestSeedDecides(t *testing.T) {
	t.Parallel()
	const n = 2000
	one, same, other := started(t, plan(7, 0.1)), started(t, plan(7, 0.1)), started(t, plan(8, 0.1))
	decisions(same, faults.S3Stalled, 500) // other kinds decide nothing
	first := decisions(one, faults.MessageDelayed, n)
	if again := decisions(same, faults.MessageDelayed, n); !equal(first, again) {
		t.Error("the same seed decides differently")
	}
	if equal(first, decisions(other, faults.MessageDelayed, n)) || equal(first, decisions(one, faults.VisibilityExpired, n)) {
		t.Error("another seed, or another kind, decides the same")
	}
	report := one.Report()
	if got := report.Injected[faults.MessageDelayed]; got < n/15 || got > n/7 || report.Opportunities[faults.MessageDelayed] != n {
		t.Errorf("%d of %d opportunities became faults, want about a tenth", got, report.Opportunities[faults.MessageDelayed])
	}
}

func equal(a, b []time.Duration) bool {
	for i := range a {
		if a[i] != b[i] {
			return false
		}
	}
	return true
}

func TestSwitchedOffNothingHappens(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		i := started(t, plan(1, 1))
		f, happens := i.Draw(faults.MessageDelayed)
		if !happens {
			t.Fatal("a fault of probability 1 does not happen")
		}
		began := time.Now()
		i.Stop()
		if err := f.Wait(t.Context()); err != nil || time.Since(began) > 0 {
			t.Errorf("what was held back waits on for %v (%v)", time.Since(began), err)
		}
		if _, happens := i.Draw(faults.MessageDelayed); happens || i.On() || i.Report().Injected[faults.MessageDelayed] != 1 {
			t.Errorf("after the end: %+v", i.Report())
		}
		if got := i.Visibility(time.Hour); got != time.Hour {
			t.Errorf("a visibility timeout is cut to %v", got)
		}
	})
}

func TestReadPlanRefuses(t *testing.T) {
	t.Parallel()
	for _, test := range []struct{ json, want string }{
		{`{"seeds": 1}`, `unknown field "seeds"`},
		{`{"probability": {"s3_slowdown": 0.1}}`, `no fault "s3_slowdown"; there are [invocation_doubled`},
		{`{"probability": {"s3_slow_down": 1.1}}`, "s3_slow_down is 1.1, not from 0 to 1"},
		{`{"probability": {"message_delayed": 0.1}}`, "message_delayed takes time: max_delay_ms"},
		{`{"max_delay_ms": 30001}`, "not from 0 to 30000"},
		{`{"max_visibility_ms": -1}`, "neither can be negative"},
	} {
		if _, err := faults.ReadPlan(strings.NewReader(test.json)); err == nil || !strings.Contains(err.Error(), test.want) {
			t.Errorf("%s: error = %v, want %s", test.json, err, test.want)
		}
	}
}
