package sandbox_test

import (
	"context"
	"runtime"
	"testing"
	"time"

	"acequia/localstack/cloud/lambda/sandbox"
)

// BenchmarkWarmInvocation is what an invocation costs beside the function's own work.
func BenchmarkWarmInvocation(b *testing.B) {
	benchmark(b, time.Minute)
}

// BenchmarkColdInvocation starts a process for every invocation.
func BenchmarkColdInvocation(b *testing.B) {
	benchmark(b, 0)
}

func benchmark(b *testing.B, idleAfter time.Duration) {
	pool, err := sandbox.NewPool(
		sandbox.Function{Name: "bench", Binary: bootstrap, MemorySize: 128, Timeout: time.Minute},
		sandbox.Options{LogDir: b.TempDir(), MaxProcesses: 1, IdleAfter: idleAfter, Now: time.Now},
	)
	if err != nil {
		b.Fatal(err)
	}
	for b.Loop() {
		result, err := pool.Invoke(b.Context(), sandbox.Invocation{RequestID: "r", Payload: []byte("{}")})
		if err != nil || result.Failed {
			b.Fatal(err, result.Error())
		}
		for idleAfter == 0 && pool.Usage().Warm > 0 {
			runtime.Gosched() // until the process is ended
		}
	}
	if err := pool.Close(context.Background()); err != nil {
		b.Fatal(err)
	}
}
