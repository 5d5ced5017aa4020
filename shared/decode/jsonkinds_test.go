package decode_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"golang.org/x/text/encoding/unicode"
	"pgregory.net/rapid"

	"acequia/shared/charset"
	"acequia/shared/pipeline"
)

// Small bounds, so that short files meet them.
var (
	ndjsonLayout       = pipeline.Layout{Format: pipeline.NDJSON, BodyLine: 1, MaxRecordBytes: 40}
	concatenatedLayout = pipeline.Layout{Format: pipeline.ConcatenatedJSON, BodyLine: 1, MaxRecordBytes: 40}
)

// hostile is what files of lines or of objects are drawn from.
var hostile = []string{
	",", `"`, `\`, "{", "}", "[", "]", ":", "\n", "\r", "\r\n", " ", "\t", "1", "null", `{"a":1}`, `{"a":"x"}`, "{}\n", "{\"b\":\n{\"c\":[\"ñ\"]}}\r\n",
	"\xff", `"\ud800"`, "\x00", `{"a":1,"a":2}`, "garbage", `{"a":"longer than any record may be, by some"}`,
}

func TestChunkSizesDoNotChangeNDJSON(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		file := draw(t, 40, hostile...)
		_, accepted := checkChunks(t, file, ndjsonLayout, []string{"a", "$.b", "$.b.c[0]"})
		long := slices.ContainsFunc(strings.FieldsFunc(file, func(c rune) bool { return c == '\n' || c == '\r' }), func(line string) bool {
			return len(line) > 3*ndjsonLayout.MaxRecordBytes
		})
		if !accepted && !long {
			t.Fatalf("%q is refused, and has no line that never ends", file)
		}
	})
}

func TestChunkSizesDoNotChangeConcatenatedJSON(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		checkChunks(t, draw(t, 40, hostile...), concatenatedLayout, []string{"a", "$.b", "$.b.c[0]"})
	})
}

// Whatever is wrong with a line costs that line.
func TestOneFaultCostsOneLine(t *testing.T) {
	t.Parallel()
	fault := rapid.StringOfN(rapid.SampledFrom([]rune(`{}[]",:\ a1é`)), 0, 8, -1)
	rapid.Check(t, func(t *rapid.T) {
		var lines []string
		for range rapid.IntRange(1, 8).Draw(t, "lines") {
			lines = append(lines, rapid.SampledFrom([]string{`{"a":1}`, `{"a":"]\"}"}`, `{"b":{"c":[{}]}}`}).Draw(t, "line"))
		}
		hurt := rapid.IntRange(0, len(lines)-1).Draw(t, "hurt")
		faulty := slices.Clone(lines)
		at := rapid.IntRange(1, len(lines[hurt])-1).Draw(t, "at")
		faulty[hurt] = lines[hurt][:at] + fault.Draw(t, "fault") + lines[hurt][at+rapid.IntRange(0, 1).Draw(t, "lost"):]
		got := whole(t, strings.Join(faulty, "\n"), pipeline.Layout{Format: pipeline.NDJSON, BodyLine: 1}, []string{"a"})
		if len(got) != len(lines) {
			t.Fatalf("%d records of %q", len(got), faulty)
		}
		for i, r := range got {
			if r.Raw != strings.Trim(faulty[i], " ") || i != hurt && r.Malformed != "" {
				t.Fatalf("%q for line %d costs line %d: %+v", faulty[hurt], hurt, i, r)
			}
		}
	})
}

// What stands between two objects costs no object on another line.
func TestBetweenObjects(t *testing.T) {
	t.Parallel()
	const other = "json: a record must be an object, { … }, and this is none"
	for between, want := range map[string]string{
		",": stray, "}": stray, "]},": stray, "null": other, "[{\"a\":3},\n{\"a\":4}]": other, "\"a\"": other,
		"\"a\":{\"a\":3}}": other,
		"garbage":          "json: is not valid JSON at byte 8: a value must stand there",
		"{a:3}":            "json: is not valid JSON at byte 9: the name of a member must stand there, in double quotes",
	} {
		file := "{\"a\":1}\n" + between + "\n{\"a\":2}"
		got, accepted := checkChunks(t, file, concatenatedLayout, []string{"a"})
		if len(got) != 3 || !accepted || got[0].Malformed+got[2].Malformed != "" {
			t.Fatalf("%q: %+v", file, got)
		}
		if got[1].Raw != between || got[1].Malformed != want {
			t.Errorf("%q is %+v, want %q", between, got[1], want)
		}
	}
}

const stray = "json: a bracket or comma too many stands between two objects"

// Who decodes a file that is cut off, without a walk to refuse it, is told.
func TestAnObjectThatIsCutOff(t *testing.T) {
	t.Parallel()
	got, accepted := checkChunks(t, "{}\n{\"a\":", concatenatedLayout, nil)
	if accepted || len(got) != 2 || !strings.HasPrefix(got[1].Malformed, "json: the file ends inside the JSON object that starts on line 2 (byte 3)") {
		t.Errorf("accepted: %t, got %+v", accepted, got)
	}
	got, accepted = checkChunks(t, "{}\n{\"a\":", ndjsonLayout, nil)
	if !accepted || len(got) != 2 || got[1].Malformed != "json: is not valid JSON at byte 8: a value must stand there" {
		t.Errorf("as NDJSON: accepted: %t, got %+v", accepted, got)
	}
}

// In another encoding the records are the same, and lie where their bytes do in the file; so do their faults.
func TestJSONInUTF16(t *testing.T) {
	t.Parallel()
	set, _ := charset.Find(charset.UTF16LE)
	for _, kind := range []struct {
		format    pipeline.Format
		file      string
		bodyStart int64
	}{
		{pipeline.JSON, "[{\"a\":\"ñ😀\"},\n{\"a\":1x}, {}]", 2},
		{pipeline.NDJSON, "{\"a\":\"ñ😀\"}\r\n{\"a\":1x}\r\n{}", 0},
		{pipeline.ConcatenatedJSON, "{\"a\":\n\"ñ😀\"}{\"a\":1x}\n{}", 0},
	} {
		file, err := unicode.UTF16(unicode.LittleEndian, unicode.IgnoreBOM).NewEncoder().String(kind.file)
		if err != nil {
			t.Fatal(err)
		}
		layout := pipeline.Layout{Format: kind.format, Encoding: charset.UTF16LE, BodyStart: kind.bodyStart, BodyLine: 1}
		want := whole(t, file, layout, []string{"a"})
		if len(want) != 3 || want[0].Fields[0] != "'ñ😀" || want[1].Malformed == "" {
			t.Fatalf("%s: %+v", kind.format, want)
		}
		x := 2 * int64(len([]rune(kind.file[:strings.Index(kind.file, "x")]))+1) // 😀 has two code units
		if fault := fmt.Sprintf("json: is not valid JSON at byte %d: a comma or '}' must stand there", x); want[1].Malformed != fault {
			t.Errorf("%s: malformed = %s, want %s", kind.format, want[1].Malformed, fault)
		}
		for _, r := range want {
			if text := string(set.Text([]byte(file[r.Offset : r.Offset+r.Length]))); text != r.Raw {
				t.Errorf("%s: at its place stands %q: %+v", kind.format, text, r)
			}
		}
		for size := 1; size < len(file); size++ {
			var got []record
			pieces, _, refused := walk(t, file, layout, size)
			for _, p := range pieces {
				got = append(got, records(t, file, layout, p, []string{"a"})...)
			}
			if diff := cmp.Diff(want, got); diff != "" || refused != nil {
				t.Errorf("%s in chunks of %d: %v (-whole +chunks):\n%s", kind.format, size, refused, diff)
			}
		}
	}
}

// Members are found in whatever order they stand, in whatever order they stood before, be they few or many.
func TestMembersInAnyOrder(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		places := []int{0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11}
		names := strings.Split("abcdefghijkl"[:rapid.IntRange(1, 12).Draw(t, "names")], "")
		var lines []string
		var want [][]string
		for range rapid.IntRange(1, 6).Draw(t, "records") {
			var members []string
			fields := make([]string, len(names))
			for i := range fields {
				fields[i] = "-"
			}
			for _, i := range rapid.Permutation(places[:len(names)]).Draw(t, "order") {
				if rapid.Bool().Draw(t, "there") {
					members, fields[i] = append(members, `"`+names[i]+`":"`+names[i]+`"`), "'"+names[i]
				}
				if rapid.Bool().Draw(t, "other") {
					members = append(members, `"z":[{"a":1}]`)
				}
			}
			lines, want = append(lines, "{"+strings.Join(members, ",")+"}"), append(want, fields)
		}
		for i, r := range whole(t, strings.Join(lines, "\n"), pipeline.Layout{Format: pipeline.NDJSON}, names) {
			if diff := cmp.Diff(want[i], r.Fields); diff != "" {
				t.Fatalf("%q (-want +got):\n%s", lines, diff)
			}
		}
	})
}

// A name that is written with escapes is not found without them, however often it was met before.
func TestNamesThatMustBeEscaped(t *testing.T) {
	t.Parallel()
	for name, written := range map[string]string{`a"b`: `a\"b`, `a\`: `a\\`, "a\tb": `a\tb`, "é": `\u00e9`} {
		file := strings.Repeat(`{"`+written+`":1}`+"\n", 3) + `{"` + name + `":1}` + "\n"
		for i, r := range whole(t, file, pipeline.Layout{Format: pipeline.NDJSON, BodyLine: 1}, []string{name}) {
			if sound := i < 3 || name == "é"; sound != (r.Malformed == "") || sound && r.Fields[0] != "=1" {
				t.Errorf("%q: %+v", name, r)
			}
		}
	}
}
