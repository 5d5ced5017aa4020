package desk

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"
)

func TestLogsShowTheLastLines(t *testing.T) {
	t.Parallel()
	d, out := (&world{}).desk(t)
	var lines strings.Builder
	for i := range 10_000 {
		fmt.Fprintf(&lines, "line %d\n", i)
	}
	writeFile(t, filepath.Join(d.Paths.Logs(), "acequia-load.log"), lines.String())
	writeFile(t, filepath.Join(d.Paths.Logs(), "acequia-ingest.log"), "first\nhalf a li")
	if err := d.Logs(t.Context(), "", false); err != nil {
		t.Fatal(err)
	}
	got := strings.Split(strings.TrimSpace(out.String()), "\n")
	if len(got) != 1+recentLines || got[0] != "ingest    first" || got[1] != "load      line 9980" || got[20] != "load      line 9999" {
		t.Errorf("got %q", got)
	}
	var usage *UsageError
	if err := d.Logs(t.Context(), "nix", false); !errors.As(err, &usage) || !strings.Contains(usage.Reason, "choose ingest, load") {
		t.Errorf("err = %v, want the names of the logs", err)
	}
}

func TestLogsFollow(t *testing.T) {
	t.Parallel()
	d, _ := (&world{}).desk(t)
	out := &lockedBuffer{}
	d.Term = NewPlain(out)
	log := writeFile(t, filepath.Join(d.Paths.Logs(), "acequia-load.log"), "old\nhal")
	ctx, cancel := context.WithCancel(t.Context())
	done := make(chan error)
	go func() { done <- d.Logs(ctx, "load", true) }()
	f, err := os.OpenFile(log, os.O_APPEND|os.O_WRONLY, 0)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	if _, err := f.WriteString("f\nnew\n"); err != nil {
		t.Fatal(err)
	}
	const want = "load      old\nload      half\nload      new\n"
	for deadline := time.Now().Add(10 * time.Second); out.String() != want; time.Sleep(10 * time.Millisecond) {
		if time.Now().After(deadline) {
			t.Fatalf("got %q, want %q", out, want)
		}
	}
	cancel()
	if err := <-done; err != nil {
		t.Error(err)
	}
}

type lockedBuffer struct {
	mu sync.Mutex
	b  bytes.Buffer
}

func (l *lockedBuffer) Write(p []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.Write(p)
}

func (l *lockedBuffer) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.b.String()
}
