package decode_test

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
	"pgregory.net/rapid"

	"acequia/shared/charset"
	"acequia/shared/contract"
	"acequia/shared/decode"
	"acequia/shared/pipeline"
	"acequia/shared/split"
)

// tester is what *testing.T, *testing.F and *rapid.T have in common.
type tester interface {
	Helper()
	Fatal(args ...any)
	Fatalf(format string, args ...any)
}

// record is a decoded record that can be kept.
type record struct {
	pipeline.Place
	Raw       string
	Fields    []string
	Malformed string
}

var kinds = map[pipeline.Kind]string{pipeline.Absent: "-", pipeline.Null: "null", pipeline.Text: "'", pipeline.Literal: "=", pipeline.Nested: "~"}

// records decodes the bytes of file that a piece covers.
func records(t tester, file string, layout pipeline.Layout, p split.Piece, sources []string) []record {
	t.Helper()
	d, err := decode.New(layout, pipeline.Chunk{Number: p.Number, Start: p.Start, End: p.End, Line: p.Line}, sources)
	if err != nil {
		t.Fatal(err)
	}
	var all []record
	for r := range d.Records([]byte(file[p.Start:p.End])) {
		kept := record{Place: r.Place, Raw: string(r.Raw)}
		for _, f := range r.Fields {
			kept.Fields = append(kept.Fields, kinds[f.Kind]+string(f.Bytes))
		}
		if r.Malformed != nil {
			kept.Malformed = r.Malformed.Rule + ": " + r.Malformed.Reason
		}
		all = append(all, kept)
	}
	return all
}

func whole(t tester, file string, layout pipeline.Layout, sources []string) []record {
	t.Helper()
	return records(t, file, layout, split.Piece{End: int64(len(file)), Line: 1}, sources)
}

// walk gives the file's pieces, or what refuses it. It reads in small and uneven portions.
func walk(t tester, file string, layout pipeline.Layout, chunkSize int) (pieces []split.Piece, count int64, refused error) {
	t.Helper()
	r := iotest.HalfReader(strings.NewReader(file))
	end, err := split.Walk(r, layout, int64(len(file)), int64(chunkSize), split.Mark{}, func(p split.Piece) error {
		pieces = append(pieces, p)
		return nil
	})
	if err != nil && !errors.As(err, new(*pipeline.RefusedError)) {
		t.Fatal(err)
	}
	return pieces, end.Records, err
}

// checkChunks checks promise 1 of a file for every chunk size: its pieces tile it, and decoding them gives the records that
// decoding the whole gives. It returns those, and whether the walk accepts the file.
func checkChunks(t tester, file string, layout pipeline.Layout, sources []string) (want []record, accepted bool) {
	t.Helper()
	want = whole(t, file, layout, sources)
	_, _, refused := walk(t, file, layout, len(file)+1)
	for size := 1; size <= len(file)+1; size++ {
		pieces, count, err := walk(t, file, layout, size)
		if fmt.Sprint(err) != fmt.Sprint(refused) {
			t.Fatalf("%q in chunks of %d: %v; in one: %v", file, size, err, refused)
		}
		var got []record
		var end int64
		for i, p := range pieces {
			if p.Number != i || p.Start != end || p.End <= p.Start {
				t.Fatalf("%q in chunks of %d: piece %d is %+v, the one before ends at %d", file, size, i, p, end)
			}
			if i < len(pieces)-1 && p.End-p.Start < int64(size) {
				t.Fatalf("%q in chunks of %d: piece %d, %+v, is too small", file, size, i, p)
			}
			end = p.End
			decoded := records(t, file, layout, p, sources)
			if int64(len(decoded)) != p.Records {
				t.Fatalf("%q in chunks of %d: piece %+v has %d records", file, size, p, len(decoded))
			}
			got = append(got, decoded...)
		}
		if refused != nil {
			// What was cut before the fault showed is right all the same.
			if diff := cmp.Diff(want[:min(len(got), len(want))], got, cmpopts.EquateEmpty()); diff != "" {
				t.Fatalf("%q in chunks of %d (-whole +chunks):\n%s", file, size, diff)
			}
			continue
		}
		if end != int64(len(file)) || count != int64(len(want)) {
			t.Fatalf("%q in chunks of %d: the last ends at %d, %d records of %d", file, size, end, count, len(want))
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Fatalf("%q in chunks of %d (-whole +chunks):\n%s", file, size, diff)
		}
	}
	checkPlaces(t, file, layout, want)
	return want, refused == nil
}

// checkPlaces checks that records are where they say, one behind another.
func checkPlaces(t tester, file string, layout pipeline.Layout, records []record) {
	t.Helper()
	set, _ := charset.Find(layout.Encoding)
	text := func(start, end int64) string { return string(set.Text([]byte(file[start:end]))) }
	var end int64
	for _, r := range records {
		if r.Offset < end || text(r.Offset, r.Offset+r.Length) != r.Raw {
			t.Fatalf("%q: record %+v is not at its place, or not behind byte %d", file, r, end)
		}
		before := strings.NewReplacer("\r\n", "\n", "\r", "\n").Replace(text(0, r.Offset))
		if line := int64(1 + strings.Count(before, "\n")); line != r.Line {
			t.Fatalf("%q: record %+v is on line %d", file, r, line)
		}
		end = r.Offset + r.Length
	}
}

// csvLayout and jsonLayout have small bounds, so that short files meet them.
func csvLayout(t tester, file string) pipeline.Layout {
	t.Helper()
	layout, err := split.Probe([]byte(file), true, contract.Source{
		Format: pipeline.CSV, Limits: contract.Limits{MaxFieldBytes: 12, MaxRecordBytes: 40},
	}, nil)
	if err != nil {
		t.Fatal(err)
	}
	return layout
}

func jsonLayout(t tester, file string) pipeline.Layout {
	t.Helper()
	layout, err := split.Probe([]byte(file), true, contract.Source{
		Format: pipeline.JSON, Limits: contract.Limits{MaxRecordBytes: 40},
	}, nil)
	if err != nil {
		t.Fatal(err)
	}
	return layout
}

func draw(t *rapid.T, most int, parts ...string) string {
	return strings.Join(rapid.SliceOfN(rapid.SampledFrom(parts), 0, most).Draw(t, "parts"), "")
}

func TestChunkSizesDoNotChangeCSV(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		file := "a,b\n" + draw(t, 40,
			",", `"`, `""`, `",`, `,"`, "\"\n", "\n", "\r\n", "\r", "x", "ñ", "\xff", "\x00", "1,2\n", "\"1\",\"2\"\r\n", "long text")
		checkChunks(t, file, csvLayout(t, file), []string{"b", "a", "c"})
	})
}

func TestChunkSizesDoNotChangeJSON(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		file := "[" + draw(t, 30,
			",", `"`, `\`, "{", "}", "[", "]", ":", "\n", "\r", "\r\n", " ", "1", "null", `{"a":1},`, `{"a":"x"}`, ",\n", `{"b":{"c":["ñ"]}},`,
			"\xff", `"\ud800"`) + rapid.SampledFrom([]string{"", "]", "]\r\n"}).Draw(t, "end")
		checkChunks(t, file, jsonLayout(t, file), []string{"a", "$.b", "$.b.c[0]"})
	})
}

// A fault costs the record that it is in. Left out are quotes that happen to be legal where they are: those join lines.
func TestOneFaultCostsOneRecord(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		field := rapid.SampledFrom([]string{"", "1", "ab", `""`, `"x"`, `"a,b"`, `"a""b"`, "\"l\nm\""})
		var rows []string
		for range rapid.IntRange(1, 8).Draw(t, "rows") {
			rows = append(rows, "r"+","+field.Draw(t, "a")+","+field.Draw(t, "b")+"\n")
		}
		hurt := rapid.IntRange(0, len(rows)-1).Draw(t, "hurt")
		faulty := slices.Clone(rows)
		at := rapid.IntRange(0, len(rows[hurt])-2).Draw(t, "at")
		fault := rapid.SampledFrom([]string{`"`, `x`, `"x`, `delete`}).Draw(t, "fault")
		if fault == "delete" {
			faulty[hurt] = rows[hurt][:at] + rows[hurt][at+1:]
		} else {
			faulty[hurt] = rows[hurt][:at] + fault + rows[hurt][at:]
		}

		layout := pipeline.Layout{Format: pipeline.CSV, Header: []string{"r", "a", "b"}, BodyLine: 1}
		sources := []string{"r", "a", "b"}
		got := map[string]int{}
		joined := 0
		for _, r := range whole(t, strings.Join(faulty, ""), layout, sources) {
			got[r.Raw+"\n"]++
			joined = max(joined, strings.Count(r.Raw, "\nr,"))
		}
		for i, row := range rows {
			if i == hurt {
				continue
			}
			if got[row]--; got[row] < 0 && joined == 0 {
				t.Fatalf("%q for %q at %d costs row %q:\n%q", fault, rows[hurt], at, row, strings.Join(faulty, ""))
			}
		}
	})
}
