package sandbox

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
)

// killProcessGroup ends a process and those that it started. One that has ended already is none to end.
func killProcessGroup(pid int) { _ = syscall.Kill(-pid, syscall.SIGKILL) }

// rememberProcess notes a process, so that EndOrphans can end it. If the note cannot be written, an orphan may stay.
func rememberProcess(dir string, pid int, binary string) {
	if !diesWithParent {
		_ = os.WriteFile(filepath.Join(dir, strconv.Itoa(pid)), []byte(binary), 0o600)
	}
}

func forgetProcess(dir string, pid int) {
	if !diesWithParent {
		os.Remove(filepath.Join(dir, strconv.Itoa(pid)))
	}
}

// EndOrphans ends the processes noted in dir (see [Options].ProcessDir) that a local cloud left behind when it was killed.
// A process is only ended if it still runs the binary that was noted: its number may belong to another one by now.
func EndOrphans(dir string) error {
	notes, err := os.ReadDir(dir)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("look for orphaned functions: %w", err)
	}
	for _, note := range notes {
		path := filepath.Join(dir, note.Name())
		binary, err := os.ReadFile(path)
		if err != nil {
			return fmt.Errorf("look for orphaned functions: %w", err)
		}
		if pid, err := strconv.Atoi(note.Name()); err == nil && runs(pid, string(binary)) {
			killProcessGroup(pid)
		}
		os.Remove(path)
	}
	return nil
}

// runs asks ps, which every Unix has, whether the process runs the binary.
func runs(pid int, binary string) bool {
	command, err := exec.Command("ps", "-o", "command=", "-p", strconv.Itoa(pid)).Output()
	return err == nil && strings.HasPrefix(string(command), binary)
}
