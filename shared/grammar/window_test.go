package grammar_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"acequia/shared/grammar"
	"acequia/shared/pipeline"
)

type scanner interface {
	Next(window []byte, atEOF bool) (grammar.Record, error)
}

// scan feeds the scanner from windows that grow by step bytes whenever it asks for more.
func scan(s scanner, file string, start, step int) []string {
	var records []string
	rest := []byte(file[start:])
	for n := min(step, len(rest)); ; {
		r, err := s.Next(rest[:n:n], n == len(rest))
		if err == nil {
			records = append(records, show(r, string(rest[r.Start:r.End])))
		}
		rest, n = rest[r.Next:], n-r.Next
		switch {
		case errors.Is(err, grammar.ErrMore) && n == len(rest):
			return append(records, "asked for more at the end")
		case errors.Is(err, grammar.ErrMore):
			n = min(n+step, len(rest))
		case err != nil:
			return append(records, fmt.Sprintf("%v, at %d:%d", err, r.Offset, r.Line))
		}
	}
}

// What a scanner tells depends on the bytes, and not on the windows that it sees them through.
func TestWindowsDoNotChangeTheRecords(t *testing.T) {
	t.Parallel()
	draw := func(t *rapid.T, alphabet ...string) string {
		return strings.Join(rapid.SliceOfN(rapid.SampledFrom(alphabet), 0, 60).Draw(t, "file"), "")
	}
	rapid.Check(t, func(t *rapid.T) {
		csv, err := grammar.NewCSV(dialect, 0, 1, 100)
		if err != nil {
			t.Fatal(err)
		}
		file := draw(t, "a", ",", `"`, `""`, `",`, `,"`, "\n", "\r", "\r\n", "12345")
		layout := pipeline.Layout{BodyStart: 1, MaxRecordBytes: 20}
		array := "[" + draw(t, "{", "}", "[", "]", ",", `"`, `\`, "\n", "\r", " ", "a", `{"a":1},`, `]}`)
		json, err := grammar.NewJSON(layout, 1, 1)
		if err != nil {
			t.Fatal(err)
		}
		whole, wholeJSON := *csv, *json
		wantCSV := scan(&whole, file, 0, len(file))
		wantJSON := scan(&wholeJSON, array, 1, len(array))
		for step := 1; step < 7; step++ {
			again, againJSON := *csv, *json
			if diff := cmp.Diff(wantCSV, scan(&again, file, 0, step)); diff != "" {
				t.Fatalf("%q in windows of %d (-whole +windows):\n%s", file, step, diff)
			}
			if diff := cmp.Diff(wantJSON, scan(&againJSON, array, 1, step)); diff != "" {
				t.Fatalf("%q in windows of %d (-whole +windows):\n%s", array, step, diff)
			}
		}
	})
}

func TestCountLines(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]int64{"": 0, "a": 0, "\n": 1, "\r": 1, "\r\n": 1, "\n\r": 2, "\r\r\n": 2, "a\nb\r\nc\rd": 3} {
		if got := grammar.CountLines([]byte(text)); got != want {
			t.Errorf("%q has %d line ends, want %d", text, got, want)
		}
	}
}
