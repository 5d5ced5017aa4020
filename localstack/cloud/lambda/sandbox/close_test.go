package sandbox_test

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"acequia/localstack/cloud/internal/testfunction"
	"acequia/localstack/cloud/lambda/sandbox"
)

// sleeping has an invocation run in a pool of its own that lasts for the milliseconds.
func sleeping(t *testing.T, milliseconds int) (pool *sandbox.Pool, result <-chan sandbox.Result) {
	t.Helper()
	note := filepath.Join(t.TempDir(), "note")
	pool = newPool(t, options(t), nil)
	done := make(chan sandbox.Result, 1)
	go func() {
		done <- invoke(t, pool, testfunction.Command{Do: "sleep", Amount: milliseconds, Note: note})
	}()
	waitUntil(t, "the function runs", func() bool { _, err := os.Stat(note); return err == nil })
	return pool, done
}

func TestCloseLetsInvocationsFinish(t *testing.T) {
	t.Parallel()
	pool, done := sleeping(t, 300)
	if err := pool.Close(context.Background()); err != nil {
		t.Error(err)
	}
	if result := <-done; result.Failed {
		t.Errorf("the invocation ended with %s", result.Payload)
	}
}

func TestCloseEndsWhatDoesNotFinish(t *testing.T) {
	t.Parallel()
	pool, done := sleeping(t, 60_000)
	ctx, cancel := context.WithTimeout(t.Context(), 50*time.Millisecond)
	defer cancel()
	if err := pool.Close(ctx); err != nil {
		t.Error(err)
	}
	if result := <-done; !strings.Contains(result.Error(), "signal: killed") {
		t.Errorf("the invocation ended with %s", result.Payload)
	}
	if _, err := pool.Invoke(t.Context(), sandbox.Invocation{}); !errors.Is(err, sandbox.ErrClosed) {
		t.Errorf("error = %v, want closed", err)
	}
}
