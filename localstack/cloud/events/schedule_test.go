package events_test

import (
	"testing"
	"time"

	"acequia/localstack/cloud/events"
)

func TestSchedules(t *testing.T) {
	t.Parallel()
	tests := []struct {
		expression string
		after      string
		next       []string // empty for never
	}{
		{"cron(15 5 * * ? *)", "2026-11-24T05:15:00Z", []string{"2026-11-25T05:15:00Z", "2026-11-26T05:15:00Z"}},
		{"cron(15 5 * * ? *)", "2026-11-24T06:14:59+01:00", []string{"2026-11-24T05:15:00Z"}},
		{"cron(0/20 * * * ? *)", "2026-11-24T05:15:00Z", []string{"2026-11-24T05:20:00Z", "2026-11-24T05:40:00Z", "2026-11-24T06:00:00Z"}},
		{"cron(0 8 1 * ? *)", "2026-11-24T00:00:00Z", []string{"2026-12-01T08:00:00Z"}},
		// 24 November 2026 is a Tuesday, EventBridge's day 3.
		{"cron(0 18 ? * MON-FRI *)", "2026-11-27T18:00:00Z", []string{"2026-11-30T18:00:00Z"}},
		{"cron(0 18 ? * 2-6 *)", "2026-11-27T18:00:00Z", []string{"2026-11-30T18:00:00Z"}},
		{"cron(0 0 ? * 3 *)", "2026-11-24T00:00:00Z", []string{"2026-12-01T00:00:00Z"}},
		{"cron(0 0 ? * 1,7 *)", "2026-11-24T00:00:00Z", []string{"2026-11-28T00:00:00Z", "2026-11-29T00:00:00Z"}},
		{"cron(0 0 ? JUL 1/2 *)", "2026-11-24T00:00:00Z", []string{"2027-07-01T00:00:00Z", "2027-07-03T00:00:00Z", "2027-07-04T00:00:00Z"}},
		{"cron(0 0 29 2 ? *)", "2026-11-24T00:00:00Z", []string{"2028-02-29T00:00:00Z"}},
		{"cron(0 0 1 1 ? 2027,2029-2030)", "2026-11-24T00:00:00Z", []string{"2027-01-01T00:00:00Z", "2029-01-01T00:00:00Z", "2030-01-01T00:00:00Z", ""}},
		{"cron(0 0 1 1 ? 2020)", "2026-11-24T00:00:00Z", []string{""}},
		{"cron(0 0 31 2 ? *)", "2026-11-24T00:00:00Z", []string{""}},
		{"rate(1 minute)", "2026-11-24T05:15:07Z", []string{"2026-11-24T05:16:07Z", "2026-11-24T05:17:07Z"}},
		{"rate(12 hours)", "2026-11-24T05:15:00Z", []string{"2026-11-24T17:15:00Z"}},
		{"rate(7 days)", "2026-11-24T05:15:00Z", []string{"2026-12-01T05:15:00Z"}},
	}
	for _, test := range tests {
		s, err := events.ParseSchedule(test.expression)
		if err != nil {
			t.Error(err)
			continue
		}
		at, err := time.Parse(time.RFC3339, test.after)
		if err != nil {
			t.Fatal(err)
		}
		for _, want := range test.next {
			at = s.Next(at)
			got := at.Format(time.RFC3339)
			if at.IsZero() {
				got = ""
			}
			if got != want {
				t.Errorf("%s after %s: %q, want %q", test.expression, test.after, got, want)
			}
		}
	}
}

func TestSchedulesThatAreRefused(t *testing.T) {
	t.Parallel()
	for _, expression := range []string{
		"", "at(2026-11-24T00:00:00)", "cron(0 0 * * *)", "cron(0 0 * * * *)", "cron(0 0 ? * ? *)", "cron(60 0 * * ? *)",
		"cron(0 0 L * ? *)", "cron(0 0 1W * ? *)", "cron(0 0 ? * 6L *)", "cron(0 0 ? * 2#1 *)", "cron(0 0 ? * 0 *)",
		"cron(0 0 ? * 8 *)", "cron(0 0 * * ? 1969)", "cron(0 0 * * ? 2200)", "cron(0 0 * * ? 2027-2026)", "cron(0 0 * * ? */2)",
		"cron(@daily)", "rate(0 minutes)", "rate(1 minutes)", "rate(5 minute)", "rate(5 weeks)", "rate(minute)", "rate(-1 hours)",
	} {
		if s, err := events.ParseSchedule(expression); err == nil {
			t.Errorf("%s was taken: next is %s", expression, s.Next(time.Now()))
		}
	}
}

// Whatever the expression, it is refused or gives times that go forward.
func FuzzParseSchedule(f *testing.F) {
	for _, seed := range []string{"cron(15 5 * * ? *)", "cron(0/20 1-5 ? JAN-MAR MON,3-7/2 2027,2029-2030)", "rate(5 minutes)", "cron(*/7 ? ? ? ? ?)"} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, expression string) {
		s, err := events.ParseSchedule(expression)
		if err != nil {
			return
		}
		at := time.Date(2026, 11, 24, 0, 0, 0, 0, time.UTC)
		for range 3 {
			next := s.Next(at)
			if next.IsZero() {
				return
			}
			if !next.After(at) {
				t.Fatalf("%s: %s comes after %s", expression, next, at)
			}
			at = next
		}
	})
}
