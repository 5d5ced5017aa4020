package rejects_test

import (
	"bytes"
	"cmp"
	"encoding/json"
	"fmt"
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

// rejected gives the file of some of the records, each for a reason that is drawn, and what is expected to be found in it again.
func rejected(t *rapid.T, original string, layout pipeline.Layout) (file string, some []reject) {
	var w, last bytes.Buffer
	f, err := rejects.New(&w, &last, layout, []byte(original))
	if err != nil {
		t.Fatal(err)
	}
	for _, raw := range records(t, original, layout) {
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

var reasons = []string{"a", "a, b; c|d\te", `"`, "'", `a "b"`, "=1", "", "ñ", "two\nlines"}

// asRead is a reason as it is read back.
func asRead(reason string) string {
	return map[string]string{"a, b; c|d\te": "a, b; c|d e", "=1": "'=1", "two\nlines": "two lines"}[reason]
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
		"a", "ñ", "12345678901234567890", "=", delimiter, quote, quote + quote, quote + delimiter, delimiter + quote, "\n", "\r\n",
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
		file, some := rejected(t, original, layout)
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
			want := cmp.Or(asRead(r.reason), r.reason)
			if got := reasonIn(t, strings.TrimSuffix(found[0], r.raw), layout); got != want {
				t.Fatalf("%q: the reason of %q is %q, want %q", file, r.raw, got, want)
			}
			end += int64(strings.Index(file[end:], found[0]) + len(found[0]))
			found = found[1:]
		}
		for _, r := range some {
			if at := strings.Index(file[end:], r.raw); r.Apart && at < 0 {
				t.Fatalf("%q: %q is not there", file, r.raw)
			} else if r.Apart {
				end += int64(at + len(r.raw))
			}
		}
	})
}

// reprobe gives the layout of a rejects file, which split finds, or which must follow from that of the object.
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
	if strings.HasPrefix(layout.Encoding, "utf-16") {
		return again
	}
	probed, err := split.Probe([]byte(file), true, contract.Source{
		Format: layout.Format, Encoding: layout.Encoding, Dialect: contract.Dialect{Delimiter: layout.Delimiter, Quote: layout.Quote},
		Limits: contract.Limits{MaxFieldBytes: layout.MaxFieldBytes, MaxRecordBytes: layout.MaxRecordBytes},
	}, layout.Header)
	if err != nil || probed.BodyStart != again.BodyStart || !slices.Equal(probed.Header, again.Header) {
		t.Fatalf("%q: %v, %+v, want %+v", file, err, probed, again)
	}
	return again
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
	reason, _ := grammar.Unquote(text, fields[0], layout.Quote, layout.Escape, nil)
	return string(reason)
}

// TestCSVThatIsRejectedAgain: the rejects of a rejects file, for the same reasons, are that file.
func TestCSVThatIsRejectedAgain(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		original, layout := drawCSV(t)
		layout.MaxFieldBytes, layout.MaxRecordBytes = 1000, 1000
		file, some := rejected(t, original, layout)
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

// TestJSONIsReadAgain: every element is found again in its place, behind its reason where it has one, and one that was valid is so.
func TestJSONIsReadAgain(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(t *rapid.T) {
		elements := rapid.SliceOfN(rapid.SampledFrom([]string{
			`{}`, `{"a":1}`, "{\n \"a\" : [1,{}] }", `{"a":"},{\"]"}`, `{"a":}`, `{"a":1,"a":2}`, `1`, ` "}"`, `tru e`, ``, `{"ñ":"ñ"}`, `{"a" 1}`,
		}), 1, 20).Draw(t, "elements")
		original := "[" + strings.Join(elements, rapid.SampledFrom([]string{",", " ,\r\n"}).Draw(t, "between")) + "]"
		layout := pipeline.Layout{Format: pipeline.JSON, BodyStart: 1, BodyLine: 1}
		file, some := rejected(t, original, layout)
		some = slices.DeleteFunc(some, func(r reject) bool { return r.Empty })
		found := records(t, file, layout)
		if len(found) != len(some) {
			t.Fatalf("%q has %d elements, want %d", file, len(found), len(some))
		}
		for i, r := range some {
			if want := withReason(r); found[i] != want {
				t.Fatalf("%q became %q, want %q", r.raw, found[i], want)
			}
			if json.Valid([]byte(r.raw)) != json.Valid([]byte(found[i])) {
				t.Fatalf("%q became %q", r.raw, found[i])
			}
		}
	})
}

// withReason is an element as it must be written.
func withReason(r reject) string {
	rest, told := strings.CutPrefix(r.raw, "{")
	if told != r.Told {
		return fmt.Sprintf("with its reason: %t", told)
	}
	if !told {
		return r.raw
	}
	reason, _ := json.Marshal(cmp.Or(map[string]string{"two\nlines": "two lines", "a, b; c|d\te": "a, b; c|d e"}[r.reason], r.reason))
	comma := ","
	if strings.TrimSpace(rest) == "}" {
		comma = ""
	}
	return `{"_reject_reason":` + string(reason) + comma + rest
}
