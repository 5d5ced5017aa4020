package e2e

import (
	"bytes"
	"fmt"
	"slices"
	"strings"
	"testing"

	"github.com/aws/aws-sdk-go-v2/service/s3"
	"github.com/google/go-cmp/cmp"
	"github.com/parquet-go/parquet-go"
	"golang.org/x/text/encoding/unicode"

	"acequia/shared/pipeline"
)

// contractOf is a contract whose data set is called name and has a number, a date, an amount and a note; the properties say how its
// files are written, each as "name: value".
func contractOf(name string, properties ...string) []byte {
	var b strings.Builder
	fmt.Fprintf(&b, `apiVersion: v3.1.0
kind: DataContract
id: %[1]s
version: 1.0.0
status: active
schema:
  - name: %[1]s
    physicalType: table
    properties:
      - {name: id, logicalType: integer, physicalType: bigint, primaryKey: true, required: true}
      - name: fecha
        logicalType: date
        physicalType: date
        customProperties: [{property: formats, value: [yyyy-MM-dd, dd/MM/yyyy]}]
      - name: importe
        logicalType: number
        physicalType: numeric(12,2)
        logicalTypeOptions: {minimum: 0}
      - {name: nota, logicalType: string, physicalType: text}
    customProperties:
      - {property: rejectThreshold, value: {share: 0.9}}
`, name)
	for _, p := range properties {
		property, value, _ := strings.Cut(p, ": ")
		fmt.Fprintf(&b, "      - {property: %s, value: %s}\n", property, value)
	}
	return []byte(b.String())
}

func (w *world) putContract(name string, properties ...string) {
	w.Helper()
	key := name + ".odcs.yaml"
	_, err := w.s3.PutObject(w.Context(), &s3.PutObjectInput{
		Bucket: &w.env.ContractsBucket, Key: &key, Body: bytes.NewReader(contractOf(name, properties...)),
	})
	if err != nil {
		w.Fatal(err)
	}
}

func utf16(t *testing.T, text string) []byte {
	t.Helper()
	b, err := unicode.UTF16(unicode.LittleEndian, unicode.UseBOM).NewEncoder().Bytes([]byte(text))
	if err != nil {
		t.Fatal(err)
	}
	return b
}

// row is what the Parquet file of the test has in a row.
type row struct {
	ID      int64  `parquet:"id"`
	Fecha   int32  `parquet:"fecha,date"`
	Importe int64  `parquet:"importe,decimal(2:12)"`
	Nota    string `parquet:"nota,optional"`
}

func parquetFile(t *testing.T, rows ...row) []byte {
	t.Helper()
	var b bytes.Buffer
	w := parquet.NewGenericWriter[row](&b, parquet.Compression(&parquet.Zstd))
	for i, r := range rows {
		if _, err := w.Write([]row{r}); err != nil {
			t.Fatal(err)
		}
		if i%2 == 1 { // a row group of two rows
			if err := w.Flush(); err != nil {
				t.Fatal(err)
			}
		}
	}
	if err := w.Close(); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

// TestFormats sends three sound records and a bad one through in each format: the rows are the same, and so is the reject.
func TestFormats(t *testing.T) {
	t.Parallel()
	const day = 20781 // 2026-11-24, in days from 1970
	w := newWorld(t, 40)
	for _, test := range []struct {
		name       string
		properties []string
		body       []byte
		layout     string
		// place is that of the reject: line, offset, length.
		place string
	}{
		{
			"pedidos",
			[]string{"format: csv", "delimiter: auto", "quote: auto", "header: auto", "encoding: auto", `numbers: {decimalMark: ","}`},
			[]byte("Pedidos de noviembre\r\n\r\nid;fecha;importe;nota\r\n1;24/11/2026;12,50;\"a;\r\n\xf1\"\r\n2;24/11/2026;0;\r\n3;24/11/2026;-1;x\r\n" +
				"4;24/11/2026;4;\xfa\r\n"),
			`csv  windows-1252 {"detected": ["delimiter", "encoding", "header", "quote"], "delimiter": 59}`, "7 92 17",
		},
		{
			"powershell",
			[]string{"format: csv"},
			utf16(t, "id,fecha,importe,nota\r\n1,2026-11-24,12.50,\"a;\r\nñ\"\r\n2,2026-11-24,0,\r\n3,2026-11-24,-1,x\r\n4,2026-11-24,4,ú\r\n"),
			`csv  utf-16le {"detected": ["encoding"], "delimiter": 44}`, "5 138 34",
		},
		{
			"lineas",
			[]string{"format: ndjson"},
			[]byte("{\"id\":1,\"fecha\":\"2026-11-24\",\"importe\":12.5,\"nota\":\"a;\\r\\nñ\"}\n{\"id\":2,\"fecha\":\"24/11/2026\",\"importe\":0}\n" +
				"{\"id\":3,\"importe\":-1,\"nota\":\"x\"}\n{\"id\":4,\"fecha\":\"2026-11-24\",\"importe\":4,\"nota\":\"ú\"}\n"),
			`ndjson   {"detected": null, "delimiter": null}`, "3 105 32",
		},
		{
			"objetos",
			[]string{"format: json"},
			[]byte("{\n  \"id\": 1, \"fecha\": \"2026-11-24\", \"importe\": 12.50, \"nota\": \"a;\\r\\nñ\"\n}\n{\"id\": 2, \"fecha\": \"2026-11-24\",\n\"importe\": 0e0}" +
				"{\"id\":3,\"importe\":-1,\"nota\":\"x\"}\n{\"id\":4,\"fecha\":\"2026-11-24\",\"importe\":4,\"nota\":\"ú\"}\n"),
			`concatenated-json   {"detected": ["format"], "delimiter": null}`, "5 123 32",
		},
		{
			"columnas",
			[]string{"format: parquet"},
			parquetFile(t, row{1, day, 1250, "a;\r\nñ"}, row{2, day, 0, ""}, row{3, day, -100, "x"}, row{4, day, 400, "ú"}),
			`parquet   {"detected": null, "delimiter": null}`, "3 2 1",
		},
	} {
		w.putContract(test.name, test.properties...)
		o := w.send(test.name+"/f", test.body)
		if want := (pipeline.Counts{Loaded: 3, Rejected: 1}); o.Status != pipeline.Published || o.Counts != want || o.Chunks < 2 {
			t.Errorf("%s: %s (%s), %d chunks, %+v", test.name, o.Status, o.Error, o.Chunks, o.Counts)
			continue
		}
		want := []string{`1 2026-11-24 12.50 "a;\r\nñ"`, `2 2026-11-24 0.00 null`, `4 2026-11-24 4.00 "ú"`}
		got := w.lines(`SELECT format('%s %s %s %s', id, fecha, importe, coalesce(to_json(nota), 'null')) FROM warehouse.` + test.name + ` ORDER BY 1`)
		if diff := cmp.Diff(want, got); diff != "" {
			t.Errorf("%s (-want +got):\n%s", test.name, diff)
		}
		layout := w.lines(`SELECT format('%s %s %s %s', layout->>'format', layout->>'compression', layout->>'encoding',
			jsonb_build_object('delimiter', layout->'delimiter', 'detected', layout->'detected')) FROM acequia.objects WHERE dataset = $1`, test.name)
		if !slices.Equal(layout, []string{test.layout}) {
			t.Errorf("%s: layout %q, want %q", test.name, layout, test.layout)
		}
		place := w.lines(`SELECT format('%s %s %s', line, byte_offset, byte_length) FROM acequia.rejects JOIN acequia.objects USING (object_id)
			WHERE dataset = $1 AND column_name = 'importe' AND rule = 'minimum' AND raw LIKE '%3%x%'`, test.name)
		if !slices.Equal(place, []string{test.place}) {
			t.Errorf("%s: the reject is at %q, want %q", test.name, place, test.place)
		}
	}
	w.tilesItsObject()
	w.atRest()
}
