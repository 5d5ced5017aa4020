package dateformat_test

import (
	"strings"
	"testing"
	"time"

	"acequia/shared/contract/dateformat"
)

func TestRead(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct {
		pattern, text string
		want          string // RFC 3339; empty for other outcomes
		outcome       dateformat.Outcome
	}{
		{"yyyy-MM-dd", "2026-11-24", "2026-11-24T00:00:00Z", dateformat.Read},
		{"yyyy-MM-dd", "2024-02-29", "2024-02-29T00:00:00Z", dateformat.Read},
		{"yyyy-MM-dd", "2026-02-29", "", dateformat.Impossible},
		{"yyyy-MM-dd", "1900-02-29", "", dateformat.Impossible},
		{"yyyy-MM-dd", "2026-13-01", "", dateformat.Impossible},
		{"yyyy-MM-dd", "0000-01-01", "", dateformat.Impossible},
		{"yyyy-MM-dd", "2026-1-1", "", dateformat.Other},
		{"yyyy-MM-dd", "2026-11-24 ", "", dateformat.Other},
		{"yyyy-MM-dd", "24/11/2026", "", dateformat.Other},
		{"yyyy-MM-dd", "", "", dateformat.Other},
		{"d/M/yyyy", "4/1/2026", "2026-01-04T00:00:00Z", dateformat.Read},
		{"dd/MM/yyyy", "24/11/2026", "2026-11-24T00:00:00Z", dateformat.Read},
		{"yyyyMMdd", "20261124", "2026-11-24T00:00:00Z", dateformat.Read},
		{"dd MMM yy", "24 NOV 26", "2026-11-24T00:00:00Z", dateformat.Read},
		{"dd MMM yy", "24 Nop 26", "", dateformat.Other},
		{"yyyy-MM-dd'T'HH:mm:ss.SSSXXX", "2026-11-24T10:20:30.123-05:00", "2026-11-24T10:20:30.123-05:00", dateformat.Read},
		{"yyyy-MM-dd HH:mm[:ss]", "2026-11-24 10:20", "2026-11-24T10:20:00Z", dateformat.Read},
		{"yyyy-MM-dd HH:mm[:ss]", "2026-11-24 24:00", "", dateformat.Impossible},
		{"yyyy-MM-dd HH:mmX", "2026-11-24 10:20+05", "2026-11-24T10:20:00+05:00", dateformat.Read},
		{"yyyy-MM-dd HH:mmXX", "2026-11-24 10:20+0530", "2026-11-24T10:20:00+05:30", dateformat.Read},
		{"uuuu'''y'MM.dd", "2026'y11.24", "2026-11-24T00:00:00Z", dateformat.Read},
	} {
		format, err := dateformat.Parse(tt.pattern)
		if err != nil {
			t.Errorf("%s: %v", tt.pattern, err)
			continue
		}
		moment, outcome := format.Read([]byte(tt.text))
		if outcome != tt.outcome {
			t.Errorf("%s read %q with the outcome %d, want %d", tt.pattern, tt.text, outcome, tt.outcome)
			continue
		}
		if at, _ := moment.In(time.UTC); outcome == dateformat.Read && at.Format(time.RFC3339Nano) != tt.want {
			t.Errorf("%s read %q as %s, want %s", tt.pattern, tt.text, at.Format(time.RFC3339Nano), tt.want)
		}
	}
}

func TestISO(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"2026-11-24T10:20:30Z":             "2026-11-24T10:20:30Z",
		"2026-11-24 10:20:30.5-05:00":      "2026-11-24T10:20:30.5-05:00",
		"2026-11-24T10:20:30.123456789":    "2026-11-24T10:20:30.123456789Z",
		"2026-11-24T10:20":                 "2026-11-24T10:20:00Z",
		"2026-11-24T10:20:30+99:00":        "impossible",
		"2026-11-24":                       "other",
		"2026-11-24T10:20:30.1234567890":   "other",
		"Tue, 24 Nov 2026 10:20:30 +0000":  "other",
		"2026-11-24T10:20:30+05:00 (Lima)": "other",
	} {
		moment, outcome := dateformat.ISO.Read([]byte(text))
		got := map[dateformat.Outcome]string{dateformat.Other: "other", dateformat.Impossible: "impossible"}[outcome]
		if outcome == dateformat.Read {
			at, _ := moment.In(time.UTC)
			got = at.Format(time.RFC3339Nano)
		}
		if got != want {
			t.Errorf("%q: %s, want %s", text, got, want)
		}
	}
}

func TestTimesThatAClockSkipped(t *testing.T) {
	t.Parallel()
	berlin, err := time.LoadLocation("Europe/Berlin")
	if err != nil {
		t.Fatal(err)
	}
	moment, _ := dateformat.ISO.Read([]byte("2026-03-29T02:30:00"))
	if at, ok := moment.In(berlin); ok {
		t.Errorf("the clocks of Berlin never showed that, but it is %s", at)
	}
}

func TestFormatsThatAreNone(t *testing.T) {
	t.Parallel()
	for pattern, want := range map[string]string{
		"yyyy-MM": "lacks", "": "lacks", "YYYY-MM-dd": "letter Y", "yyyy-MMMM-dd": "MMMM is not read", "yyy-MM-dd": "yyy is not read",
		"yyyy-MM-dd'T": "apostrophe", "yyyy-MM-dd[HH": "not closed", "yyyy-MM-dd]": "closes nothing",
	} {
		if _, err := dateformat.Parse(pattern); err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%q: %v, want an error with %q", pattern, err, want)
		}
	}
}

// Whatever time.Parse reads as a date, the format reads as the same, and nothing else.
func FuzzRead(f *testing.F) {
	for _, seed := range []string{"2026-11-24", "2026-02-30", "0001-01-01", "9999-12-31", "2026-1-1", "\x00", "２０２６-11-24"} {
		f.Add(seed)
	}
	format, err := dateformat.Parse("yyyy-MM-dd")
	if err != nil {
		f.Fatal(err)
	}
	f.Fuzz(func(t *testing.T, text string) {
		want, err := time.Parse(time.DateOnly, text)
		moment, outcome := format.Read([]byte(text))
		if (err == nil && want.Year() > 0) != (outcome == dateformat.Read) {
			t.Fatalf("%q: outcome %d, time.Parse says %v", text, outcome, err)
		}
		if at, _ := moment.In(time.UTC); outcome == dateformat.Read && !at.Equal(want) {
			t.Fatalf("%q: %s, time.Parse says %s", text, at, want)
		}
	})
}
