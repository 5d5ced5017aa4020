package e2e

import (
	"context"
	"os/exec"
	"testing"
	"time"

	"acequia/shared/pipeline"
	"acequia/test/built"
)

// TestTheAuditFindsWhatIsBroken loads two files, of which the second ranks higher even if both came in the same second, takes a row
// away behind the loader's back, and has it brought back.
func TestTheAuditFindsWhatIsBroken(t *testing.T) {
	t.Parallel()
	w := newWorld(t, 0)
	first := w.send("sales/2026-11.csv", []byte(draft))
	second := w.send("sales/2026-12.csv", []byte(corrected))
	w.atRest()
	w.says(w.cli("audit"), "adds up: 2 objects, 4 rows, 1 reject")

	w.run(`DELETE FROM warehouse.sales WHERE transaction_id = 'T4'`)
	said, code := w.try("audit")
	w.says(said, "1 finding", "loaded", second.Object.ID.String(), "loaded is 3 in the ledger, but warehouse.sales holds 2 of its rows", "make replay")
	if code != 1 {
		t.Errorf("exit status %d, want 1", code)
	}
	w.says(w.cli("replay", second.Object.Key), "published")
	w.atRest()
	w.says(w.cli("audit"), "adds up: 2 objects, 4 rows, 1 reject")
	w.counts(first, pipeline.Counts{Loaded: 1, Superseded: 1, Duplicates: 1, Rejected: 1})
}

// try runs the command line, which may fail, and gives its exit status.
func (w *world) try(args ...string) (said string, code int) {
	w.Helper()
	ctx, cancel := context.WithTimeout(w.Context(), 2*time.Minute)
	defer cancel()
	cmd := exec.CommandContext(ctx, w.binary, args...)
	cmd.Dir, cmd.Env = w.paths.Root, built.Environ(cmd, w.settings...)
	out, _ := cmd.CombinedOutput() // the status says it
	return string(out), cmd.ProcessState.ExitCode()
}
