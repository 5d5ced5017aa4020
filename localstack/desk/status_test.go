package desk

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"acequia/shared/pgstore"
	"acequia/shared/pipeline"
)

func TestShowStatus(t *testing.T) {
	t.Parallel()
	d, out := (&world{}).desk(t)
	d.ShowStatus(Status{
		Services: []Service{
			{Name: "Postgres", What: "private", Running: true}, {Name: "local cloud", What: "make up starts it"},
		},
		Functions: []Function{{Name: "ingest", Busy: 1}, {Name: "clean", Warm: 4}},
		Queues: pair(map[string]depth{
			"rows": {waiting: 3}, "rows-dlq": {waiting: 1, inFlight: 1}, "chunks": {inFlight: 1200}, "chunks-dlq": {},
			"ingest-dlq": {waiting: 2}, "extra": {delayed: 1},
		}),
		Ledger: true,
		Datasets: []pgstore.DatasetCounts{
			{Status: pipeline.Refused, Objects: 1, Bytes: 10, Dollars: "0.000002000000"},
			{Dataset: "sales", Status: pipeline.Published, Objects: 2, Records: 10, Counts: pipeline.Counts{Loaded: 9}, Bytes: 1e9, Dollars: "1.234500000000"},
			{Dataset: "sales", Status: pipeline.Refused, Objects: 1, Records: 5, Bytes: 1e9, Dollars: "0.010000000000"},
		},
		Objects: []pgstore.ObjectRow{
			object("sales/on its way.csv", pipeline.Processing, published, func(o *pgstore.ObjectRow) { o.ChunksDone = 2 }),
			object("sales/walked still.csv", pipeline.Processing, func(o *pgstore.ObjectRow) { o.ChunksDone = 2 }),
			object("sales/january.csv", pipeline.Published, published, func(o *pgstore.ObjectRow) { o.Dollars = "0.000214000000" }),
			object("nowhere.csv", pipeline.Refused, refused),
		},
	})
	d.ShowStatus(Status{})
	d.ShowStatus(Status{Ledger: true})
	golden(t, "status", out.String())
}

func TestQuantitiesAreReadable(t *testing.T) {
	t.Parallel()
	for want, got := range map[string]string{
		"0": count(0), "-1,234": count(-1234), "999": count(999), "1,000,000": count(1e6),
		"999 B": size(999), "1.00 KB": size(1000), "1.74 KB": size(1742), "12.3 KB": size(12345), "1.00 MB": size(999_990),
		"200 MB": size(200_000_000), "5.00 GB": size(5e9),
		"-": dollars("0"), "$0.00021": dollars("0.000214"), "$0.010": dollars("0.01"), "$1.23": dollars("1.2345"), "$0.000000065": dollars("0.000000065"),
		"340 ms": elapsed(340 * time.Millisecond), "4.2 s": elapsed(4200 * time.Millisecond), "3 min 20 s": elapsed(200 * time.Second),
		"12,345.60": amount("12345.60"), "-0.50": amount("-0.50"), "-1,000": amount("-1000"), "": amount(""),
		"1 chunk": plural(1, "chunk"), "1,200 chunks": plural(1200, "chunk"),
		"just now": ago(noon, noon), "90 s ago": ago(noon, noon.Add(90*time.Second)), "3 h ago": ago(noon, noon.Add(3*time.Hour)),
		"2026-11-24": ago(noon, noon.Add(72*time.Hour)),
	} {
		if got != want {
			t.Errorf("got %q, want %q", got, want)
		}
	}
}

func TestDecimalsCompareAsNumbers(t *testing.T) {
	t.Parallel()
	ordered := []string{"", "0.50", "9", "9.99", "10", "100.01"}
	for i, a := range ordered {
		for j, b := range ordered {
			if got := compareDecimals(a, b); got != cmpInt(i, j) {
				t.Errorf("compare %q with %q: %d", a, b, got)
			}
		}
	}
}

func cmpInt(a, b int) int {
	switch {
	case a < b:
		return -1
	case a > b:
		return 1
	}
	return 0
}

func TestTablesFitTheTerminal(t *testing.T) {
	t.Parallel()
	narrow := NewPlain(nil)
	narrow.size = func() (int, int) { return 60, 24 }
	tbl := newTable("key", ">n", "what")
	tbl.add(text("sales/a file with a long name and more to it.csv"), text("1"), text("published\nand a second line that goes on and on"))
	for _, line := range tbl.render(narrow) {
		if cells(line) > 60 {
			t.Errorf("%q takes %d cells", line, cells(line))
		}
	}
}

func TestColoursAndBlocksAreForTerminals(t *testing.T) {
	t.Parallel()
	d, out := (&world{}).desk(t)
	d.Term.live, d.Term.colour = true, true
	d.Term.size = func() (int, int) { return 12, 4 }
	block := &live{term: d.Term}
	block.draw([]string{"one", d.Term.paint(red, "a line that is too long"), "three", "four"})
	block.draw([]string{"one"})
	block.clear()
	want := "one\x1b[K\n\x1b[31ma line that \x1b[0m\x1b[K\n  … 2 more\x1b[K\n\x1b[J" + "\x1b[3Aone\x1b[K\n\x1b[J" + "\x1b[1A\x1b[J"
	if diff := cmp.Diff(want, out.String()); diff != "" {
		t.Errorf("drawn (-want +got):\n%s", diff)
	}
}
