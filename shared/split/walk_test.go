package split_test

import (
	"errors"
	"io"
	"runtime"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/google/go-cmp/cmp"

	"acequia/shared/pipeline"
	"acequia/shared/split"
)

var csvLayout = pipeline.Layout{
	Format: pipeline.CSV, Delimiter: ',', Quote: '"', BodyStart: 3, BodyLine: 2, MaxFieldBytes: split.MaxFieldBytes,
}

var jsonLayout = pipeline.Layout{Format: pipeline.JSON, BodyStart: 1, BodyLine: 1, MaxRecordBytes: split.MaxRecordBytes}

func collect(pieces *[]split.Piece) func(split.Piece) error {
	return func(p split.Piece) error {
		*pieces = append(*pieces, p)
		return nil
	}
}

func TestWalkCutsAtTheFirstBoundaryPastTheChunkSize(t *testing.T) {
	t.Parallel()
	const file = "id\n1\n\"2\n2\"\n3\n\n\n"
	var got []split.Piece
	// A reader that gives one byte at a time: the pieces do not depend on how the bytes come.
	records, err := split.Walk(iotest.OneByteReader(strings.NewReader(file)), csvLayout, int64(len(file)), 5, collect(&got))
	if err != nil {
		t.Fatal(err)
	}
	want := []split.Piece{
		{Number: 0, Start: 0, End: 5, Line: 1, Records: 1},
		{Number: 1, Start: 5, End: 11, Line: 3, Records: 1},
		{Number: 2, Start: 11, End: 15, Line: 5, Records: 1},
	}
	if diff := cmp.Diff(want, got); diff != "" || records != 3 {
		t.Errorf("%d records (-want +got):\n%s", records, diff)
	}
}

func TestWalkOfAHeaderAloneIsOnePieceWithoutRecords(t *testing.T) {
	t.Parallel()
	var got []split.Piece
	records, err := split.Walk(strings.NewReader("id\n"), csvLayout, 3, 1, collect(&got))
	want := []split.Piece{{End: 3, Line: 1}}
	if diff := cmp.Diff(want, got); err != nil || diff != "" || records != 0 {
		t.Errorf("%d records, error %v (-want +got):\n%s", records, err, diff)
	}
}

func TestWalkRefusesABrokenArray(t *testing.T) {
	t.Parallel()
	for file, says := range map[string]string{
		"[\n{\"a\":1},\n{\"a\":": "ends inside this element: the file is cut off; upload it whole (byte 11, line 3)",
		"[{}":                    "ends before its closing bracket",
		"[{},{},":                "ends before its closing bracket",
		"[{} {}]":                "exactly one comma",
		"[{},,{}]":               "exactly one comma",
		"[{},]":                  "exactly one comma",
		"[{}]\n[{}]":             "is followed by something else; a file must hold one array (byte 5, line 2)",
	} {
		_, err := split.Walk(strings.NewReader(file), jsonLayout, int64(len(file)), 100, func(split.Piece) error { return nil })
		var refused *pipeline.RefusedError
		if !errors.As(err, &refused) || !strings.Contains(refused.Reason, says) {
			t.Errorf("%q: error = %v, want a refusal that says %q", file, err, says)
		}
	}
}

func TestWalkOfACutTransferIsWorthARetry(t *testing.T) {
	t.Parallel()
	nothing := func(split.Piece) error { return nil }
	_, err := split.Walk(strings.NewReader("id\n1\n"), csvLayout, 500, 10, nothing)
	var refused *pipeline.RefusedError
	if err == nil || errors.As(err, &refused) {
		t.Errorf("fewer bytes than the object has: error = %v", err)
	}
	_, err = split.Walk(io.MultiReader(strings.NewReader("id\n1\n"), iotest.ErrReader(io.ErrClosedPipe)), csvLayout, 500, 10, nothing)
	if !errors.Is(err, io.ErrClosedPipe) {
		t.Errorf("a broken connection: error = %v", err)
	}
}

// endless gives the same record again and again.
type endless struct {
	record string
	at     int
}

func (e *endless) Read(p []byte) (int, error) {
	n := copy(p, e.record[e.at:])
	e.at = (e.at + n) % len(e.record)
	return n, nil
}

// Promise 7: memory is set by a buffer and the longest record, not by the file.
func TestWalkHoldsNoMoreThanABuffer(t *testing.T) {
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	const size = 100 << 20
	layout := csvLayout
	layout.BodyStart, layout.BodyLine = 0, 1
	file := io.LimitReader(&endless{record: "T0001234,\"Lima,\nPerú\",21.96\n"}, size)
	if _, err := split.Walk(file, layout, size, 8<<20, func(split.Piece) error { return nil }); err != nil {
		t.Fatal(err)
	}
	runtime.ReadMemStats(&after)
	if used := after.TotalAlloc - before.TotalAlloc; used > 4<<20 {
		t.Errorf("the walk of %d bytes allocated %d", size, used)
	}
}

func TestARecordWithoutEndIsRefused(t *testing.T) {
	t.Parallel()
	const size = 100 << 20
	file := io.LimitReader(&endless{record: "x,"}, size)
	_, err := split.Walk(file, csvLayout, size, 8<<20, func(split.Piece) error { return nil })
	var refused *pipeline.RefusedError
	if !errors.As(err, &refused) || !strings.Contains(refused.Reason, "starts on line 2") {
		t.Errorf("error = %v", err)
	}
}

func BenchmarkWalk(b *testing.B) {
	const size = 64 << 20
	layout := csvLayout
	layout.BodyStart, layout.BodyLine = 0, 1
	b.SetBytes(size)
	for b.Loop() {
		file := io.LimitReader(&endless{record: "T0001234,C02073,P04315,2026-09-02,3,21.96,0.00,efectivo,PEN,web,\"Lima,\nPerú\"\n"}, size)
		if _, err := split.Walk(file, layout, size, 8<<20, func(split.Piece) error { return nil }); err != nil {
			b.Fatal(err)
		}
	}
}
