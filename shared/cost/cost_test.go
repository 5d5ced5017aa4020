package cost_test

import (
	"testing"

	"acequia/shared/cost"
	"acequia/shared/pipeline"
)

// The sums were made by hand from the pages that prices.go names.
func TestWhatAUsageCosts(t *testing.T) {
	t.Parallel()
	for want, usage := range map[string]pipeline.Usage{
		"0.000000000000":  {},
		"0.000400000000":  {S3Gets: 1000, BytesRead: 1 << 40},
		"0.005000000000":  {S3Puts: 1000, BytesWritten: 1 << 40},
		"0.400000000000":  {SQSRequests: 1_000_000},
		"0.200000000000":  {Invocations: 1_000_000},
		"0.000013333400":  {MBMilliseconds: 1024 * 1000},
		"0.000000006510":  {MBMilliseconds: 500}, // 512 MB for less than a millisecond
		"4.200033400000":  {S3Gets: 1, S3Puts: 2, SQSRequests: 3, Invocations: 4, MBMilliseconds: 1024 * 1000 * 315_000},
		"13.333400000000": {MBMilliseconds: 1024 * 1000 * 1_000_000},
	} {
		if got := cost.Of(usage).String(); got != want {
			t.Errorf("%+v costs %s, want %s", usage, got, want)
		}
	}
	if got := cost.Dollars(-1).String(); got != "-0.000000000001" {
		t.Errorf("-1 is %s", got)
	}
}
