package sandbox_test

import (
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"acequia/localstack/cloud/internal/testfunction"
	"acequia/localstack/cloud/lambda/sandbox"
)

// invokeForever is what this test's binary does when it is started as a local cloud to be killed.
func invokeForever(binary string) {
	pool, err := sandbox.NewPool(
		sandbox.Function{Name: "orphan", Binary: binary, MemorySize: 128, Timeout: time.Minute},
		sandbox.Options{LogDir: os.Getenv("ORPHAN_LOGS"), MaxProcesses: 1, IdleAfter: time.Minute, Now: time.Now},
	)
	if err != nil {
		panic(err)
	}
	payload := testfunction.Command{Do: "sleep", Amount: 60_000, Note: os.Getenv("ORPHAN_NOTE")}.JSON()
	_, err = pool.Invoke(context.Background(), sandbox.Invocation{RequestID: "r", Payload: payload})
	panic(err)
}

func TestFunctionsEndWithTheLocalCloud(t *testing.T) {
	t.Parallel()
	if runtime.GOOS != "linux" {
		t.Skip("only Linux ends a process with its parent; elsewhere the next start does, see TestEndOrphans")
	}
	note := filepath.Join(t.TempDir(), "note")
	cloud := exec.Command(os.Args[0])
	cloud.Env = append(os.Environ(), "ORPHAN_OF="+bootstrap, "ORPHAN_NOTE="+note, "ORPHAN_LOGS="+t.TempDir())
	if err := cloud.Start(); err != nil {
		t.Fatal(err)
	}
	waitUntil(t, "the function runs", func() bool {
		info, err := os.Stat(note)
		return err == nil && info.Size() > 0
	})
	if err := cloud.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	_ = cloud.Wait() // killed, as it should be
	waitUntilGone(t, pids(t, note)[0])
}

func TestEndOrphans(t *testing.T) {
	t.Parallel()
	if _, err := exec.LookPath("ps"); err != nil {
		t.Skip("this system has no ps, which only systems other than Linux need")
	}
	sleep, err := exec.LookPath("sleep")
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	start := func(binary string) *exec.Cmd {
		cmd := exec.Command(sleep, "60")
		cmd.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
		if err := cmd.Start(); err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { _ = cmd.Process.Kill(); _ = cmd.Wait() })
		note := filepath.Join(dir, strconv.Itoa(cmd.Process.Pid))
		if err := os.WriteFile(note, []byte(binary), 0o600); err != nil {
			t.Fatal(err)
		}
		return cmd
	}
	orphan, stranger := start(sleep), start("/some/bootstrap")
	if err := sandbox.EndOrphans(dir); err != nil {
		t.Fatal(err)
	}
	waitUntilGone(t, strconv.Itoa(orphan.Process.Pid))
	if err := stranger.Process.Signal(syscall.Signal(0)); err != nil {
		t.Errorf("a process that runs another binary was ended: %v", err)
	}
	if left, err := os.ReadDir(dir); err != nil || len(left) != 0 {
		t.Errorf("%d notes are left, %v", len(left), err)
	}
}

func waitUntil(t *testing.T, what string, ok func() bool) {
	t.Helper()
	for end := time.Now().Add(15 * time.Second); time.Now().Before(end); time.Sleep(5 * time.Millisecond) {
		if ok() {
			return
		}
	}
	t.Fatalf("waited in vain until %s", what)
}

// waitUntilGone waits for the end of a process; one that nobody has waited for has ended, too.
func waitUntilGone(t *testing.T, pid string) {
	t.Helper()
	waitUntil(t, "process "+pid+" is gone", func() bool {
		n, err := strconv.Atoi(pid)
		if err != nil {
			t.Fatal(err)
		}
		stat, _ := os.ReadFile("/proc/" + pid + "/stat")
		return syscall.Kill(n, 0) != nil || strings.Contains(string(stat), ") Z ")
	})
}
