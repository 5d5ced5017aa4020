package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"acequia/test/data/sample"
)

func TestOneFileWithItsManifest(t *testing.T) {
	t.Parallel()
	out := filepath.Join(t.TempDir(), "big.csv")
	var stdout strings.Builder
	if err := run([]string{"-dataset", "sales", "-size", "50kB", "-seed", "3", "-out", out}, &stdout); err != nil {
		t.Fatal(err)
	}
	info, err := os.Stat(out)
	if err != nil {
		t.Fatal(err)
	}
	m, err := sample.ReadManifest(out + ".manifest.json")
	if err != nil {
		t.Fatal(err)
	}
	if f := m.Files[0]; f.Name != "big.csv" || f.Bytes != info.Size() || f.Bytes < 50_000 || f.Bytes > 51_000 || m.Busiest == nil {
		t.Errorf("the manifest says %+v of a file of %d bytes", f, info.Size())
	}
	if !strings.Contains(stdout.String(), "big.csv") {
		t.Errorf("printed %q", stdout.String())
	}
}

func TestParseSize(t *testing.T) {
	t.Parallel()
	for s, want := range map[string]int64{"1": 1, "7B": 7, "2kB": 2000, "200MB": 200e6, "1GiB": 1 << 30, "3MiB": 3 << 20} {
		if got, err := parseSize(s); err != nil || got != want {
			t.Errorf("%s: got %d, %v", s, got, err)
		}
	}
	for _, s := range []string{"", "MB", "-1MB", "0", "1.5GB", "12 apples"} {
		if got, err := parseSize(s); err == nil {
			t.Errorf("%q was read as %d", s, got)
		}
	}
}

func TestMistakesAreNamed(t *testing.T) {
	t.Parallel()
	for args, want := range map[string]string{
		"-dataset sales -records 5":                       "-out",
		"-dataset sales -out " + os.DevNull:               "number of records or a size",
		"-dataset invoices -records 1 -out " + os.DevNull: "sales, products or customers",
	} {
		err := run(append(strings.Fields(args), "-manifest", filepath.Join(t.TempDir(), "m.json")), &strings.Builder{})
		if err == nil || !strings.Contains(err.Error(), want) {
			t.Errorf("%s: got %v, want %q in it", args, err, want)
		}
	}
}
