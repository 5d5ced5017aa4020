package sandbox

import (
	"bytes"
	"fmt"
	"os"
	"strconv"
)

// MeasuresMemory tells whether this machine shows the memory of a process, without which memory limits are not enforced.
func MeasuresMemory() bool { return residentBytes(os.Getpid()) > 0 }

// residentBytes gives the resident set of a process from Linux's /proc/<pid>/statm (see proc(5)), or 0 where there is none.
func residentBytes(pid int) int64 {
	b, err := os.ReadFile(fmt.Sprintf("/proc/%d/statm", pid))
	if err != nil {
		return 0
	}
	var total, resident int64
	if _, err := fmt.Sscan(string(b), &total, &resident); err != nil {
		return 0
	}
	return resident * int64(os.Getpagesize())
}

// peakBytes gives the most that was resident at any moment since the process began, as Linux has counted it
// (/proc/<pid>/status, see proc(5)), or 0 where it is not told: what a process takes and gives back between two looks is not
// missed. It costs more than residentBytes does.
func peakBytes(pid int) int64 {
	status, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", pid))
	if err != nil {
		return 0
	}
	_, after, _ := bytes.Cut(status, []byte("\nVmHWM:"))
	line, _, _ := bytes.Cut(after, []byte(" kB"))
	kilobytes, err := strconv.ParseInt(string(bytes.TrimSpace(line)), 10, 64)
	if err != nil {
		return 0
	}
	return kilobytes << 10
}
