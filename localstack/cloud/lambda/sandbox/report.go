package sandbox

import (
	"fmt"
	"math"
	"strings"
	"time"
)

// report is what the log says of an invocation at its end.
type report struct {
	requestID      string
	duration, init time.Duration
	memorySize     int   // MB
	memoryUsed     int64 // bytes
	failed         string
}

func startLine(requestID string) string {
	return fmt.Sprintf("START RequestId: %s Version: $LATEST", requestID)
}

func endLine(requestID string) string { return "END RequestId: " + requestID }

// reportLine gives the line that CloudWatch shows, with its tabs. The initialization is billed, as since August 2025.
func reportLine(r report) string {
	fields := []string{
		"REPORT RequestId: " + r.requestID,
		fmt.Sprintf("Duration: %.2f ms", milliseconds(r.duration)),
		fmt.Sprintf("Billed Duration: %.0f ms", math.Ceil(milliseconds(r.duration+r.init))),
		fmt.Sprintf("Memory Size: %d MB", r.memorySize),
		fmt.Sprintf("Max Memory Used: %d MB", (r.memoryUsed+1<<20-1)>>20),
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

func milliseconds(d time.Duration) float64 { return float64(d) / float64(time.Millisecond) }
