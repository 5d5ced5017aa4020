package main

import (
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"time"
)

// tick is the unit of processor time in /proc (USER_HZ, 100 on every Linux).
const tick = 10 * time.Millisecond

// usage is processor time by who took it.
type usage map[string]time.Duration

func (u usage) minus(before usage) usage {
	spent := usage{}
	for who, t := range u {
		spent[who] = t - before[who]
	}
	return spent
}

func (u usage) total() (sum time.Duration) {
	for _, t := range u {
		sum += t
	}
	return sum
}

// watch looks at the processes of the database, of the local cloud and of the functions.
type watch struct {
	postmaster int // the parent of all of the server's processes
	cloud      int // the local cloud's process, the parent of the functions'
}

// usage adds up what the processes took so far. Of a process that has ended, its parent knows.
func (w watch) usage() usage {
	all := usage{"client": client()}
	for _, p := range processes() {
		if who, ours := w.owner(p); ours {
			all[who] += p.own
			if who != "cloud" { // whose children are counted one by one
				all[who] += p.ended
			}
		}
	}
	return all
}

// memory gives the most that each function's processes ever held, in bytes.
func (w watch) memory() map[string]int64 {
	most := map[string]int64{}
	for _, p := range processes() {
		if who, ours := w.owner(p); ours && who != "postgres" {
			most[who] = max(most[who], p.peak())
		}
	}
	return most
}

func (w watch) owner(p process) (string, bool) {
	switch {
	case p.pid == w.cloud:
		return "cloud", true
	case p.parent == w.cloud:
		exe, _ := os.Readlink(p.file("exe"))
		return filepath.Base(filepath.Dir(exe)), true
	}
	return "postgres", p.pid == w.postmaster || p.parent == w.postmaster
}

// client is what this process and the clients that it started took.
func client() time.Duration {
	var sum time.Duration
	for _, who := range []int{syscall.RUSAGE_SELF, syscall.RUSAGE_CHILDREN} {
		var r syscall.Rusage
		if err := syscall.Getrusage(who, &r); err == nil {
			sum += time.Duration(r.Utime.Nano() + r.Stime.Nano())
		}
	}
	return sum
}

// process is a line of /proc.
type process struct {
	pid, parent int
	// own is what it took, ended what its children took that have ended.
	own, ended time.Duration
}

func (p process) file(name string) string { return fmt.Sprintf("/proc/%d/%s", p.pid, name) }

// peak is the most memory that the process held at any time; 0 if it has ended.
func (p process) peak() int64 {
	status, err := os.ReadFile(p.file("status"))
	if err != nil {
		return 0
	}
	_, after, _ := strings.Cut(string(status), "VmHWM:")
	var kilobytes int64
	if _, err := fmt.Sscan(after, &kilobytes); err != nil {
		return 0
	}
	return kilobytes << 10
}

// processes reads all of them; one that ends meanwhile is left out.
func processes() (all []process) {
	stats, err := filepath.Glob("/proc/[0-9]*/stat")
	if err != nil {
		return nil
	}
	for _, path := range stats {
		if b, err := os.ReadFile(path); err == nil {
			all = append(all, parseStat(string(b)))
		}
	}
	return all
}

// parseStat reads a line as proc(5) describes it. The name, in brackets, may hold anything.
func parseStat(line string) process {
	pid, _, _ := strings.Cut(line, " ")
	fields := strings.Fields(line[strings.LastIndexByte(line, ')')+1:])
	number := func(i int) int { // i as in proc(5), where the state is 3; the kernel writes numbers
		n, _ := strconv.Atoi(fields[i-3])
		return n
	}
	id, _ := strconv.Atoi(pid)
	return process{
		pid: id, parent: number(4),
		own: time.Duration(number(14)+number(15)) * tick, ended: time.Duration(number(16)+number(17)) * tick,
	}
}
