package load_test

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"

	"acequia/shared/contract"
	"acequia/shared/pipeline"
)

var (
	monday  = time.Date(2026, 11, 23, 10, 0, 0, 0, time.UTC)
	tuesday = monday.Add(24 * time.Hour)
)

func TestAnObjectIsPublishedWhole(t *testing.T) {
	t.Parallel()
	w := newWorld(t, contractOf("sales", true))
	o := newObject("sales", "sales/a.csv", "v1", monday,
		[]record{{0, "b", 1, "first"}, {10, "a", 2, "x"}, {20, "", 0, ""}},
		[]record{{30, "b", 3, "last"}, {40, "c", 3, "y"}})
	reports := w.bucket.stage(t, o, true)

	w.load(t, reports[:len(reports)-1]...)
	if row := w.row(t, o); row.Status != pipeline.Processing || row.ChunksDone != 2 || row.Records != 5 {
		t.Errorf("before the walk ends: %+v", row.Standing)
	}
	if b := w.bucket.get(pipeline.OutcomeKey(o.ID)); b != nil {
		t.Errorf("an outcome came too early: %s", b)
	}
	w.load(t, reports[len(reports)-1])

	row := w.row(t, o)
	want := pipeline.Counts{Loaded: 3, Duplicates: 1, Rejected: 1}
	if row.Status != pipeline.Published || row.Counts != want || row.PublishedAt == nil {
		t.Errorf("row = %+v, %+v", row.Standing, row.Counts)
	}
	got := w.texts(t, `SELECT concat_ws(' ', id, day, value, _byte_offset) FROM warehouse.sales ORDER BY id`)
	if diff := cmp.Diff([]string{"a 2000-01-03 x 10", "b 2000-01-04 last 30", "c 2000-01-04 y 40"}, got); diff != "" {
		t.Errorf("warehouse: %s", diff)
	}
	got = w.texts(t, `SELECT concat_ws(' ', chunk, byte_offset, column_name, rule, reason, failures->0->>'rule', raw) FROM acequia.rejects`)
	if diff := cmp.Diff([]string{`0 20 id required the id is missing\x00 required raw\xff`}, got); diff != "" {
		t.Errorf("rejects: %s", diff)
	}
	got = w.texts(t, `SELECT day::text FROM acequia.changes ORDER BY 1`)
	if diff := cmp.Diff([]string{"2000-01-03", "2000-01-04"}, got); diff != "" {
		t.Errorf("changes: %s", diff)
	}
	got = w.texts(t, `SELECT concat_ws(' ', kind, dataset, severity, payload->>'loaded') FROM acequia.events`)
	if diff := cmp.Diff([]string{"published sales warning 3"}, got); diff != "" {
		t.Errorf("events: %s", diff)
	}
	w.checkOutcome(t, o, pipeline.Published, "")
}

func (w world) checkOutcome(t *testing.T, o object, status pipeline.Status, reason string) {
	t.Helper()
	var got pipeline.Outcome
	if err := json.Unmarshal(w.bucket.get(pipeline.OutcomeKey(o.ID)), &got); err != nil {
		t.Fatal(err)
	}
	if got.Status != status || !strings.Contains(got.Error, reason) || got.Object.ID != o.ID {
		t.Errorf("outcome = %+v, want %s, %q", got, status, reason)
	}
}

func TestARedeliveryWritesTheOutcomeThatACrashLost(t *testing.T) {
	t.Parallel()
	w := newWorld(t, contractOf("sales", true))
	o := newObject("sales", "sales/a.csv", "v1", monday, []record{{0, "a", 1, "x"}})
	reports := w.bucket.stage(t, o, true)
	w.load(t, reports...)
	delete(w.bucket.files, pipeline.OutcomeKey(o.ID))
	w.load(t, reports[1])
	w.checkOutcome(t, o, pipeline.Published, "")
	if n := w.texts(t, `SELECT count(*)::text FROM acequia.events`); n[0] != "1" {
		t.Errorf("%s events", n[0])
	}
}

func TestHowObjectsEnd(t *testing.T) {
	t.Parallel()
	rows := []record{{0, "a", 1, "x"}, {10, "b", 1, "y"}, {20, "", 0, ""}, {30, "", 0, ""}}
	w := newWorld(t)
	for i, tt := range []struct {
		name   string
		alter  func(c *contract.Contract, reports []pipeline.Report) []pipeline.Report
		status pipeline.Status
		reason string
		// rejects is how many must be in the ledger.
		rejects string
	}{
		{"published", nil, pipeline.Published, "", "2"},
		{"over the share of rejects", func(c *contract.Contract, r []pipeline.Report) []pipeline.Report {
			c.Reject.Share = 0.05
			return r
		}, pipeline.Refused, "2 of 4 records were rejected (50 %), the contract allows 5 %", "2"},
		{"over the count of rejects", func(c *contract.Contract, r []pipeline.Report) []pipeline.Report {
			c.Reject.Count = 1
			return r
		}, pipeline.Refused, "2 of 4 records were rejected, the contract allows 1", "2"},
		{"the walk counted other records", func(_ *contract.Contract, r []pipeline.Report) []pipeline.Report {
			r[len(r)-1].Records = 5
			return r
		}, pipeline.Failed, "the walk found 5 records, but the chunks hold 4", "0"},
		{"a row is missing", func(_ *contract.Contract, r []pipeline.Report) []pipeline.Report {
			r[1].Rows.Records, r[2].Records = 5, 5
			return r
		}, pipeline.Failed, "of 5 records, 2 became rows", "0"},
		{"a reject is missing", func(_ *contract.Contract, r []pipeline.Report) []pipeline.Report {
			r[1].Rows.RejectKeys = nil
			return r
		}, pipeline.Failed, "the chunks report 2 rejects, but 0 are staged", "0"},
		{"the row file is something else", func(_ *contract.Contract, r []pipeline.Report) []pipeline.Report {
			r[1].Rows.RowsKey = r[1].Rows.RejectKeys[0]
			return r
		}, pipeline.Failed, "a staged row file cannot be read", "0"},
		{"refused by ingest", func(_ *contract.Contract, r []pipeline.Report) []pipeline.Report {
			r[0].Kind, r[0].Reason = pipeline.ObjectRefused, "the file is empty"
			return r[:1]
		}, pipeline.Refused, "the file is empty", "0"},
		{"unchanged, says ingest of what the ledger knows no like of", func(_ *contract.Contract, r []pipeline.Report) []pipeline.Report {
			r[0].Kind = pipeline.ObjectUnchanged
			return r
		}, pipeline.Refused, "must be loaded anew: make replay OBJECT=", "0"},
		{"a chunk was given up", func(_ *contract.Contract, r []pipeline.Report) []pipeline.Report {
			r[1].Kind, r[1].Reason = pipeline.ChunkFailed, "the object was deleted"
			return r
		}, pipeline.Failed, "the object was deleted", "0"},
		{"a chunk was given up when it had been done", func(_ *contract.Contract, r []pipeline.Report) []pipeline.Report {
			late := r[1]
			late.Kind, late.Reason = pipeline.ChunkFailed, "the object was deleted"
			return slices.Insert(r, 2, late)
		}, pipeline.Published, "", "2"},
		{"there is no such contract", func(_ *contract.Contract, r []pipeline.Report) []pipeline.Report {
			for i := range r {
				r[i].Contract.VersionID = "2"
			}
			return r
		}, pipeline.Refused, "there is no contract", "0"},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			c := contractOf(fmt.Sprint("sales_", i), true)
			w := world{w.store, w.sql, w.bucket, newLoader(w.store, w.bucket, c)}
			o := newObject(c.Dataset, c.Dataset+"/a.csv", "v1", monday, rows)
			reports := w.bucket.stage(t, o, true)
			if tt.alter != nil {
				reports = tt.alter(c, reports)
			}
			w.load(t, reports...)
			row := w.row(t, o)
			if row.Status != tt.status || !strings.Contains(row.Error, tt.reason) || (tt.reason == "") != (row.Error == "") {
				t.Errorf("the object is %s: %q", row.Status, row.Error)
			}
			id := o.ID.String()
			if n := w.texts(t, `SELECT count(*)::text FROM acequia.rejects WHERE object_id = $1`, id); n[0] != tt.rejects {
				t.Errorf("%s rejects, want %s", n[0], tt.rejects)
			}
			if kinds := w.texts(t, `SELECT kind FROM acequia.events WHERE object_id = $1`, id); !slices.Equal(kinds, []string{string(tt.status)}) {
				t.Errorf("events: %q", kinds)
			}
			w.checkOutcome(t, o, tt.status, tt.reason)
		})
	}
}

func TestTheHigherRankWinsWhateverCameFirst(t *testing.T) {
	t.Parallel()
	older := newObject("sales", "sales/a.csv", "v1", monday, []record{{0, "a", 1, "old"}, {10, "b", 1, "old"}})
	newer := newObject("sales", "sales/b.csv", "v1", tuesday, []record{{0, "b", 2, "new"}, {10, "c", 2, "new"}})
	for name, order := range map[string][]object{"as they came": {older, newer}, "the other way round": {newer, older}} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t, contractOf("sales", true))
			for _, o := range order {
				w.load(t, w.bucket.stage(t, o, true)...)
			}
			got := w.texts(t, `SELECT concat_ws(' ', id, value) FROM warehouse.sales ORDER BY id`)
			if diff := cmp.Diff([]string{"a old", "b new", "c new"}, got); diff != "" {
				t.Errorf("warehouse: %s", diff)
			}
			got = w.texts(t, `SELECT concat_ws(' ', id, value, _object_id) FROM superseded.sales`)
			if diff := cmp.Diff([]string{"b old " + older.ID.String()}, got); diff != "" {
				t.Errorf("superseded: %s", diff)
			}
			if c := w.row(t, older).Counts; c != (pipeline.Counts{Loaded: 1, Superseded: 1}) {
				t.Errorf("older: %+v", c)
			}
			if c := w.row(t, newer).Counts; c != (pipeline.Counts{Loaded: 2}) {
				t.Errorf("newer: %+v", c)
			}
		})
	}
}

func TestTheDayThatARowLeavesChangesToo(t *testing.T) {
	t.Parallel()
	w := newWorld(t, contractOf("sales", true))
	w.load(t, w.bucket.stage(t, newObject("sales", "sales/a.csv", "v1", monday, []record{{0, "a", 1, "old"}}), true)...)
	w.texts(t, `DELETE FROM acequia.changes RETURNING dataset`)
	w.load(t, w.bucket.stage(t, newObject("sales", "sales/b.csv", "v1", tuesday, []record{{0, "a", 9, "new"}}), true)...)
	got := w.texts(t, `SELECT day::text FROM acequia.changes ORDER BY 1`)
	if diff := cmp.Diff([]string{"2000-01-02", "2000-01-10"}, got); diff != "" {
		t.Errorf("changes: %s", diff)
	}
}

func TestTheSameBytesAgainAreNoNews(t *testing.T) {
	t.Parallel()
	w := newWorld(t, contractOf("sales", true))
	rows := []record{{0, "a", 1, "x"}}
	first := newObject("sales", "sales/a.csv", "v1", monday, rows)
	second, third := again(first, "v2"), again(first, "v3")
	w.load(t, w.bucket.stage(t, first, true)...)
	w.load(t, w.bucket.stage(t, second, true)...)
	w.load(t, pipeline.Report{Kind: pipeline.ObjectUnchanged, Object: third.Object, Attempt: 1, Contract: refOf("sales")})
	for _, o := range []object{second, third} {
		if row := w.row(t, o); row.Status != pipeline.Unchanged || row.Counts.Total() != 0 || row.Records != 0 {
			t.Errorf("%s is %s: %+v", o.VersionID, row.Status, row.Counts)
		}
	}
	if got := w.texts(t, `SELECT _object_id::text FROM warehouse.sales`); !slices.Equal(got, []string{first.ID.String()}) {
		t.Errorf("the row belongs to %v", got)
	}
}

func TestADataSetWithoutAKeyKeepsEveryRow(t *testing.T) {
	t.Parallel()
	c := contractOf("log", false)
	c.Summary = nil
	w := newWorld(t, c)
	rows := []record{{0, "a", 1, "x"}, {10, "a", 1, "x"}}
	w.load(t, w.bucket.stage(t, newObject("log", "log/a.csv", "v1", monday, rows), false)...)
	o := newObject("log", "log/b.csv", "v1", monday, rows, rows[:0])
	w.load(t, w.bucket.stage(t, o, false)...)
	if n := w.texts(t, `SELECT count(*)::text FROM warehouse.log`); n[0] != "4" {
		t.Errorf("%s rows, want 4", n[0])
	}
	if c := w.row(t, o).Counts; c != (pipeline.Counts{Loaded: 2}) {
		t.Errorf("counts = %+v", c)
	}
	if got := w.texts(t, `SELECT coalesce(day::text, 'none') FROM acequia.changes`); !slices.Equal(got, []string{"none", "none"}) {
		t.Errorf("changes: %q", got)
	}
}

func TestAnObjectWithoutRecordsIsPublished(t *testing.T) {
	t.Parallel()
	w := newWorld(t, contractOf("sales", true))
	o := newObject("sales", "sales/empty.csv", "v1", monday)
	w.load(t, w.bucket.stage(t, o, true)...)
	if row := w.row(t, o); row.Status != pipeline.Published || row.Counts.Total() != 0 {
		t.Errorf("row = %+v", row)
	}
}
