// Package eventtest gives tests the sample events of the folder events, with their placeholders filled in.
package eventtest

import (
	"os"
	"path/filepath"
	"runtime"
	"strings"
	"testing"
	"time"

	"acequia/shared/pipeline"
)

// Object is the object that the sample events speak of.
var Object = pipeline.Object{
	ID:           pipeline.NewObjectID("acequia-raw", "sales/sales_small.csv", "v1"),
	Bucket:       "acequia-raw",
	Key:          "sales/sales_small.csv",
	VersionID:    "v1",
	Size:         1000,
	LastModified: time.Date(2026, 11, 24, 10, 0, 0, 0, time.UTC),
	Dataset:      "sales",
	Rank:         "2026-11-24T10:00:00Z sales/sales_small.csv 000000 v1",
}

// Load reads the sample event of that name, "clean/chunk" for instance.
func Load(t *testing.T, name string) []byte {
	t.Helper()
	_, here, _, ok := runtime.Caller(0)
	if !ok {
		t.Fatal("the runtime does not know where this file is")
	}
	b, err := os.ReadFile(filepath.Join(filepath.Dir(here), "..", "..", "..", "events", name+".json"))
	if err != nil {
		t.Fatal(err)
	}
	return []byte(strings.NewReplacer(
		"{{object_id}}", Object.ID.String(), "{{version_id}}", Object.VersionID, "{{size_bytes}}", "1000",
		"{{last_modified}}", "2026-11-24T10:00:00Z", "{{rank}}", string(Object.Rank), "{{records}}", "20", "{{rejected}}", "3",
		"{{contract_version_id}}", "c1",
	).Replace(string(b)))
}
