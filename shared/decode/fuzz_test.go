package decode_test

import (
	"encoding/csv"
	"strings"
	"testing"

	"acequia/shared/contract"
	"acequia/shared/pipeline"
	"acequia/shared/split"
)

// fuzzedBytes bounds the files that are cut in every size.
const fuzzedBytes = 400

func FuzzCSV(f *testing.F) {
	for _, seed := range []string{
		"1,2\n3,4\n", "1,\"2\n\"\r\n3,4", "1,\"2\" \n3,4\n", "1,\"2\n3,4\n", "\"\"\"\",1\n", "\n\n1,2\n\n", "1,2\r3,4\r\r\n", "1,\"",
		"1,2,3\n1\n", "ñ,\xff\n", "\"123456789012\",\"1234567890123\"\n", "a\",\"b\na\",\"b\na\",\"b\na\",\"b\na\",\"b\n",
		"#\"\n1,2,\n", "1\n1,2,,\n", "\"\\\"\",\"\\\n\"\n", "a,b\n1,2\na,b\n",
	} {
		f.Add(uint32(0), seed)
		f.Add(uint32(23), seed)
		f.Add(uint32(1234567), seed)
	}
	f.Fuzz(func(t *testing.T, dialect uint32, body string) {
		layout := dialectOf(dialect)
		if len(body) > fuzzedBytes {
			return
		}
		checkChunks(t, withHeader(&layout, body), layout, []string{"b", "c", "a"})
		reader := csv.NewReader(strings.NewReader(body))
		reader.FieldsPerRecord, reader.Comma, reader.Comment = -1, rune(layout.Delimiter), rune(layout.Comment)
		// The standard library does not know CR alone, and takes off the CR that ends a file.
		lone := strings.Contains(strings.ReplaceAll(body, "\r\n", ""), "\r")
		if want, err := reader.ReadAll(); err == nil && !lone && !strings.ContainsRune(body, 0) && utf8Only(want) {
			checkSameCSV(t, body, pipeline.Layout{Delimiter: layout.Delimiter, Comment: layout.Comment}, want)
		}
	})
}

func utf8Only(records [][]string) bool {
	for _, r := range records {
		for _, field := range r {
			if strings.ToValidUTF8(field, "") != field {
				return false
			}
		}
	}
	return true
}

// FuzzJSON takes a file as an array, as lines and as objects one after another.
func FuzzJSON(f *testing.F) {
	for _, seed := range []string{
		`{"a":1},{"a":{"b":"x"}}]`, "\n {\"a\": \"\\\"]\"}\n]\n", `1,"x",null]`, `{"a":1}`, `]x`, `{"a":1},]`, `{"a":[1}]`, `{"a":1,"a":2}]`,
		"{\"a\":\"x},\n{\"a\":1}]", `{"a":"\ud83d\ude00\u0000"}]`, "{},\r\n\r{}\r]", `{}},{"a":-0.5e1}]`,
		"{\"a\":1}\n\n {\"a\":{\"b\":2}} \r\n{\"a", "{\"a\":1}\r{\"a:2}\r{\"a\":[3]}", "{\n\"a\":1\n}{\"a\":2}\n{\r\n}", "{}}, {}\nnull\n[{}]\n{",
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, body string) {
		if len(body) >= fuzzedBytes {
			return
		}
		array := pipeline.Layout{Format: pipeline.JSON, BodyStart: 1, BodyLine: 1, MaxRecordBytes: 40}
		for _, layout := range []pipeline.Layout{array, ndjsonLayout, concatenatedLayout} {
			records, _ := checkChunks(t, "["[:layout.BodyStart]+body, layout, []string{"a", "$.a.b", "$.a[0]"})
			for _, r := range records {
				if r.Raw != "" {
					checkSameJSON(t, r.Raw)
				}
			}
		}
		checkKind(t, body)
	})
}

// checkKind checks that a file which a contract of any JSON leaves open is read as one of its kinds, or refused.
func checkKind(t *testing.T, file string) {
	t.Helper()
	layout, err := split.Probe([]byte(file), true, contract.Source{Format: pipeline.JSON}, nil)
	if err == nil {
		whole(t, file, layout, []string{"a"})
	}
}
