package sandbox_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"acequia/localstack/cloud/internal/testfunction"
	"acequia/localstack/cloud/lambda/sandbox"
)

// bootstrap is the path of the test function.
var bootstrap string

func TestMain(m *testing.M) {
	if binary := os.Getenv("ORPHAN_OF"); binary != "" {
		invokeForever(binary)
	}
	os.Exit(testfunction.Run(m, &bootstrap))
}

func options(t *testing.T) sandbox.Options {
	return sandbox.Options{
		Region: "eu-west-1", Endpoint: "http://127.0.0.1:4566", Variables: map[string]string{"SHARED": "yes", "BOTH": "options"},
		LogDir: t.TempDir(), MaxProcesses: 4, IdleAfter: time.Minute, Now: time.Now,
	}
}

func newPool(t *testing.T, opt sandbox.Options, change func(*sandbox.Function)) *sandbox.Pool {
	t.Helper()
	f := sandbox.Function{
		Name: "test", ARN: "arn:aws:lambda:eu-west-1:000000000000:function:test", Binary: bootstrap, Handler: "single",
		MemorySize: 128, Timeout: 20 * time.Second, Variables: map[string]string{"OWN": "yes", "BOTH": "function"},
	}
	if change != nil {
		change(&f)
	}
	pool, err := sandbox.NewPool(f, opt)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := pool.Close(context.Background()); err != nil {
			t.Error(err)
		}
	})
	return pool
}

func invoke(t *testing.T, pool *sandbox.Pool, c testfunction.Command) sandbox.Result {
	t.Helper()
	result, err := pool.Invoke(t.Context(), sandbox.Invocation{RequestID: "r-1", Payload: c.JSON()})
	if err != nil {
		t.Fatal(err)
	}
	return result
}

func TestResults(t *testing.T) {
	t.Parallel()
	tests := []struct {
		name    string
		change  func(*sandbox.Function)
		command testfunction.Command
		payload string // of the result
		failed  bool
		log     []string // parts of the tail, in order
	}{
		{
			name: "response", command: testfunction.Command{Text: "hello"}, payload: `{"text":"hello"}`,
			log: []string{"START RequestId: r-1 Version: $LATEST\n", "END RequestId: r-1\nREPORT RequestId: r-1\tDuration: ", "Memory Size: 128 MB\tMax Memory Used: ", "\tInit Duration: "},
		},
		{
			name: "error of the function", command: testfunction.Command{Do: "fail", Text: "no"}, failed: true,
			payload: `{"errorMessage":"no","errorType":"failedError"}`,
		},
		{
			name: "panic", command: testfunction.Command{Do: "panic", Text: "ouch"}, failed: true,
			payload: `"errorMessage":"ouch","errorType":"string"`, log: []string{"ouch", "END RequestId"},
		},
		{
			name: "crash", command: testfunction.Command{Do: "exit", Amount: 3}, failed: true,
			payload: `{"errorType":"Runtime.ExitError","errorMessage":"RequestId: r-1 Error: Runtime exited with error: exit status 3"}`,
			log:     []string{"Runtime exited with error: exit status 3 Runtime.ExitError\nEND", "\tStatus: error\tError Type: Runtime.ExitError"},
		},
		{
			name: "initialization fails", change: func(f *sandbox.Function) { f.Handler = "broken" }, failed: true,
			payload: `"RequestId: r-1 Error: Runtime exited with error: exit status 7"`,
		},
		{
			name: "timeout", change: func(f *sandbox.Function) { f.Timeout = 1500 * time.Millisecond }, failed: true,
			command: testfunction.Command{Do: "sleep", Amount: 60_000},
			payload: `{"errorType":"Sandbox.Timedout","errorMessage":"RequestId: r-1 Error: Task timed out after 1.50 seconds"}`,
			log:     []string{"Z r-1 Task timed out after 1.50 seconds\nEND", "Status: timeout"},
		},
		{
			name: "too much memory", command: testfunction.Command{Do: "allocate", Amount: 2000}, failed: true,
			payload: `{"errorType":"Runtime.OutOfMemory","errorMessage":"RequestId: r-1 Error: Runtime exited with error: signal: killed"}`,
		},
		{
			name: "too large a response", command: testfunction.Command{Do: "respond", Amount: 6<<20 + 1}, failed: true,
			payload: `{"errorType":"Function.ResponseSizeTooLarge"`,
		},
		{
			name: "no binary", change: func(f *sandbox.Function) { f.Binary = "/nowhere/bootstrap" }, failed: true,
			payload: "has it been built?",
		},
		{
			name: "line without an end", command: testfunction.Command{Do: "print", Text: "half a line"}, payload: "half a line",
			log: []string{"half a line\nEND RequestId"},
		},
		{
			name: "long log", command: testfunction.Command{Do: "print", Text: strings.Repeat("y", 100_000) + "\nlast\n"},
			payload: "print", log: []string{"yyy", "\nlast\nEND RequestId"},
		},
	}
	for _, test := range tests {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			result := invoke(t, newPool(t, options(t), test.change), test.command)
			if result.Failed != test.failed || !bytes.Contains(result.Payload, []byte(test.payload)) {
				t.Errorf("failed = %t, payload = %.300s; want %t, %s", result.Failed, result.Payload, test.failed, test.payload)
			}
			rest := string(result.LogTail)
			for _, part := range test.log {
				_, after, found := strings.Cut(rest, part)
				if !found {
					t.Fatalf("the log's tail\n%s\nlacks %q, or has it elsewhere", result.LogTail, part)
				}
				rest = after
			}
			if len(result.LogTail) > 4<<10 {
				t.Errorf("the log's tail has %d bytes", len(result.LogTail))
			}
		})
	}
}

func TestEnvironment(t *testing.T) {
	t.Parallel()
	pool := newPool(t, options(t), nil)
	result, err := pool.Invoke(t.Context(), sandbox.Invocation{
		RequestID: "r-7", Payload: testfunction.Command{Do: "environment"}.JSON(),
		ClientContext: `{"client":{"app_title":"the test"}}`,
	})
	if err != nil || result.Failed {
		t.Fatalf("%s, %v", result.Payload, err)
	}
	var seen map[string]string
	if err := json.Unmarshal(result.Payload, &seen); err != nil {
		t.Fatal(err)
	}
	for name, want := range map[string]string{
		"request id": "r-7", "arn": "arn:aws:lambda:eu-west-1:000000000000:function:test", "client": "the test", "deadline in": "20s",
		"AWS_LAMBDA_FUNCTION_NAME": "test", "AWS_LAMBDA_FUNCTION_MEMORY_SIZE": "128", "AWS_LAMBDA_FUNCTION_VERSION": "$LATEST",
		"_HANDLER": "single", "LAMBDA_TASK_ROOT": filepath.Dir(bootstrap), "AWS_REGION": "eu-west-1",
		"AWS_DEFAULT_REGION": "eu-west-1", "AWS_ENDPOINT_URL": "http://127.0.0.1:4566",
		"SHARED": "yes", "OWN": "yes", "BOTH": "function", "HOME": "",
	} {
		if seen[name] != want {
			t.Errorf("%s = %q, want %q", name, seen[name], want)
		}
	}
}

// pids gives the processes that noted their invocations.
func pids(t *testing.T, path string) []string {
	t.Helper()
	b, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	var all []string
	for line := range strings.Lines(string(b)) {
		pid, _, _ := strings.Cut(line, " ")
		all = append(all, pid)
	}
	return all
}

func TestProcessesAreReused(t *testing.T) {
	t.Parallel()
	note := filepath.Join(t.TempDir(), "note")
	pool := newPool(t, options(t), nil)
	for _, do := range []string{"echo", "fail", "echo", "panic", "echo"} {
		invoke(t, pool, testfunction.Command{Do: do, Note: note})
	}
	seen := pids(t, note)
	if seen[0] != seen[1] || seen[0] != seen[2] || seen[0] != seen[3] || seen[3] == seen[4] {
		t.Errorf("processes %v: want one up to the panic, and another after it", seen)
	}
	if got := pool.Usage(); got.Warm != 1 || got.Running != 0 || got.Errors != 2 || got.Starts != 2 {
		t.Errorf("usage = %+v", got)
	}
}

func TestIdleProcessesEnd(t *testing.T) {
	t.Parallel()
	opt := options(t)
	opt.IdleAfter = 20 * time.Millisecond
	note := filepath.Join(t.TempDir(), "note")
	pool := newPool(t, opt, nil)
	invoke(t, pool, testfunction.Command{Note: note})
	waitUntilGone(t, pids(t, note)[0])
}

func TestNewBinaryReplacesProcesses(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	note, binary := filepath.Join(dir, "note"), filepath.Join(dir, "bootstrap")
	if err := os.Link(bootstrap, binary); err != nil {
		t.Fatal(err)
	}
	pool := newPool(t, options(t), func(f *sandbox.Function) { f.Binary = binary })
	invoke(t, pool, testfunction.Command{Note: note})
	os.Remove(binary)
	b, err := os.ReadFile(bootstrap)
	if err != nil {
		t.Fatal(err)
	}
	// Another name first, as a compiler does: a file that is written to cannot be run.
	if err := os.WriteFile(binary+".new", append(b, 0), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.Rename(binary+".new", binary); err != nil {
		t.Fatal(err)
	}
	invoke(t, pool, testfunction.Command{Note: note})
	if seen := pids(t, note); seen[0] == seen[1] {
		t.Error("the old binary's process took an invocation")
	}
}

func TestConcurrency(t *testing.T) {
	t.Parallel()
	reserved := 3
	opt := options(t)
	opt.MaxProcesses = 2
	note := filepath.Join(t.TempDir(), "note")
	pool := newPool(t, opt, func(f *sandbox.Function) { f.Reserved = &reserved })
	if pool.Width() != 2 {
		t.Errorf("width = %d, want 2", pool.Width())
	}
	var calls sync.WaitGroup
	for range reserved {
		calls.Go(func() { invoke(t, pool, testfunction.Command{Do: "sleep", Amount: 700, Note: note}) })
	}
	waitUntil(t, "all have begun", func() bool { return pool.Usage().Running == reserved })
	_, err := pool.Invoke(t.Context(), sandbox.Invocation{RequestID: "r", Payload: []byte("{}")})
	if !errors.Is(err, sandbox.ErrThrottled) {
		t.Errorf("error = %v, want throttled", err)
	}
	calls.Wait()
	different := map[string]bool{}
	for _, pid := range pids(t, note) {
		different[pid] = true
	}
	if len(different) != 2 {
		t.Errorf("%d processes ran three invocations, want 2", len(different))
	}
}
