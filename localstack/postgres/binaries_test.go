package postgres

import (
	"context"
	"errors"
	"os"
	"path/filepath"
	"strconv"
	"testing"
)

// installation makes a directory with programs that only tell their version.
func installation(t *testing.T, root, version string) string {
	t.Helper()
	dir := filepath.Join(root, version, "bin")
	if err := os.MkdirAll(dir, 0o755); err != nil {
		t.Fatal(err)
	}
	for _, program := range []string{"postgres", "initdb"} {
		script := "#!/bin/sh\necho 'postgres (PostgreSQL) " + version + ".4 (Debian)'\n"
		if err := os.WriteFile(filepath.Join(dir, program), []byte(script), 0o755); err != nil {
			t.Fatal(err)
		}
	}
	return dir
}

func TestBinariesAreFound(t *testing.T) {
	root := t.TempDir()
	for _, version := range []string{"9", "12", "15", "16"} {
		installation(t, root, version)
	}
	if err := os.Remove(filepath.Join(root, "16", "bin", "initdb")); err != nil { // clients only
		t.Fatal(err)
	}
	t.Setenv("PATH", "/nowhere:/usr/bin:/bin")
	places := []string{filepath.Join(root, "*", "bin")}
	for want, major := range map[int]int{15: 0, 0: 17} {
		b, ok := findBinaries(t.Context(), major, places)
		if ok != (want != 0) || b.major != want {
			t.Errorf("major %d: found %+v, %t; want %d", major, b, ok, want)
		}
	}
	// What is on the PATH, be it a link, comes before what is newer elsewhere.
	other := installation(t, t.TempDir(), "14")
	links := t.TempDir()
	if err := os.Symlink(filepath.Join(other, "postgres"), filepath.Join(links, "postgres")); err != nil {
		t.Fatal(err)
	}
	t.Setenv("PATH", links+":/usr/bin:/bin")
	if b, ok := findBinaries(t.Context(), 0, places); !ok || b.dir != other {
		t.Errorf("found %+v, %t; want %s", b, ok, other)
	}
	if b, ok := findBinaries(t.Context(), 15, places); !ok || b.major != 15 {
		t.Errorf("found %+v, %t; want the version that the data has", b, ok)
	}
}

func TestSettingsKnowTheirURLs(t *testing.T) {
	t.Parallel()
	s := settings{Port: 15432, Password: "p/w:@"}
	old := s
	old.Port = 15433
	for url, want := range map[string]bool{
		s.url(database): true, s.url("postgres"): true, old.url(database): true,
		"postgres://acequia:other@127.0.0.1:15432/acequia": false, "postgres://127.0.0.1/x": false, "": false, "::": false,
	} {
		if got := s.issued(url); got != want {
			t.Errorf("issued(%q) = %t", url, got)
		}
	}
	if (settings{}).issued("postgres://acequia@127.0.0.1/acequia") {
		t.Error("a directory without a server has issued a URL")
	}
}

// A killed server's number may be a living stranger's by now; that of one who is gone must be left to Postgres.
func TestAStrangersPidFileIsForgotten(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		pid  int
		kept bool
	}{"stranger": {os.Getpid(), false}, "gone": {1 << 30, true}} {
		cl := &cluster{home: t.TempDir()}
		if err := os.Mkdir(cl.data(), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(cl.pidFile(), []byte(strconv.Itoa(c.pid)+"\n"), 0o600); err != nil {
			t.Fatal(err)
		}
		if err := cl.forgetStranger(context.Background()); err != nil {
			t.Fatal(err)
		}
		_, err := os.Stat(cl.pidFile())
		if kept := !errors.Is(err, os.ErrNotExist); kept != c.kept {
			t.Errorf("%s: kept = %t", name, kept)
		}
	}
}
