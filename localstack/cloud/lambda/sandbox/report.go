package sandbox

import (
	"fmt"
	"math"
	"strings"
	"time"
)

// report is what the log says of an invocation at its end.
type report struct {
	requestID string
	// duration is from when the process is handed the invocation until it asks for the next one; init, for the first
	// invocation of a process, from the process's start until it asks for that.
	duration, init time.Duration
	memorySize     int // MB
	// memoryUsed is the most in bytes that the process has used since its start: as on AWS, a warm process does not forget
	// what an earlier invocation took.
	memoryUsed int64
	failed     string
}

// billed is what AWS bills, in milliseconds: the duration rounded up, which includes the initialization since August 2025
// (AWS: "AWS Lambda standardizes billing for INIT Phase").
func (r report) billed() int64 { return int64(math.Ceil(milliseconds(r.duration + r.init))) }

func startLine(requestID string) string {
	return fmt.Sprintf("START RequestId: %s Version: $LATEST", requestID)
}

func endLine(requestID string) string { return "END RequestId: " + requestID }

// String gives the line that CloudWatch shows, with its tabs.
func (r report) String() string {
	fields := []string{
		"REPORT RequestId: " + r.requestID,
		fmt.Sprintf("Duration: %.2f ms", milliseconds(r.duration)),
		fmt.Sprintf("Billed Duration: %d ms", r.billed()),
		fmt.Sprintf("Memory Size: %d MB", r.memorySize),
		fmt.Sprintf("Max Memory Used: %d MB", megabytes(r.memoryUsed)),
	}
	if r.init > 0 {
		fields = append(fields, fmt.Sprintf("Init Duration: %.2f ms", milliseconds(r.init)))
	}
	switch r.failed {
	case errorTimeout:
		fields = append(fields, "Status: timeout")
	case errorExit, errorMemory:
		fields = append(fields, "Status: error", "Error Type: "+r.failed)
	}
	return strings.Join(fields, "\t")
}

// megabytes rounds up, as a process that runs uses some.
func megabytes(bytes int64) int64 { return (bytes + 1<<20 - 1) >> 20 }

func milliseconds(d time.Duration) float64 { return float64(d) / float64(time.Millisecond) }
