package grammar_test

import (
	"fmt"
	"regexp"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"pgregory.net/rapid"

	"acequia/shared/grammar"
	"acequia/shared/pipeline"
)

// The reference scanners are the grammar of doc.go written down once more, byte by byte and with all of the file at hand: slow,
// and plain to see through. The scanners must tell the same.

// maxReference is the largest record that is not malformed.
const maxReference = 40

// jsonReference collects what a reference scanner finds in a file.
type jsonReference struct {
	file    string
	records []string
}

// add takes the record of file[start:end] without the space around it.
func (r *jsonReference) add(start, end int) {
	start = end - len(strings.TrimLeft(r.file[start:end], " \t\r\n"))
	text := strings.TrimRight(r.file[start:end], " \t\r\n")
	record := grammar.Record{Offset: int64(start), Line: line(r.file, start)}
	switch {
	case text == "":
		record.Fault = grammar.Empty
	case len(text) > maxReference:
		record.Fault, record.FaultAt = grammar.TooLarge, maxReference
	}
	r.records = append(r.records, show(record, text))
}

// stop adds what is told when no record follows: why the file is refused, or where it ends.
func (r *jsonReference) stop(refused string) []string {
	if refused == "" {
		refused = fmt.Sprintf("EOF, at %d:%d", len(r.file), line(r.file, len(r.file)))
	}
	return append(r.records, refused)
}

func line(file string, at int) int64 { return int64(1 + len(lineEnd.FindAllString(file[:at], -1))) }

var lineEnd = regexp.MustCompile("\r\n|\r|\n")

func referenceNDJSON(file string) []string {
	r := jsonReference{file: file}
	start := 0
	for _, place := range append(lineEnd.FindAllStringIndex(file, -1), []int{len(file), len(file)}) {
		if strings.Trim(file[start:place[0]], " \t") != "" {
			r.add(start, place[0])
		}
		start = place[1]
	}
	return r.stop("")
}

// nested follows strings and brackets.
type nested struct {
	depth           int
	quoted, escaped bool
}

// text takes the next byte, and tells whether it is one outside strings.
func (n *nested) text(c byte) bool {
	switch {
	case n.escaped:
		n.escaped = false
	case n.quoted:
		n.escaped, n.quoted = c == '\\', c != '"'
	case c == '"':
		n.quoted = true
	default:
		return true
	}
	return false
}

func referenceArray(file string) []string {
	r := jsonReference{file: file}
	var n nested
	start := 1
	for i := 1; i < len(file); i++ {
		c := file[i]
		switch {
		case !n.text(c):
		case c == '{' || c == '[':
			n.depth++
		case n.depth > 0 && (c == '}' || c == ']'):
			n.depth--
		case n.depth == 0 && (c == ',' || c == ']'):
			if c == ',' || len(r.records) > 0 || strings.Trim(file[start:i], " \t\r\n") != "" {
				r.add(start, i)
			}
			start = i + 1
			if c == ']' && strings.Trim(file[start:], " \t\r\n") == "" {
				return r.stop("")
			} else if c == ']' {
				return r.stop("the JSON array ends before")
			}
		}
	}
	if strings.Trim(file[start:], " \t\r\n") == "" {
		return r.stop("the JSON array is not closed")
	}
	return r.stop("the JSON array ends inside")
}

func referenceConcatenated(file string) []string {
	r := jsonReference{file: file}
	for i := 0; i < len(file); {
		start := i
		switch c := file[i]; {
		case strings.IndexByte(" \t\r\n", c) >= 0:
			i++
			continue
		case strings.IndexByte("}],", c) >= 0:
			for i < len(file) && strings.IndexByte("}],", file[i]) >= 0 {
				i++
			}
		case c == '{' || c == '[':
			var n nested
			for i++; i < len(file) && n.depth >= 0; i++ {
				if !n.text(file[i]) {
					continue
				}
				switch file[i] {
				case '{', '[':
					n.depth++
				case '}', ']':
					n.depth--
				}
			}
			if n.depth >= 0 {
				return r.stop("the file ends inside the JSON object")
			}
		default:
			for i < len(file) && file[i] != '\n' && file[i] != '\r' {
				i++
			}
		}
		r.add(start, i)
	}
	return r.stop("")
}

// jsonKinds are the kinds of JSON: how a file of it begins, where its records do, its scanner and its reference.
var jsonKinds = []struct {
	format    pipeline.Format
	beginning string
	scanner   func(pipeline.Layout, int64) (scanner, error)
	reference func(file string) []string
}{
	{pipeline.JSON, "[", func(l pipeline.Layout, at int64) (scanner, error) { return grammar.NewJSON(l, at, 1) }, referenceArray},
	{pipeline.NDJSON, "", func(l pipeline.Layout, at int64) (scanner, error) { return grammar.NewNDJSON(l, at, 1) }, referenceNDJSON},
	{
		pipeline.ConcatenatedJSON, "",
		func(l pipeline.Layout, at int64) (scanner, error) { return grammar.NewConcatenatedJSON(l, at, 1) }, referenceConcatenated,
	},
}

// tester is what *testing.T and *rapid.T have in common.
type tester interface {
	Helper()
	Fatal(args ...any)
	Fatalf(format string, args ...any)
}

// checkJSON scans body as each kind of JSON, in one window and in small ones that grow by the given steps.
func checkJSON(t tester, body string, steps ...int) {
	t.Helper()
	for _, kind := range jsonKinds {
		file := kind.beginning + body
		start := len(kind.beginning)
		scan := func(step int) []string {
			layout := pipeline.Layout{Format: kind.format, BodyStart: int64(start), MaxRecordBytes: maxReference}
			s, err := kind.scanner(layout, int64(start))
			if err != nil {
				t.Fatal(err)
			}
			return scan(s, file, start, step)
		}
		whole := scan(len(file))
		want := kind.reference(file)
		last := len(want) - 1
		if len(whole) == len(want) && strings.HasPrefix(want[last], "the ") && strings.HasPrefix(whole[last], want[last]) {
			want[last] = whole[last] // The reference has but the beginning of a refusal.
		}
		if diff := cmp.Diff(want, whole); diff != "" {
			t.Fatalf("%s %q (-reference +scanner):\n%s", kind.format, file, diff)
		}
		for _, step := range steps {
			if diff := cmp.Diff(whole, scan(step)); diff != "" {
				t.Fatalf("%s %q in windows of %d (-whole +windows):\n%s", kind.format, file, step, diff)
			}
		}
	}
}

func TestJSONScannersTellWhatTheReferencesTell(t *testing.T) {
	t.Parallel()
	part := rapid.OneOf(
		rapid.SampledFrom([]string{
			"{", "}", "[", "]", ",", `"`, `\`, `\"`, `\\`, "\n", "\r", "\r\n", " ", "a", `{"a":1}`, `{"a":1},`, "{}\n", `"]}"`, "]}",
			`{"a":{"b":[]}}`, "ñ", "#", "_y_y_y", "12345678", "a text of many words", "        ",
		}),
		rapid.Map(rapid.Byte(), func(c byte) string { return string([]byte{c}) }),
	)
	rapid.Check(t, func(t *rapid.T) {
		checkJSON(t, strings.Join(rapid.SliceOfN(part, 0, 60).Draw(t, "file"), ""), 1, 2, 3, 5, 8, 13)
	})
}

func FuzzJSON(f *testing.F) {
	for _, seed := range []string{
		"", `{"a":1},{"b":"]}"}]`, "{\"a\": 1}\n{\"b\": 2}\r\n", "{\n  \"a\": [\"x\\\"}\"]\n}\n{}", `{}},{"a":1]`, "\"a\\", "{\"a\":\"\n\"}\r\r\n[{}]",
		`{"name":"_yYZ#\"\\","n":[[[{"deep":{}}]]]}`, "nothing, {that} [is]\n", "{\"a\": \"never closed\n{}\n", "]x", ",,\n,]",
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, body string) {
		if len(body) < 400 {
			checkJSON(t, body, 1, 3, 8)
		}
	})
}
