package decode_test

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"acequia/shared/decode"
	"acequia/shared/pipeline"
	"acequia/shared/split"
)

// read is a record as text, so that it can be compared after the decoder has moved on.
type read struct {
	Place  pipeline.Place
	Raw    string
	Fields []string
	Fault  string
}

// decoded gives the records of one chunk.
func decoded(t testing.TB, file string, layout pipeline.Layout, p split.Piece, sources []string) []read {
	t.Helper()
	d, err := decode.New(layout, pipeline.Chunk{Start: p.Start, End: p.End, Line: p.Line}, sources)
	if err != nil {
		t.Fatal(err)
	}
	var all []read
	for r := range d.Records([]byte(file[p.Start:p.End])) {
		one := read{Place: r.Place, Raw: string(r.Raw)}
		for _, f := range r.Fields {
			one.Fields = append(one.Fields, fmt.Sprintf("%d:%s", f.Kind, f.Bytes))
		}
		if r.Malformed != nil {
			one.Fault = r.Malformed.Rule + ": " + r.Malformed.Reason
		}
		if got := file[r.Offset : r.Offset+r.Length]; got != one.Raw {
			t.Fatalf("the record at byte %d is %q, its place holds %q", r.Offset, one.Raw, got)
		}
		all = append(all, one)
	}
	return all
}

// cut walks the file; what refuses it is given as text.
func cut(t testing.TB, file string, layout pipeline.Layout, chunkSize int64) (pieces []split.Piece, records int64, refused string) {
	t.Helper()
	records, err := split.Walk(strings.NewReader(file), layout, int64(len(file)), chunkSize, func(p split.Piece) error {
		pieces = append(pieces, p)
		return nil
	})
	var refusal *pipeline.RefusedError
	if errors.As(err, &refusal) {
		return nil, 0, refusal.Reason
	}
	if err != nil {
		t.Fatal(err)
	}
	return pieces, records, ""
}

// holds checks promise 1 on a file: for each chunk size the pieces tile it, and decode to the records of the whole.
func holds(t testing.TB, file string, layout pipeline.Layout, sources []string, chunkSizes ...int64) []read {
	t.Helper()
	whole, records, refused := cut(t, file, layout, int64(len(file))+1)
	if refused != "" {
		for _, size := range chunkSizes {
			if _, _, again := cut(t, file, layout, size); again != refused {
				t.Fatalf("refused with %q, but with chunks of %d bytes: %q", refused, size, again)
			}
		}
		return nil
	}
	if len(whole) != 1 {
		t.Fatalf("the whole file is %d pieces", len(whole))
	}
	want := decoded(t, file, layout, whole[0], sources)
	if int64(len(want)) != records {
		t.Fatalf("the walk saw %d records, decode %d", records, len(want))
	}
	for _, size := range chunkSizes {
		pieces, _, _ := cut(t, file, layout, size)
		var got []read
		var end, line int64 = 0, 1
		for i, p := range pieces {
			if p.Number != i || p.Start != end || p.End <= p.Start {
				t.Fatalf("chunks of %d bytes: piece %d is %+v, the one before ended at %d", size, i, p, end)
			}
			if p.Line < line {
				t.Fatalf("chunks of %d bytes: piece %d starts on line %d, the one before on %d", size, i, p.Line, line)
			}
			records := decoded(t, file, layout, p, sources)
			if int64(len(records)) != p.Records {
				t.Fatalf("chunks of %d bytes: piece %d should have %d records, decode gives %d", size, i, p.Records, len(records))
			}
			got = append(got, records...)
			end, line = p.End, p.Line
		}
		if end != int64(len(file)) {
			t.Fatalf("chunks of %d bytes end at %d of %d", size, end, len(file))
		}
		if diff := cmp.Diff(want, got); diff != "" {
			t.Fatalf("chunks of %d bytes (-whole +chunks):\n%s\nof %q", size, diff, file)
		}
	}
	return want
}

// sizes gives every chunk size from one byte to the length of the file.
func sizes(file string) []int64 {
	var all []int64
	for size := range int64(len(file)) {
		all = append(all, size+1)
	}
	return all
}

func csvLayout(t testing.TB, file string) (pipeline.Layout, bool) {
	t.Helper()
	layout, err := split.Probe([]byte(file), true, split.Want{Format: pipeline.CSV})
	layout.MaxFieldBytes = 12 // so that short files meet the bound
	return layout, err == nil
}

func jsonLayout(t testing.TB, file string) (pipeline.Layout, bool) {
	t.Helper()
	layout, err := split.Probe([]byte(file), true, split.Want{Format: pipeline.JSON})
	layout.MaxRecordBytes = 60
	layout.MaxFieldBytes = 0
	return layout, err == nil
}

func hostile(t *rapid.T, alphabet ...string) string {
	return strings.Join(rapid.SliceOfN(rapid.SampledFrom(alphabet), 0, 40).Draw(t, "file"), "")
}

func TestChunkSizeDoesNotChangeTheRecordsOfCSV(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(rt *rapid.T) {
		file := "a,b\n" + hostile(rt, ",", `"`, `""`, "\n", "\r\n", "\r", "x", "ñ", "\xff", "\x00", `,"`, `",`, "long text", "\"\n")
		if layout, ok := csvLayout(t, file); ok {
			holds(t, file, layout, []string{"a", "b", "c"}, sizes(file)...)
		}
	})
}

func TestChunkSizeDoesNotChangeTheRecordsOfJSON(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(rt *rapid.T) {
		file := " [" + hostile(rt, ",", `"`, `\"`, "{", "}", "[", "]", "\n", "\r\n", ":", `{"a":1}`, `{"a":"x"}`, `,{"b":[1,{"a":2}]}`,
			`,{"a":"\ud800"}`, ",\n", "null", "\xff") + rapid.SampledFrom([]string{"", "]", "]\n"}).Draw(rt, "end")
		if layout, ok := jsonLayout(t, file); ok {
			holds(t, file, layout, []string{"$.a", "b[1].a"}, sizes(file)...)
		}
	})
}

func FuzzCSV(f *testing.F) {
	for _, seed := range []string{
		"1,2\n3,4\n", "1,\"2\n\"\r\n3,4", "1,\"2\" \n3,4\n", "1,\"2\n3,4\n", "\"\"\"\",1\n", "\n\n1,2\n\n", "1,2\r3,4\r\r\n", "1,\"",
		"1,2,3\n1\n", "ñ,\xff\n",
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, body string) {
		file := "a,b\n" + body
		if layout, ok := csvLayout(t, file); ok && len(file) < 300 {
			holds(t, file, layout, []string{"b", "a"}, sizes(file)...)
		}
	})
}

func FuzzJSON(f *testing.F) {
	for _, seed := range []string{
		`{"a":1},{"a":{"b":"x"}}]`, "\n {\"a\": \"\\\"]\"}\n]\n", `1,"x",null]`, `{"a":1}`, `]x`, `{"a":1},]`, `{"a":[1}]`, `{"a":1,"a":2}]`,
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, body string) {
		file := "[" + body
		if layout, ok := jsonLayout(t, file); ok && len(file) < 300 {
			holds(t, file, layout, []string{"$.a", "$.a.b", "$"}, sizes(file)...)
		}
	})
}
