package decode_test

import (
	"errors"
	"fmt"
	"io"
	"runtime"
	"strings"
	"testing"

	"acequia/shared/contract"
	"acequia/shared/decode"
	"acequia/shared/pipeline"
	"acequia/shared/split"
)

// Files that are made to be slow: each ends in time, or the test does not, and no record is lost. The bounds are the defaults, so
// that a megabyte may be read in vain.
func TestHostileFilesEnd(t *testing.T) {
	t.Parallel()
	const size = 1 << 20
	for name, test := range map[string]struct {
		layout pipeline.Layout
		line   string
		// records is how many there are, sound how many of them have two fields.
		records, sound int
	}{
		"quotes only":                {line: `"`, records: 1},
		"delimiters only":            {line: ",", records: 1},
		"NUL only":                   {line: "\x00", records: 1},
		"line ends only":             {line: "\n\r\n\r"},
		"a quote a line":             {line: "\"\n", records: size / 4},
		"an open field a line":       {line: "a,\"b\n", records: size / 5},
		"a bad quote a line":         {line: "\"a\"b\n", records: size / 5},
		"line ends in every field":   {line: "\"\n\",", records: 1},
		"doubled quotes":             {line: "\"\"\"\"\n", records: size / 5},
		"delimiters and line ends":   {line: ",\n", records: size / 2, sound: size / 2},
		"delimiters and quotes":      {line: "\",", records: 1},
		"escapes only":               {pipeline.Layout{Escape: '\\'}, `\`, 1, 0},
		"escaped quotes":             {pipeline.Layout{Escape: '\\'}, `"\`, 1, 0},
		"an open escape a line":      {pipeline.Layout{Escape: '\\'}, "\"\\\"\n", size / 4, 0},
		"comments only":              {pipeline.Layout{Comment: '#'}, "#\"\n", 0, 0},
		"headers only":               {pipeline.Layout{HeaderText: "a,b"}, "a,b\n", 0, 0},
		"padded":                     {pipeline.Layout{PadShort: true}, "a\n", size / 2, size / 2},
		"quotes in UTF-16 only":      {pipeline.Layout{Encoding: "utf-16be"}, "\x00\"", 1, 0},
		"nothing, but not in quotes": {pipeline.Layout{Unquoted: true}, "\"\n", size / 2, 0},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			layout := test.layout
			layout.Format, layout.Header, layout.BodyLine = pipeline.CSV, []string{"a", "b"}, 1
			file := strings.Repeat(test.line, size/len(test.line)) + "\n"
			if layout.Encoding != "" {
				file = file[:len(file)-1]
			}
			found, sound := 0, 0
			_, err := split.Walk(strings.NewReader(file), layout, int64(len(file)), 256<<10, split.Mark{}, func(p split.Piece) error {
				for _, r := range records(t, file, layout, p, layout.Header) {
					found++
					if r.Malformed == "" {
						sound++
					}
				}
				return nil
			})
			if err != nil || found != test.records || sound != test.sound {
				t.Errorf("%v, %d records, %d of them sound; want %d and %d", err, found, sound, test.records, test.sound)
			}
		})
	}
}

// endless repeats a text up to a size.
type endless struct {
	text string
	size int
}

func (e *endless) Read(p []byte) (int, error) {
	if e.size == 0 {
		return 0, io.EOF
	}
	n := 0
	for n < min(len(p), e.size) {
		n += copy(p[n:min(len(p), e.size)], e.text)
	}
	e.size -= n
	return n, nil
}

// Promise 7: what a line of 200 MB is, is told without holding it.
func TestALongLineTakesBoundedMemory(t *testing.T) { //nolint:paralleltest // It counts what is allocated meanwhile.
	const size = 200 << 20
	for _, test := range []struct {
		name, text string
		refused    bool
	}{
		{"text", "x", true},
		{"delimiters", ",", true},
		{"quotes", `"`, true},
		{"a quoted field", `"` + strings.Repeat("x", 1<<20), true},
		{"a comment", "#\"" + strings.Repeat("x", 1<<20), false},
		{"blank lines", "\n", false},
	} {
		layout := pipeline.Layout{Format: pipeline.CSV, Header: []string{"a", "b"}, BodyLine: 1, Comment: '#', MaxRecordBytes: 1 << 20}
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		end, err := split.Walk(&endless{test.text, size}, layout, size, 8<<20, split.Mark{}, func(split.Piece) error { return nil })
		runtime.ReadMemStats(&after)
		if refused := errors.As(err, new(*pipeline.RefusedError)); refused != test.refused || end.Records != 0 {
			t.Errorf("%s: %v, %d records", test.name, err, end.Records)
		}
		// The windows on the way to that of four records.
		if got, most := after.TotalAlloc-before.TotalAlloc, uint64(13<<20); got > most || !test.refused && got > 1<<20 {
			t.Errorf("%s: %d bytes of memory", test.name, got)
		}
	}
}

// A header of 100,000 columns, all of which are asked for.
func TestManyColumns(t *testing.T) { //nolint:paralleltest // It counts what is allocated meanwhile.
	const columns, rows = 100_000, 10
	var file strings.Builder
	for row := range rows + 1 {
		for column := range columns {
			fmt.Fprintf(&file, "%c%d%c", "cx"[min(row, 1)], column, ",\n"[(column+1)/columns])
		}
	}
	layout, err := split.Probe([]byte(file.String()), true, contract.Source{Format: pipeline.CSV}, nil)
	if err != nil {
		t.Fatal(err)
	}
	s := sample{body: file.String(), layout: layout, sources: layout.Header}
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	sound := decodeAll(t, s, split.Piece{End: int64(len(s.body)), Line: 1})
	runtime.ReadMemStats(&after)
	if sound != rows {
		t.Errorf("%d sound records", sound)
	}
	if got := after.TotalAlloc - before.TotalAlloc; got > 400*columns {
		t.Errorf("%d bytes of memory", got)
	}
	d, err := decode.New(layout, pipeline.Chunk{End: int64(len(s.body)), Line: 1}, []string{"c99999", "c0"})
	if err != nil {
		t.Fatal(err)
	}
	for r := range d.Records([]byte(s.body)) {
		if got := string(r.Fields[0].Bytes) + " " + string(r.Fields[1].Bytes); got != "x99999 x0" {
			t.Errorf("fields: %s", got)
		}
	}
}
