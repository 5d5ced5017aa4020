package stack

import (
	"errors"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
)

func TestEnvironmentIsReadBackAndSourced(t *testing.T) {
	t.Parallel()
	want := DefaultEnvironment()
	want.Endpoint, want.Region = "http://127.0.0.1:4567", "us-east-1"
	want.DatabaseURL = "postgres://acequia:it's $HOME; `x`@127.0.0.1:1/acequia"
	path := filepath.Join(t.TempDir(), "env")
	if _, err := ReadEnvironment(path); !errors.Is(err, ErrNotUp) {
		t.Errorf("err = %v, want ErrNotUp", err)
	}
	if err := want.write(path); err != nil {
		t.Fatal(err)
	}
	if got, err := ReadEnvironment(path); err != nil || got != want {
		t.Errorf("read %+v, %v; want %+v", got, err, want)
	}
	out, err := exec.Command("sh", "-c", `. "$0" && printf '%s\n' "$DATABASE_URL" "$AWS_ENDPOINT_URL" "$RAW_BUCKET"`, path).Output()
	if got, want := string(out), strings.Join([]string{want.DatabaseURL, want.Endpoint, want.RawBucket, ""}, "\n"); err != nil || got != want {
		t.Errorf("a shell sees %q, %v; want %q", got, err, want)
	}
}
