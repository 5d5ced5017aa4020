package grammar_test

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"acequia/shared/grammar"
	"acequia/shared/pipeline"
)

// checkBatches holds the scanner to the state machine for a text of several batches, seen as a whole and through windows.
func checkBatches(t *rapid.T, text string, layout pipeline.Layout) {
	t.Helper()
	want := newReference(text, layout).records()
	keepFields := rapid.SampledFrom([]int{3, 100, 10_000}).Draw(t, "fields kept")
	for _, step := range []int{len(text), rapid.IntRange(grammar.BatchBytes/3, 3*grammar.BatchBytes).Draw(t, "step")} {
		got := scanned(t, text, layout, keepFields, step)
		for i := range min(len(got), len(want)) {
			if n := keepFields; want[i].Fault == grammar.Sound && len(want[i].fields) > n {
				want[i].fields = want[i].fields[:n]
			}
		}
		if diff := cmp.Diff(want, got, unexported); diff != "" {
			t.Fatalf("in windows of %d (-state machine +scanner):\n%s", step, diff)
		}
	}
}

// wide makes the bounds of a dialect those of whole files, so that records are longer than batches.
func wide(layout pipeline.Layout) pipeline.Layout {
	layout.MaxFieldBytes, layout.MaxRecordBytes = 1<<16, 1<<17
	return layout
}

// TestRecordsLongerThanABatch draws records whose fields lie in several batches, with something that matters near each border.
func TestRecordsLongerThanABatch(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		layout := wide(dialectOf(rapid.Uint32().Draw(t, "dialect")))
		var text strings.Builder
		for batch := range 4 {
			fill := rapid.SampledFrom([]string{"a", "ab" + string(layout.Delimiter), "abcdefghijklmnopqrstuvwxy" + string(layout.Delimiter), "é"}).Draw(t, "fill")
			near := rapid.IntRange(0, 100).Draw(t, "near")
			if missing := (batch+1)*grammar.BatchBytes - near - text.Len(); missing > 0 {
				text.WriteString(strings.Repeat(fill, missing/len(fill)))
			}
			text.WriteString(drawCSV(t, layout, 12))
		}
		checkBatches(t, text.String(), layout)
	})
}

// TestBatchesOfRegularRecords draws files of many short records, nearly all of which are regular.
func TestBatchesOfRegularRecords(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		layout := wide(dialectOf(rapid.Uint32().Draw(t, "dialect")))
		delimiter, quote := string(layout.Delimiter), string(layout.Quote)
		lines := []string{
			"1" + delimiter + "two" + delimiter + "3", quote + "a" + delimiter + "b\nc" + quote + delimiter + "d", quote + quote, "",
			quote + "a" + quote + quote + "b" + quote, "a" + quote + "b", strings.Repeat("x", 70), delimiter + delimiter, layout.HeaderText,
			strings.Repeat("y"+delimiter, 70), quote + strings.Repeat("z\r\n", 30) + quote,
		}
		records := rapid.SliceOfN(rapid.SampledFrom(lines), 1, 8).Draw(t, "records")
		lineEnd := rapid.SampledFrom([]string{"\n", "\r\n", "\r"}).Draw(t, "line end")
		some := strings.Join(records, lineEnd) + lineEnd
		var text strings.Builder
		for batch := range 3 {
			missing := (batch+1)*grammar.BatchBytes - rapid.IntRange(0, 100).Draw(t, "near") - text.Len()
			text.WriteString(strings.Repeat(some, max(missing, 0)/len(some)))
			text.WriteString(drawCSV(t, layout, 12))
		}
		checkBatches(t, text.String(), layout)
	})
}
