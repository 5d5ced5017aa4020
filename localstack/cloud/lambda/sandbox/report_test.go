package sandbox_test

import (
	"fmt"
	"math"
	"regexp"
	"testing"

	"acequia/localstack/cloud/internal/testfunction"
	"acequia/localstack/cloud/lambda/sandbox"
)

// reportLine is the form of CloudWatch's line, which tools cut apart at its tabs.
var reportLine = regexp.MustCompile(`(?m)^REPORT RequestId: (\S+)\tDuration: (\d+\.\d\d) ms\tBilled Duration: (\d+) ms\t` +
	`Memory Size: (\d+) MB\tMax Memory Used: (\d+) MB(?:\tInit Duration: (\d+\.\d\d) ms)?$`)

type reported struct {
	id                         string
	duration, init             float64
	billed, memorySize, memory int
}

func reportOf(t *testing.T, result sandbox.Result) (r reported) {
	t.Helper()
	match := reportLine.FindStringSubmatch(string(result.LogTail))
	if match == nil {
		t.Fatalf("no report in %s", result.LogTail)
	}
	r.id = match[1]
	for i, value := range []any{&r.duration, &r.billed, &r.memorySize, &r.memory, &r.init} {
		if text := match[i+2]; text != "" {
			if _, err := fmt.Sscan(text, value); err != nil {
				t.Fatal(err)
			}
		}
	}
	return r
}

func TestReports(t *testing.T) {
	t.Parallel()
	pool := newPool(t, options(t), nil)
	cold := reportOf(t, invoke(t, pool, testfunction.Command{Do: "sleep", Amount: 30}))
	if cold.id != "r-1" || cold.duration < 30 || cold.init <= 0 || cold.memorySize != 128 ||
		math.Abs(float64(cold.billed)-math.Ceil(cold.duration+cold.init)) > 1 { // the parts are rounded, too
		t.Errorf("cold: %+v", cold)
	}
	// 64 MB that are there for a moment are used, and a warm process does not forget them.
	peak := reportOf(t, invoke(t, pool, testfunction.Command{Do: "peak", Amount: 64}))
	warm := reportOf(t, invoke(t, pool, testfunction.Command{}))
	if cold.memory >= 64 || peak.memory < 64 || peak.memory > 128 || warm.memory != peak.memory || warm.init != 0 {
		t.Errorf("memory: cold %+v, peak %+v, warm %+v", cold, peak, warm)
	}
	got := pool.Usage().Spent
	want := sandbox.Spent{
		Invocations: 3, Starts: 1, BilledMilliseconds: int64(cold.billed + peak.billed + warm.billed), MemorySizeMB: 128,
		MaxMemoryUsedMB: int64(peak.memory),
	}
	if got != want {
		t.Errorf("spent %+v, reported %+v", got, want)
	}
}
