package desk

import (
	"errors"
	"path/filepath"
	"strings"
	"testing"

	"acequia/shared/pgstore"
	"acequia/shared/pipeline"
)

const report = "START RequestId: 1 Version: $LATEST\ncleaned\nEND RequestId: 1\n" +
	"REPORT RequestId: 1\tDuration: 38.69 ms\tBilled Duration: 39 ms\tMemory Size: 512 MB\tMax Memory Used: 19 MB\tInit Duration: 8.37 ms\n"

func TestLocalInvokeFillsTheSampleIn(t *testing.T) {
	t.Parallel()
	w := &world{
		earlier: []pgstore.ObjectRow{
			object("sales/sales_small.csv", pipeline.Unchanged), object("sales/sales_small.csv", pipeline.Published, published),
		},
		answer: Invocation{Response: []byte(`{"batchItemFailures":[]}`), Log: report},
	}
	d, out := w.desk(t)
	writeFile(t, filepath.Join(d.Paths.Events(), "clean", "chunk.json"),
		`{"id": "{{object_id}}", "records": {{records}}, "contract": "{{contract_version_id}}"}`)
	if err := d.LocalInvoke(t.Context(), "acequia-clean", "chunk"); err != nil {
		t.Fatal(err)
	}
	golden(t, "invoke", out.String())
	want := `acequia-clean {"id": "` + pipeline.NewObjectID("acequia-raw", "sales/sales_small.csv", "1").String() +
		`", "records": 5000, "contract": "c1"}`
	if len(w.events) != 1 || w.events[0] != want {
		t.Errorf("invoked %q, want %q", w.events, want)
	}
}

func TestLocalInvokeFailsWithTheFunction(t *testing.T) {
	t.Parallel()
	w := &world{answer: Invocation{Response: []byte(`{"errorType":"Refused","errorMessage":"no"}`), Failed: true, Log: report}}
	d, out := w.desk(t)
	event := writeFile(t, filepath.Join(d.Paths.Events(), "clean", "own.json"), `{}`)
	if err := d.LocalInvoke(t.Context(), "clean", event); !errors.Is(err, ErrNotWell) {
		t.Errorf("err = %v, want ErrNotWell", err)
	}
	if !strings.Contains(out.String(), "Refused") {
		t.Errorf("the error is not shown:\n%s", out)
	}
}

func TestLocalInvokeListsWhatThereIs(t *testing.T) {
	t.Parallel()
	d, _ := (&world{}).desk(t)
	writeFile(t, filepath.Join(d.Paths.Events(), "clean", "chunk.json"), `{"x": "{{nobody_knows}}"}`)
	noJSON := writeFile(t, filepath.Join(d.Paths.Root, "event"), "hello")
	for _, c := range []struct{ function, event, want string }{
		{"cleaner", "chunk", `no function "cleaner": choose clean`},
		{"clean", "chunks", "a sample of clean: choose chunk"},
		{"clean", "", "samples of clean: chunk"},
		{"clean", noJSON, "not JSON"},
	} {
		err := d.LocalInvoke(t.Context(), c.function, c.event)
		var usage *UsageError
		if !errors.As(err, &usage) || !strings.Contains(usage.Reason, c.want) {
			t.Errorf("%s %s: %v, want a usage error with %q", c.function, c.event, err, c.want)
		}
	}
}
