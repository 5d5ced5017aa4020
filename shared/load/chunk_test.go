package load_test

import (
	"slices"
	"strings"
	"testing"

	"acequia/shared/contract"
	"acequia/shared/pipeline"
)

func byChunk() *contract.Contract {
	c := contractOf("sales", true)
	c.ByChunk = true
	return c
}

// With publish: chunk, rows are there as they come. Of the records of one key in several chunks, that with the greatest offset stays,
// whatever comes last, also where another object holds the key; and a chunk that comes again changes nothing.
func TestChunksArePublishedAsTheyCome(t *testing.T) {
	t.Parallel()
	higher := newObject("sales", "sales/z.csv", "v1", tuesday, []record{{0, "b", 1, "higher"}})
	lower := newObject("sales", "sales/0.csv", "v1", monday.Add(-1), []record{{0, "a", 1, "lower"}})
	o := newObject("sales", "sales/a.csv", "v1", monday,
		[]record{{0, "a", 1, "1"}, {10, "b", 1, "1"}, {20, "", 0, ""}},
		[]record{{30, "a", 2, "2"}, {40, "b", 2, "2"}, {50, "c", 2, "2"}},
		[]record{{60, "a", 3, "3"}, {70, "b", 3, "3"}})
	for name, order := range map[string][]int{"in their order": {1, 2, 3}, "the last first": {3, 1, 2}, "backwards": {3, 2, 1}} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := newWorld(t, byChunk())
			w.load(t, w.bucket.stage(t, lower, true)...)
			w.load(t, w.bucket.stage(t, higher, true)...)
			reports := w.bucket.stage(t, o, true)
			for _, i := range order {
				w.load(t, reports[i], reports[i])
				w.checkCounts(t)
				if row := w.row(t, o); row.Status != pipeline.Processing || row.Counts.Loaded == 0 || row.Counts.Total() != row.Records {
					t.Errorf("after chunk %d: %+v", i, row.Standing)
				}
			}
			w.load(t, reports[4], reports[1])
			w.checkCounts(t)
			w.holds(t, "a 3", "b higher", "c 2")
			want := pipeline.Counts{Loaded: 2, Superseded: 1, Duplicates: 4, Rejected: 1}
			if row := w.row(t, o); row.Status != pipeline.Published || row.Counts != want {
				t.Errorf("%s, %+v, want %+v", row.Status, row.Counts, want)
			}
			got := w.texts(t, `SELECT concat_ws(' ', id, value) FROM superseded.sales ORDER BY 1`)
			if !slices.Equal(got, []string{"a lower", "b 3"}) {
				t.Errorf("superseded: %q", got)
			}
		})
	}
}

// An object that fails keeps the rows that are there already, counted; further chunks add nothing. It can be replayed, which is
// one publication.
func TestWhatIsPublishedByChunkStaysWhenTheObjectFails(t *testing.T) {
	t.Parallel()
	good, bad := []record{{0, "a", 1, "x"}}, []record{{10, "b", 1, "x"}, {20, "", 0, ""}, {30, "", 0, ""}}
	for name, test := range map[string]struct {
		fail   func([]pipeline.Report) pipeline.Report
		reason string
		counts pipeline.Counts
	}{
		"too many rejects": {
			func(r []pipeline.Report) pipeline.Report { return r[2] },
			"2 of 4 records were rejected, the contract allows 1",
			pipeline.Counts{Loaded: 2, Rejected: 2},
		},
		"a chunk was given up": {func(r []pipeline.Report) pipeline.Report {
			r[2].Kind, r[2].Reason = pipeline.ChunkFailed, "the object was deleted"
			return r[2]
		}, "the object was deleted", pipeline.Counts{Loaded: 1}},
		"the walk found the file cut off": {func(r []pipeline.Report) pipeline.Report {
			r[0].Kind, r[0].Reason = pipeline.ObjectRefused, "the file is cut off"
			return r[0]
		}, "the file is cut off", pipeline.Counts{Loaded: 1}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			c := byChunk()
			c.Reject.Count = 1
			w := newWorld(t, c)
			o := newObject("sales", "sales/a.csv", "v1", monday, good, bad, []record{{40, "c", 1, "x"}})
			reports := w.bucket.stage(t, o, true)
			w.load(t, reports[1], test.fail(reports), reports[3], reports[4])
			w.checkCounts(t)
			if row := w.row(t, o); row.Status != pipeline.Failed || !strings.Contains(row.Error, test.reason) || row.Counts != test.counts {
				t.Errorf("%s (%s): %+v", row.Status, row.Error, row.Counts)
			}
			w.checkOutcome(t, o, pipeline.Failed, test.reason)

			replay := w.bucket.stageAttempt(t, object{o.Object, [][]record{{{0, "d", 1, "y"}}, {{10, "e", 1, "y"}}}}, 2, true)
			w.load(t, replay[:3]...)
			if got := w.texts(t, `SELECT id FROM warehouse.sales WHERE id IN ('d', 'e')`); len(got) > 0 {
				t.Errorf("of a replay that is under way, %q are there", got)
			}
			w.load(t, replay[3])
			w.checkCounts(t)
			w.holds(t, "d y", "e y")
		})
	}
}
