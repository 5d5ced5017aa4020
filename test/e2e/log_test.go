package e2e

import (
	"os"
	"path/filepath"
	"regexp"
	"strconv"
)

// reportLine is how Lambda ends the log of an invocation; a process's first one tells how long its start took.
var reportLine = regexp.MustCompile(`(?m)^REPORT .*Max Memory Used: (\d+) MB(\tInit Duration)?`)

// usage says what a function's invocations took.
type usage struct {
	// invocations were carried out by so many processes; the largest of them used peak MB.
	invocations, processes, peak int
}

// usageOf reads the log of a function.
func (w *world) usageOf(function string) (u usage) {
	w.Helper()
	log, err := os.ReadFile(filepath.Join(w.paths.Logs(), "acequia-"+function+".log"))
	if err != nil {
		w.Fatal(err)
	}
	for _, report := range reportLine.FindAllSubmatch(log, -1) {
		u.invocations++
		if len(report[2]) > 0 {
			u.processes++
		}
		if mb, err := strconv.Atoi(string(report[1])); err == nil {
			u.peak = max(u.peak, mb)
		}
	}
	return u
}
