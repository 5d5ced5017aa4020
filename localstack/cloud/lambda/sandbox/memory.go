package sandbox

import (
	"bytes"
	"fmt"
	"os"
	"strconv"
)

// MeasuresMemory tells whether this machine shows the memory of a process, without which memory limits are not enforced.
func MeasuresMemory() bool { return memoryOf(os.Getpid()).resident > 0 }

// memory is what a process uses, in bytes.
type memory struct {
	resident int64
	// peak is the most that was resident at any moment since the process began, as the kernel has counted it: a process that
	// takes memory and gives it back between two looks is not missed.
	peak int64
}

// memoryOf reads Linux's /proc/<pid>/status (see proc_pid_status(5)); all is 0 where there is none.
func memoryOf(pid int) memory {
	status, err := os.ReadFile(fmt.Sprintf("/proc/%d/status", pid))
	if err != nil {
		return memory{}
	}
	return memory{resident: statusBytes(status, "VmRSS:"), peak: statusBytes(status, "VmHWM:")}
}

// statusBytes gives the value of a line such as "VmRSS:	    1234 kB".
func statusBytes(status []byte, field string) int64 {
	_, after, _ := bytes.Cut(status, []byte("\n"+field))
	line, _, _ := bytes.Cut(after, []byte(" kB"))
	kilobytes, err := strconv.ParseInt(string(bytes.TrimSpace(line)), 10, 64)
	if err != nil {
		return 0
	}
	return kilobytes << 10
}
