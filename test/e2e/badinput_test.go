package e2e

import (
	"bytes"
	"io"
	"strings"
	"testing"

	"github.com/klauspost/compress/gzip"

	"acequia/shared/pipeline"
)

// TestBadInput uploads what people upload by mistake. Each ends with a reason that they understand, and nothing dies.
func TestBadInput(t *testing.T) {
	t.Parallel()
	w := newWorld(t, 0)
	row := func(id string) string { return id + ",C1,P1,2026-11-23,1,10.00,0,card,PEN,web,Lima\n" }
	tests := []struct {
		key, body string
		status    pipeline.Status
		// words must be in the reason.
		words   []string
		records int64
	}{
		{key: "nosuch/a.csv", body: draft, status: pipeline.Refused, words: []string{"nosuch/a.csv", "customers/", "products/", "sales/"}},
		{key: "a.csv", body: draft, status: pipeline.Refused, words: []string{"sales/"}},
		{key: "sales/zero.csv", body: "", status: pipeline.Refused, words: []string{"empty"}},
		{key: "customers/zero.json", body: "", status: pipeline.Refused, words: []string{"empty"}},
		{key: "sales/header.csv", body: salesHeader, status: pipeline.Published},
		{key: "customers/none.json", body: "[]", status: pipeline.Published},
		{
			key: "sales/missing.csv", body: strings.Replace(draft, "transaction_id", "id", 1),
			status: pipeline.Refused, words: []string{"lacks", "transaction_id"},
		},
		{
			key: "sales/unknown.csv", body: strings.ReplaceAll(draft, "\n", ",x\n"),
			status: pipeline.Refused, words: []string{"column x", "does not know"},
		},
		{key: "sales/photo.csv", body: "\x89PNG\r\n\x1a\n\x00\x00\x00\rIHDR\x00\x00", status: pipeline.Refused, words: []string{"PNG"}},
		{key: "sales/program.csv", body: "\x7fELF\x02\x01\x01\x00\x00\x00\x00", status: pipeline.Refused, words: []string{"binary"}},
		{key: "sales/excel.csv", body: "\xff\xfet\x00r\x00a\x00", status: pipeline.Refused, words: []string{"lacks", "are tra"}},
		{
			key: "customers/cut.json", body: string(readSample(t, "customers_small.json")[:5000]),
			status: pipeline.Refused, words: []string{"cut off"},
		},
		{key: "customers/object.json", body: `{"customer_code": "C1"}`, status: pipeline.Published, records: 1},
		{key: "sales/blank.csv", body: " \r\n\t\n  \n", status: pipeline.Refused, words: []string{"empty"}},
		{key: "customers/blank.json", body: " \n\n", status: pipeline.Refused, words: []string{"empty"}},
		{key: "sales/año nuevo + 100%/ñandú & co.csv", body: salesHeader + row("K1"), status: pipeline.Published, records: 1},
		{key: "sales/a//b.csv", body: salesHeader + row("K2"), status: pipeline.Published, records: 1},
		{key: "sales/%41+%2B.csv", body: salesHeader + row("K3"), status: pipeline.Published, records: 1},
		{
			key: "sales/cut.csv.gz", body: squeeze(t, string(readSample(t, "sales_medium.csv")))[:2000],
			status: pipeline.Refused, words: []string{"gzip", "cut off", "upload it whole"},
		},
		{
			key: "sales/bomb.csv.gz", body: squeeze(t, salesHeader+strings.Repeat("\n", 80<<20)),
			status: pipeline.Refused, words: []string{"zip bomb", "maxRatio"},
		},
		{
			key: "sales/twice.csv.gz", body: squeeze(t, squeeze(t, draft)), status: pipeline.Refused, words: []string{"gzip"},
		},
		{
			key: "sales/oneline.csv", body: salesHeader + row("K5") + strings.Repeat("x", 100<<20),
			status: pipeline.Refused, words: []string{"line 3", "does not end within"},
		},
		{
			key: "sales/columns.csv", body: strings.TrimSuffix(salesHeader, "\n") + strings.Repeat(",a", 100_000) + "\n",
			status: pipeline.Refused, words: []string{"names column a twice"},
		},
		{
			key: "customers/deep.json", body: "[" + strings.Repeat(`{"a":`, 10_000) + "1" + strings.Repeat("}", 10_000) + "]",
			status: pipeline.Refused, words: []string{"1 of 1"},
		},
		{
			key: "sales/wrong.csv", body: salesHeader + row("") + row("K4"),
			status: pipeline.Refused, words: []string{"1 of 2", "25"},
		},
	}
	versions := make([]string, len(tests))
	for i, test := range tests {
		versions[i] = w.put(test.key, []byte(test.body))
	}
	w.deliver("ingest", w.event("ingest/test-event.json"))
	for i, test := range tests {
		got := w.ended(test.key, versions[i], patience)
		if got.Status != test.status || got.Records != test.records && test.status == pipeline.Published {
			t.Errorf("%s: %s (%s), %d records; want %s, %d records", test.key, got.Status, got.Error, got.Records, test.status, test.records)
		}
		if test.status == pipeline.Refused {
			t.Logf("%s: %s", test.key, got.Error)
		}
		for _, word := range test.words {
			if !strings.Contains(got.Error, word) {
				t.Errorf("%s: the reason lacks %q: %s", test.key, word, got.Error)
			}
		}
	}
	w.atRest()
	if status := w.cli("status"); !strings.Contains(status, "sales/wrong.csv") || !strings.Contains(status, "refused") {
		t.Errorf("status does not tell of what was refused:\n%s", status)
	}
}

// squeeze compresses a text.
func squeeze(t *testing.T, text string) string {
	t.Helper()
	var out bytes.Buffer
	w := gzip.NewWriter(&out)
	if _, err := io.WriteString(w, text); err != nil {
		t.Fatal(err)
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return out.String()
}
