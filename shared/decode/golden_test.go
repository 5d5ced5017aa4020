package decode_test

import (
	"flag"
	"fmt"
	"os"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"

	"acequia/shared/contract"
	"acequia/shared/pipeline"
	"acequia/shared/split"
)

var update = flag.Bool("update", false, "write the golden files")

// The golden files show what becomes of each kind of fault.
func TestGolden(t *testing.T) {
	t.Parallel()
	for _, test := range []struct {
		name    string
		format  pipeline.Format
		sources []string
	}{
		{"testdata/hostile.csv", pipeline.CSV, []string{"id", "name", "note, free"}},
		{"testdata/hostile.json", pipeline.JSON, []string{"id", "$.name.first", "$.name.last", "$.tags[1]"}},
		{"testdata/hostile.ndjson", pipeline.NDJSON, []string{"id", "$.name.first", "$.name.last", "$.tags[1]"}},
		{"testdata/hostile.concatenated.json", pipeline.JSON, []string{"id", "$.name.first", "$.name.last", "$.tags[1]"}},
	} {
		t.Run(test.name, func(t *testing.T) {
			t.Parallel()
			file, err := os.ReadFile(test.name)
			if err != nil {
				t.Fatal(err)
			}
			layout, err := split.Probe(file, true, contract.Source{Format: test.format}, nil)
			if err != nil {
				t.Fatal(err)
			}
			records, accepted := checkChunks(t, string(file), layout, test.sources)
			if !accepted {
				t.Error("the walk refuses the file")
			}
			checkGolden(t, test.name+".golden", listing(records))
		})
	}
}

func listing(records []record) string {
	var b strings.Builder
	for _, r := range records {
		fmt.Fprintf(&b, "line %d, bytes %d to %d: %q\n", r.Line, r.Offset, r.Offset+r.Length, r.Raw)
		if r.Malformed != "" {
			fmt.Fprintf(&b, "    %s\n", r.Malformed)
		}
		for _, field := range r.Fields {
			fmt.Fprintf(&b, "    %q\n", field)
		}
	}
	return b.String()
}

func checkGolden(t *testing.T, name, got string) {
	t.Helper()
	if *update {
		if err := os.WriteFile(name, []byte(got), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), got); diff != "" {
		t.Errorf("%s (-want +got; -update accepts):\n%s", name, diff)
	}
}
