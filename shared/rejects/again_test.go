package rejects_test

import (
	"bytes"
	"cmp"
	"encoding/json"
	"errors"
	"io"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"acequia/shared/charset"
	"acequia/shared/contract"
	"acequia/shared/decode"
	"acequia/shared/grammar"
	"acequia/shared/pipeline"
	"acequia/shared/rejects"
	"acequia/shared/split"
)

// records walks and decodes a file, and gives the bytes of its records.
func records(t *rapid.T, file string, layout pipeline.Layout) (found []string) {
	_, err := split.Walk(strings.NewReader(file), layout, int64(len(file)), rapid.Int64Range(1, 50).Draw(t, "chunk size"), split.Mark{},
		func(p split.Piece) error {
			chunk := pipeline.Chunk{Number: p.Number, Start: p.Start, End: p.End, Line: p.Line}
			decoder, err := decode.New(layout, chunk, nil)
			if err != nil {
				return err
			}
			for r := range decoder.Records([]byte(file[p.Start:p.End])) {
				found = append(found, file[r.Offset:r.Offset+r.Length])
			}
			return nil
		})
	if err != nil {
		t.Fatalf("%q: %v", file, err)
	}
	return found
}

// jsonRecords gives the bytes of a JSON file's records as the grammar finds them.
func jsonRecords(t *rapid.T, file string, layout pipeline.Layout) (found []string) {
	set, _ := charset.Find(layout.Encoding)
	scanner, err := newScanner(layout)
	for text := set.Text([]byte(file[layout.BodyStart:])); err == nil; {
		var r grammar.Record
		if r, err = scanner.Next(text, true); err == nil {
			found = append(found, file[r.Offset:][:set.Size(text[r.Start:r.End])])
			text = text[r.Next:]
		}
	}
	if !errors.Is(err, io.EOF) {
		t.Fatalf("%q: %v", file, err)
	}
	return found
}

type scanner interface {
	Next(window []byte, atEOF bool) (grammar.Record, error)
}

func newScanner(layout pipeline.Layout) (scanner, error) {
	switch layout.Format {
	case pipeline.NDJSON:
		return grammar.NewNDJSON(layout, layout.BodyStart, layout.BodyLine)
	case pipeline.ConcatenatedJSON:
		return grammar.NewConcatenatedJSON(layout, layout.BodyStart, layout.BodyLine)
	default:
		return grammar.NewJSON(layout, layout.BodyStart, layout.BodyLine)
	}
}

// rejected gives the file of some of the records, each for a reason that is drawn, and what is expected to be found in it again.
func rejected(t *rapid.T, original string, layout pipeline.Layout, records []string) (file string, some []reject) {
	var w, last bytes.Buffer
	f, err := rejects.New(&w, &last, layout, []byte(original))
	if err != nil {
		t.Fatal(err)
	}
	for _, raw := range records {
		if rapid.IntRange(0, 3).Draw(t, "clean") == 0 {
			continue
		}
		r := reject{raw: raw, reason: rapid.SampledFrom(reasons).Draw(t, "reason")}
		if r.Written, err = f.Add(because(r.reason), []byte(raw)); err != nil {
			t.Fatal(err)
		}
		some = append(some, r)
	}
	if err := f.Close(); err != nil {
		t.Fatal(err)
	}
	return w.String() + last.String(), some
}

type reject struct {
	rejects.Written
	raw, reason string
}

var reasons = []string{"a", "a, b; c|d\te", `"`, "'", `a "b"\`, `\`, "=1", "", "ñ", "two\nlines", "# a"}

// asRead is a reason as it is read back from a file of that layout.
func asRead(reason string, layout pipeline.Layout) string {
	line := strings.NewReplacer("\t", " ", "\n", " ", "=", "'=").Replace(reason)
	if !layout.Unquoted {
		return line
	}
	if layout.Comment != 0 && strings.HasPrefix(line, string(layout.Comment)) {
		line = " " + line[1:]
	}
	return strings.ReplaceAll(line, string(layout.Delimiter), " ")
}

// drawCSV draws a file with its layout. Records are made of what makes and breaks them.
func drawCSV(t *rapid.T) (string, pipeline.Layout) {
	layout := pipeline.Layout{
		Format:    pipeline.CSV,
		Delimiter: rapid.SampledFrom([]byte(",;|\t")).Draw(t, "delimiter"), Quote: rapid.SampledFrom([]byte(`"'`)).Draw(t, "quote"),
		Encoding: rapid.SampledFrom(charset.Names()).Draw(t, "encoding"),
		Header:   []string{"x", "ñ"}, BodyLine: 2, MaxFieldBytes: rapid.SampledFrom([]int{40, 400}).Draw(t, "bound"),
	}
	layout.MaxRecordBytes = layout.MaxFieldBytes + 20
	layout.Escape = rapid.SampledFrom([]byte{0, '\\'}).Draw(t, "escape")
	layout.Comment = rapid.SampledFrom([]byte{0, '#'}).Draw(t, "comment")
	layout.Unquoted = rapid.IntRange(0, 4).Draw(t, "unquoted") == 4
	delimiter, quote := string(layout.Delimiter), string(layout.Quote)
	set, _ := charset.Find(layout.Encoding)
	mark := ""
	if strings.HasPrefix(layout.Encoding, "utf") {
		mark = rapid.SampledFrom([]string{"", "\ufeff"}).Draw(t, "mark")
	}
	layout.HeaderText = "x" + delimiter + "ñ"
	head := set.Bytes(mark + layout.HeaderText + rapid.SampledFrom([]string{"\n", "\r\n", "\r"}).Draw(t, "line end"))
	layout.BodyStart = int64(len(head))
	part := rapid.SampledFrom([]string{
		"a", "ñ", "12345678901234567890", "=", delimiter, quote, quote + quote, quote + delimiter, delimiter + quote, "\n", "\r\n", "#", `\`,
		"a" + delimiter + quote + "\n", quote + delimiter + "b\n", "a" + delimiter + "b\n",
	})
	body := "a" + strings.Join(rapid.SliceOfN(part, 10, 80).Draw(t, "body"), "")
	return string(head) + string(set.Bytes(body)), layout
}

// TestCSVIsReadAgain: every record but those that stand apart is found again, byte for byte and beside its reason, and nothing
// else before them; those that stand apart are there, byte for byte.
func TestCSVIsReadAgain(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		original, layout := drawCSV(t)
		file, some := rejected(t, original, layout, records(t, original, layout))
		again := reprobe(t, file, layout)
		found := records(t, file, again)
		end := again.BodyStart
		for _, r := range some {
			if r.Apart {
				continue
			}
			if len(found) == 0 || !strings.HasSuffix(found[0], r.raw) {
				t.Fatalf("%q: %q is not found again, but %q", file, r.raw, found)
			}
			want := asRead(r.reason, layout)
			if got := reasonIn(t, strings.TrimSuffix(found[0], r.raw), layout); got != want {
				t.Fatalf("%q: the reason of %q is %q, want %q", file, r.raw, got, want)
			}
			end += int64(strings.Index(file[end:], found[0]) + len(found[0]))
			found = found[1:]
		}
		for _, r := range some {
			if !r.Apart {
				continue
			}
			at := strings.Index(file[end:], r.raw)
			if at < 0 || !strings.Contains(r.raw, string(layout.Quote)) {
				t.Fatalf("%q: %q is not there, or stands apart for no reason", file, r.raw)
			}
			end += int64(at + len(r.raw))
		}
	})
}

// reprobe gives the layout of a rejects file as split finds it, which must be that of the object with a column more.
func reprobe(t *rapid.T, file string, layout pipeline.Layout) pipeline.Layout {
	set, _ := charset.Find(layout.Encoding)
	text := string(set.Text([]byte(file)))
	again := layout
	again.Header = slices.Concat([]string{pipeline.RejectReason}, layout.Header)
	again.HeaderText = pipeline.RejectReason + string(layout.Delimiter) + layout.HeaderText
	at := strings.Index(text, again.HeaderText)
	if at < 0 {
		t.Fatalf("%q has not the header %q", text, again.HeaderText)
	}
	end := at + len(again.HeaderText) + 1
	if strings.HasPrefix(text[end-1:], "\r\n") {
		end++
	}
	again.BodyStart = int64(set.Size([]byte(text[:end])))
	probed, err := split.Probe([]byte(file), true, contract.Source{
		Format: layout.Format, Encoding: layout.Encoding, Dialect: contract.Dialect{
			Delimiter: layout.Delimiter, Quote: layout.Quote, Unquoted: layout.Unquoted, Escape: layout.Escape, Comment: layout.Comment,
		},
		Limits: contract.Limits{MaxFieldBytes: layout.MaxFieldBytes, MaxRecordBytes: layout.MaxRecordBytes},
	}, layout.Header)
	if err != nil || probed.BodyStart != again.BodyStart || !slices.Equal(probed.Header, again.Header) {
		t.Fatalf("%q: %v, %+v, want %+v", file, err, probed, again)
	}
	return probed
}

// reasonIn reads what stands before a record.
func reasonIn(t *rapid.T, prefix string, layout pipeline.Layout) string {
	set, _ := charset.Find(layout.Encoding)
	layout.Encoding, layout.HeaderText = "", ""
	text := set.Text([]byte(prefix))
	scanner, err := grammar.NewCSV(layout, 0, 1, 2)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := scanner.Next(text, true); err != nil {
		t.Fatalf("%q: %v", text, err)
	}
	fields, count := scanner.Fields()
	if count != 2 {
		t.Fatalf("%q is not one field and a delimiter", text)
	}
	reason, _ := scanner.Unquote(fields.In(text, 0), nil)
	return string(reason)
}

// TestCSVThatIsRejectedAgain: the rejects of a rejects file, for the same reasons, are that file.
func TestCSVThatIsRejectedAgain(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		original, layout := drawCSV(t)
		layout.MaxFieldBytes, layout.MaxRecordBytes = 1000, 1000
		file, some := rejected(t, original, layout, records(t, original, layout))
		if slices.ContainsFunc(some, func(r reject) bool { return r.Apart }) {
			t.Skip("the records that stand apart may swallow each other")
		}
		again := reprobe(t, file, layout)
		var w, last bytes.Buffer
		f, err := rejects.New(&w, &last, again, []byte(file))
		if err != nil {
			t.Fatal(err)
		}
		for i, raw := range records(t, file, again) {
			if _, err := f.Add(because(some[i].reason), []byte(raw)); err != nil {
				t.Fatal(err)
			}
		}
		if err := f.Close(); err != nil || w.String()+last.String() != file {
			t.Fatalf("%v\n%q became\n%q", err, file, w.String()+last.String())
		}
	})
}

// TestJSONIsReadAgain: every record is found again behind its reason, if it has one, and one that was valid is so; those that
// stand apart come last, and all others in their order.
func TestJSONIsReadAgain(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		layout := pipeline.Layout{
			Format:   rapid.SampledFrom([]pipeline.Format{pipeline.JSON, pipeline.NDJSON, pipeline.ConcatenatedJSON}).Draw(t, "format"),
			Encoding: rapid.SampledFrom([]string{charset.UTF8, charset.UTF16BE}).Draw(t, "encoding"), BodyLine: 1,
		}
		original := drawJSON(t, &layout)
		file, some := rejected(t, original, layout, jsonRecords(t, original, layout))
		some = slices.DeleteFunc(some, func(r reject) bool { return r.Empty })
		slices.SortStableFunc(some, func(a, b reject) int { return cmp.Compare(place(a), place(b)) })
		found := jsonRecords(t, file, layout)
		if len(found) != len(some) {
			t.Fatalf("%q has %d records, want %d", file, len(found), len(some))
		}
		set, _ := charset.Find(layout.Encoding)
		for i, r := range some {
			raw, now := set.Text([]byte(r.raw)), set.Text([]byte(found[i]))
			if want := withReason(t, string(raw), r); string(now) != want || json.Valid(raw) != json.Valid(now) {
				t.Fatalf("%q became %q, want %q", raw, now, want)
			}
		}
	})
}

func place(r reject) int {
	if r.Apart {
		return 1
	}
	return 0
}

// drawJSON draws a file, and says where its records begin.
func drawJSON(t *rapid.T, layout *pipeline.Layout) string {
	set, _ := charset.Find(layout.Encoding)
	parts := []string{`{}`, `{"a":1}`, `{"a":"},{\"]"}`, `{"a":}`, `{"a":1,"a":2}`, `1`, `"}"`, `tru e`, `{"ñ":"ñ"}`, `{"a" 1}`, `[1]`, `[{}}`}
	between := "\n"
	switch layout.Format {
	case pipeline.JSON:
		parts, between = append(parts, "", " {\n \"a\" : [1,{}] }\r\n"), ","
	case pipeline.ConcatenatedJSON:
		parts = append(parts, "{\n \"a\" : [1,{}] }", "{} {}{}", "}", ",", "{},{}")
	}
	text := strings.Join(rapid.SliceOfN(rapid.SampledFrom(parts), 1, 20).Draw(t, "records"), between)
	if layout.Format == pipeline.JSON {
		layout.BodyStart = int64(set.Size([]byte("[")))
		text = "[" + text + "]"
	}
	return string(set.Bytes(text))
}

// withReason is a record's text as it must be written.
func withReason(t *rapid.T, text string, r reject) string {
	rest, told := strings.CutPrefix(text, "{")
	if told != r.Told {
		t.Fatalf("%q has its reason: %t", text, r.Told)
	}
	if !told {
		return text
	}
	reason, _ := json.Marshal(strings.NewReplacer("\t", " ", "\n", " ").Replace(r.reason))
	comma := ","
	if strings.TrimSpace(rest) == "}" {
		comma = ""
	}
	return `{"_reject_reason":` + string(reason) + comma + rest
}
