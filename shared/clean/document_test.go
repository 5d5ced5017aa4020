package clean_test

import (
	stdjson "encoding/json"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"acequia/shared/clean"
	"acequia/shared/contract"
	"acequia/shared/pipeline"
)

// agree holds what is said of a document to what encoding/json says.
func agree(t rapid.TB, made *clean.Cleaner, c *contract.Contract, document string) {
	t.Helper()
	got := outcome(made, c, record(c, pipeline.Nested, "tags="+document), "tags")
	valid := stdjson.Valid([]byte(document))
	refused := strings.Contains(got, "u0000:") || strings.Contains(got, "surrogate pair:") || strings.Contains(got, "digits:") || strings.Contains(got, "deep:")
	switch {
	case got == document && !valid:
		t.Fatalf("%q is not JSON, and passes", document)
	case strings.Contains(got, "not valid JSON:") && valid:
		t.Fatalf("%q is JSON: %s", document, got)
	case got != document && valid && !refused:
		t.Fatalf("%q is JSON: %s", document, got)
	case refused && valid && !strings.ContainsAny(document, `\eE[{`) && len(document) < 1000:
		t.Fatalf("%q is nothing that jsonb refuses: %s", document, got)
	}
}

func TestDocumentsAreWhatEncodingJSONTakes(t *testing.T) {
	t.Parallel()
	made, c := cleaner(t, json)
	piece := rapid.SampledFrom([]string{
		"{", "}", "[", "]", ",", ":", `"`, `"a"`, `"a":`, `\n`, `\u0041`, `\ud83d\ude42`, `\`, `\x`, "\t", " ", "0", "-", "1.5", "e3", "E-", ".", "01",
		"true", "false", "null", "nul", "ñ", "[1]", `{"a":1}`, "\n",
	})
	rapid.Check(t, func(t *rapid.T) {
		agree(t, made, c, strings.Join(rapid.SliceOfN(piece, 1, 8).Draw(t, "pieces"), ""))
	})
}

func FuzzDocuments(f *testing.F) {
	for _, seed := range []string{
		`{"a": [1, -0.5e+3, true, null, "\ud83d\ude42\\"]}`, `[1,]`, `{"a" 1}`, `["\u00`, `"\ud83d`, "[[[", "1e", "-", "{}x", " [ ] ", `{"a":1,}`, "\"\x01\"", "",
	} {
		f.Add(seed)
	}
	made, c := cleaner(f, json)
	f.Fuzz(func(t *testing.T, document string) {
		agree(t, made, c, document)
	})
}
