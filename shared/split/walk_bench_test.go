package split_test

import (
	"bytes"
	"fmt"
	"strings"
	"testing"

	"acequia/shared/pipeline"
	"acequia/shared/split"
)

func BenchmarkWalk(b *testing.B) {
	pretty, compact := benchmarkJSON(20_000)
	for _, file := range []struct {
		name   string
		format pipeline.Format
		body   string
	}{
		{"csv/plain", pipeline.CSV, benchmarkCSV(50_000, false)},
		{"csv/quoted", pipeline.CSV, benchmarkCSV(50_000, true)},
		{"csv/short", pipeline.CSV, "a,b,c\n" + strings.Repeat("1,\"a\nb\",\"c\"\n\n", 300_000)},
		{"json/pretty", pipeline.JSON, "[\n" + strings.Join(pretty, ",\n") + "\n]\n"},
		{"json/one-line", pipeline.JSON, "[" + strings.Join(compact, ",") + "]"},
		{"ndjson", pipeline.NDJSON, strings.Join(compact, "\n") + "\n"},
		{"json/objects", pipeline.ConcatenatedJSON, strings.Join(pretty, "\n") + "\n"},
	} {
		b.Run(file.name, func(b *testing.B) {
			body := []byte(file.body)
			layout := layoutOf(b, file.body, file.format)
			b.SetBytes(int64(len(body)))
			b.ReportAllocs()
			for b.Loop() {
				if _, err := split.Walk(bytes.NewReader(body), layout, int64(len(body)), 8<<20, split.Mark{}, ignore); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
}

func benchmarkCSV(rows int, quoted bool) string {
	var file strings.Builder
	file.WriteString("transaction_id,customer_code,product_code,sale_date,quantity,unit_price,discount,payment_method,currency,sales_channel,region\n")
	for i := range rows {
		payment := "tarjeta de crédito"
		if quoted {
			payment = `"tarjeta, ""débito"""`
		}
		fmt.Fprintf(&file, "T%07d,C%05d,P%05d,2026-09-02,3,35.16,0.00,%s,PEN,web,Callao\n", i, i%5000, i%999, payment)
	}
	return file.String()
}

// benchmarkJSON gives the same nested records over several lines each, and each on one.
func benchmarkJSON(records int) (pretty, compact []string) {
	for i := range records {
		record := fmt.Sprintf(`  {
    "customer_code": "C%05d",
    "personal_info": {"first_name": "%s", "last_name": "Muñoz Güell", "birth_date": "1983-09-23"},
    "contact": {"email": "raul.munoz%d@example.com", "phone": "+51 985129277"},
    "newsletter": false,
    "favorite_categories": ["Deportes", "Alimentos", "Hogar"],
    "score": %d.5
  }`, i, "Raúl Maria Jose Luis"[:5+i*i%13], i, i)
		pretty = append(pretty, record)
		compact = append(compact, strings.NewReplacer("\n", "", "  ", "", ": ", ":", ", ", ",").Replace(record))
	}
	return pretty, compact
}
