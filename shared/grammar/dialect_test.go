package grammar_test

import (
	"errors"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"acequia/shared/grammar"
	"acequia/shared/pipeline"
)

// drawLayout draws a dialect, with small bounds.
func drawLayout(t *rapid.T) pipeline.Layout {
	return pipeline.Layout{
		Format:        pipeline.CSV,
		Delimiter:     rapid.SampledFrom([]byte(",;\t|\x01")).Draw(t, "delimiter"),
		Quote:         rapid.SampledFrom([]byte("\"'")).Draw(t, "quote"),
		Unquoted:      rapid.IntRange(0, 5).Draw(t, "unquoted") == 0,
		Escape:        rapid.SampledFrom([]byte{0, '\\'}).Draw(t, "escape"),
		Comment:       rapid.SampledFrom([]byte{0, '#'}).Draw(t, "comment"),
		HeaderText:    rapid.SampledFrom([]string{"", "a", "ab\"", "#a"}).Draw(t, "header"),
		MaxFieldBytes: rapid.IntRange(1, 12).Draw(t, "max field"), MaxRecordBytes: rapid.IntRange(1, 40).Draw(t, "max record"),
	}
}

// drawText draws a text in which the characters that matter to a dialect are common.
func drawText(t *rapid.T, layout pipeline.Layout, most int) string {
	quote, delimiter := string(layout.Quote), string(layout.Delimiter)
	parts := []string{
		delimiter, delimiter, quote, quote + quote, quote + delimiter, delimiter + quote, quote + "\n", "\n" + quote, `\`, `\` + quote,
		"\n", "\r", "\r\n", "\na\n", "\n#", "#" + quote, "a", "ab\"", "ñ", "\x00", "\xff", "\x8a\xa2", "12345", "a longer text",
	}
	return strings.Join(rapid.SliceOfN(rapid.SampledFrom(parts), 0, most).Draw(t, "text"), "")
}

// scanned is what a scanner makes of a text that it sees through windows which grow by step bytes whenever it asks for more.
func scanned(t *rapid.T, text string, layout pipeline.Layout, keepFields, step int) (records []referenceRecord) {
	s, err := grammar.NewCSV(layout, 0, 1, keepFields)
	if err != nil {
		t.Fatal(err)
	}
	rest, passed := []byte(text), 0
	for n := min(step, len(rest)); ; {
		r, err := s.Next(rest[:n:n], n == len(rest))
		if err == nil {
			records = append(records, keep(s, layout, r, rest[r.Start:r.End], passed))
		}
		rest, n, passed = rest[r.Next:], n-r.Next, passed+r.Next
		switch {
		case errors.Is(err, grammar.ErrMore) && n < len(rest):
			n = min(n+step, len(rest))
		case err != nil:
			if len(rest) > 0 {
				t.Fatalf("%v, before %q", err, rest)
			}
			return records
		}
	}
}

// keep makes a record that can be kept, with places in the text and not in the window, and with its fields if it is sound.
func keep(s *grammar.CSV, layout pipeline.Layout, r grammar.Record, raw []byte, passed int) referenceRecord {
	r.Start, r.End, r.Next = r.Start+passed, r.End+passed, r.Next+passed
	kept := referenceRecord{Record: r, raw: string(raw)}
	if fields, _ := s.Fields(); r.Fault == grammar.Sound {
		for _, f := range fields {
			text, _ := grammar.Unquote(raw, f, layout.Quote, layout.Escape, nil)
			kept.fields = append(kept.fields, string(text))
		}
	}
	return kept
}

// The scanner gives the records of the state machine in doc.go, whatever the dialect and through whatever windows it looks.
func TestCSVIsTheStateMachine(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		layout := drawLayout(t)
		text := drawText(t, layout, 50)
		want := referenceRecords(text, layout)
		var places []referenceRecord
		for _, r := range want {
			r.Fault, r.FaultAt, r.Field, r.fields = 0, 0, 0, nil
			places = append(places, r)
		}
		for _, step := range []int{1, 2, 3, 5, 8, 13, len(text)} {
			if diff := cmp.Diff(want, scanned(t, text, layout, 100, step), unexported); diff != "" {
				t.Fatalf("%q in windows of %d (-state machine +scanner):\n%s", text, step, diff)
			}
			got := scanned(t, text, layout, 0, step)
			for i := range got {
				got[i].Fault, got[i].FaultAt, got[i].Field = 0, 0, 0
			}
			if diff := cmp.Diff(places, got, unexported); diff != "" {
				t.Fatalf("%q in windows of %d, not taken apart (-state machine +scanner):\n%s", text, step, diff)
			}
		}
	})
}

var unexported = cmp.AllowUnexported(referenceRecord{})
