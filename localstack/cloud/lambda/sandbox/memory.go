package sandbox

import (
	"fmt"
	"os"
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
