package parquet_test

import (
	"fmt"
	"testing"

	pq "github.com/parquet-go/parquet-go"
)

// sale is a row such as shops send.
type sale struct {
	ID       int64   `parquet:"id,delta,zstd"`
	Day      int32   `parquet:"day,date,dict,zstd"`
	At       int64   `parquet:"at,timestamp(microsecond),delta,zstd"`
	Store    string  `parquet:"store,dict,zstd"`
	Product  string  `parquet:"product,dict,zstd"`
	Customer *string `parquet:"customer,optional,zstd"`
	Quantity int32   `parquet:"quantity,zstd"`
	Price    int64   `parquet:"price,decimal(2:18),zstd"`
	Rate     float64 `parquet:"rate,dict,zstd"`
	Paid     bool    `parquet:"paid,zstd"`
}

var saleColumns = []string{"id", "day", "at", "store", "product", "customer", "quantity", "price", "rate", "paid"}

func sales(b *testing.B, n int) []byte {
	b.Helper()
	schema := pq.SchemaOf(sale{})
	var rows []pq.Row
	for i := range n {
		customer := fmt.Sprintf("customer-%07d", i*7919%n)
		s := sale{
			ID: int64(i), Day: int32(20000 + i/1000), At: 1795528830000000 + int64(i)*1e6, Store: fmt.Sprintf("store-%03d", i%200),
			Product: fmt.Sprintf("product-%05d", i*31%5000), Customer: &customer, Quantity: int32(i % 12), Price: int64(i*37%100000 + 99),
			Rate: float64(i%20) / 100, Paid: i%3 > 0,
		}
		if i%10 == 0 {
			s.Customer = nil
		}
		rows = append(rows, schema.Deconstruct(nil, s))
	}
	return writtenBy(b, schema, [][]pq.Row{rows})
}

// The records of a row group of ten columns. MB/s are those of the file, which zstd compressed; text-MB/s of what comes out.
func BenchmarkRecords(b *testing.B) {
	file := sales(b, 200_000)
	f := open(b, file, saleColumns...)
	b.SetBytes(int64(len(file)))
	b.ReportAllocs()
	records, text := 0, 0
	for b.Loop() {
		for r, err := range f.Records(0, all(f)) {
			if err != nil || r.Malformed != nil {
				b.Fatal(err, r)
			}
			records++
			for _, field := range r.Fields {
				text += len(field.Bytes)
			}
		}
	}
	b.ReportMetric(float64(records)/b.Elapsed().Seconds(), "records/s")
	b.ReportMetric(float64(text)/1e6/b.Elapsed().Seconds(), "text-MB/s")
}
