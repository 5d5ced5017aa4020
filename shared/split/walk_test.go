package split_test

import (
	"errors"
	"io"
	"runtime"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/google/go-cmp/cmp"

	"acequia/shared/contract"
	"acequia/shared/pipeline"
	"acequia/shared/split"
)

func layoutOf(t testing.TB, head string, format pipeline.Format) pipeline.Layout {
	t.Helper()
	source := contract.Source{Format: format}
	if format == pipeline.ConcatenatedJSON {
		source.Format = pipeline.JSON // as a contract says it
	}
	layout, err := split.Probe([]byte(head), true, source, nil)
	if err != nil {
		t.Fatal(err)
	}
	if layout.Format != format {
		t.Fatalf("%q is %s", head, layout.Format)
	}
	return layout
}

// pieces walks the file.
func pieces(t testing.TB, file string, format pipeline.Format, chunkSize int64) (pieces []split.Piece, records int64) {
	t.Helper()
	end, err := split.Walk(iotest.HalfReader(strings.NewReader(file)), layoutOf(t, file, format), int64(len(file)), chunkSize, split.Mark{},
		func(p split.Piece) error {
			pieces = append(pieces, p)
			return nil
		})
	if err != nil {
		t.Fatal(err)
	}
	return pieces, end.Records
}

func TestPieces(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		file      string
		format    pipeline.Format
		chunkSize int64
		want      []split.Piece
	}{
		"a header only":  {"a,b\n", pipeline.CSV, 1, []split.Piece{{End: 4, Line: 1}}},
		"an empty array": {"[]\n", pipeline.JSON, 1, []split.Piece{{End: 3, Line: 1}}},
		"the header goes with the first record": {
			"a\n1\n2\n3\n", pipeline.CSV, 1,
			[]split.Piece{{0, 0, 4, 1, 1}, {1, 4, 6, 3, 1}, {2, 6, 8, 4, 1}},
		},
		"a cut where the size is reached": {
			"a\n1\n2\n3\n4\n5\n", pipeline.CSV, 6,
			[]split.Piece{{0, 0, 6, 1, 2}, {1, 6, 12, 4, 3}},
		},
		"the last is short": {
			"a\n1\n2\n3\n4\n5\n", pipeline.CSV, 5,
			[]split.Piece{{0, 0, 6, 1, 2}, {1, 6, 12, 4, 3}},
		},
		"blank lines go with the record before": {
			"a\n1\n\n\n2\n\n\n", pipeline.CSV, 1,
			[]split.Piece{{0, 0, 6, 1, 1}, {1, 6, 10, 5, 1}},
		},
		"commas and the end go with the element before": {
			"[{},\n{}\n]\n", pipeline.JSON, 1,
			[]split.Piece{{0, 0, 5, 1, 1}, {1, 5, 10, 2, 1}},
		},
		"blank lines go with the line before": {
			" {}\n\n{}\n \n", pipeline.NDJSON, 1,
			[]split.Piece{{0, 0, 5, 1, 1}, {1, 5, 10, 3, 1}},
		},
		"space goes with the object before": {
			"{\n} {}{}\n", pipeline.ConcatenatedJSON, 1,
			[]split.Piece{{0, 0, 4, 1, 1}, {1, 4, 6, 2, 1}, {2, 6, 9, 2, 1}},
		},
		"a byte order mark": {
			"\xef\xbb\xbfa\n1\n2\n", pipeline.CSV, 1,
			[]split.Piece{{0, 0, 7, 1, 1}, {1, 7, 9, 3, 1}},
		},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			got, records := pieces(t, test.file, test.format, test.chunkSize)
			if diff := cmp.Diff(test.want, got); diff != "" {
				t.Errorf("pieces of %q (-want +got):\n%s", test.file, diff)
			}
			var sum int64
			for _, p := range got {
				sum += p.Records
			}
			if sum != records {
				t.Errorf("%d records, but the pieces have %d", records, sum)
			}
		})
	}
}

func ignore(split.Piece) error { return nil }

func TestAnObjectOfAnotherSizeIsWorthARetry(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		head, file string
		format     pipeline.Format
		size       int64
		want       string
	}{
		"too few":          {"a\n", "a\n1\n", pipeline.CSV, 5, "the object should have 5 bytes and ends after 4"},
		"too many":         {"a\n", "a\n1\n", pipeline.CSV, 3, "the object should have 3 bytes and goes on after 3"},
		"less than a head": {"a,b\n", "a,", pipeline.CSV, 5, "the object should have 5 bytes and ends after 2"},
		// A connection that breaks off is no array that is cut off.
		"too few of an array": {"[", "[{},{", pipeline.JSON, 9, "the object should have 9 bytes and ends after 5"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			var last int64
			_, err := split.Walk(strings.NewReader(test.file), layoutOf(t, test.head, test.format), test.size, 1, split.Mark{}, func(p split.Piece) error {
				last = p.End
				return nil
			})
			if err == nil || err.Error() != test.want || errors.As(err, new(*pipeline.RefusedError)) {
				t.Errorf("error = %v, want %s", err, test.want)
			}
			if last >= test.size {
				t.Errorf("a piece ends at %d", last)
			}
		})
	}
}

func TestErrorsOnTheWay(t *testing.T) {
	t.Parallel()
	layout := layoutOf(t, "a\n", pipeline.CSV)
	broken := errors.New("broken")
	_, err := split.Walk(io.MultiReader(strings.NewReader("a\n1\n"), iotest.ErrReader(broken)), layout, 8, 1, split.Mark{}, ignore)
	if !errors.Is(err, broken) || !strings.Contains(err.Error(), "byte 4") {
		t.Errorf("reading: %v", err)
	}
	_, err = split.Walk(strings.NewReader("a\n1\n2\n"), layout, 6, 1, split.Mark{}, func(split.Piece) error { return broken })
	if err != broken { //nolint:errorlint // It must come back as it is.
		t.Errorf("emitting: %v", err)
	}
	if _, err = split.Walk(strings.NewReader("a\n"), layout, 2, 0, split.Mark{}, ignore); err == nil {
		t.Error("chunks of no bytes were cut")
	}
	layout.Format = "parquet"
	if _, err = split.Walk(strings.NewReader("a\n"), layout, 2, 1, split.Mark{}, ignore); !errors.As(err, new(*pipeline.RefusedError)) {
		t.Errorf("format parquet: %v", err)
	}
}

func TestARecordWithoutEndIsRefused(t *testing.T) {
	t.Parallel()
	for name, test := range map[string]struct {
		format  pipeline.Format
		file    string
		refused bool
	}{
		"a line that fits":        {pipeline.CSV, "a\nb\n" + strings.Repeat("x", 399) + "\n", false},
		"a line that does not":    {pipeline.CSV, "a\nb\n" + strings.Repeat("x", 400) + "\n", true},
		"an element that fits":    {pipeline.JSON, "[{},\n" + strings.Repeat("x", 399) + "]", false},
		"an element that doesn't": {pipeline.JSON, "[{},\n" + strings.Repeat("x", 400) + "]", true},
		"an NDJSON line":          {pipeline.NDJSON, "{}\n" + strings.Repeat("x", 399) + "\n", false},
		"one that doesn't":        {pipeline.NDJSON, "{}\n" + strings.Repeat("x", 400) + "\n", true},
		"an object that fits":     {pipeline.ConcatenatedJSON, "{\n}{" + strings.Repeat("x", 398) + "}", false},
		"an object that doesn't":  {pipeline.ConcatenatedJSON, "{\n}{" + strings.Repeat("x", 399) + "}", true},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			layout := layoutOf(t, test.file, test.format)
			layout.MaxRecordBytes = 100
			_, err := split.Walk(strings.NewReader(test.file), layout, int64(len(test.file)), 1, split.Mark{}, ignore)
			if refused := (*pipeline.RefusedError)(nil); errors.As(err, &refused) != test.refused {
				t.Errorf("error = %v", err)
			} else if test.refused && !strings.HasPrefix(refused.Reason, "the record that starts on line ") {
				t.Errorf("reason = %q", refused.Reason)
			}
		})
	}
}

// repeat reads line again and again.
type repeat struct {
	line string
	at   int
}

func (r *repeat) Read(p []byte) (int, error) {
	n := copy(p, r.line[r.at:])
	r.at = (r.at + n) % len(r.line)
	return n, nil
}

// Promise 7: memory is not set by file size.
func TestMemoryIsBounded(t *testing.T) { //nolint:paralleltest // It counts what is allocated meanwhile.
	const size = 16 << 20
	line := strings.Repeat("1,\"a\nb\","+strings.Repeat("c", 100)+"\n\n", 1000)
	layout := layoutOf(t, line, pipeline.CSV)
	layout.BodyStart = 0
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	_, err := split.Walk(io.LimitReader(&repeat{line: line}, size), layout, size, 8<<20, split.Mark{}, ignore)
	runtime.ReadMemStats(&after)
	if err != nil {
		t.Fatal(err)
	}
	if got := after.TotalAlloc - before.TotalAlloc; got > 1<<20 {
		t.Errorf("the walk over %d bytes took %d bytes of memory", size, got)
	}
}
