package decode_test

import (
	"bytes"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"strings"
	"testing"

	"acequia/shared/contract"
	"acequia/shared/pipeline"
	"acequia/shared/split"
)

// csvShape is what the records of a file look like.
type csvShape struct {
	name, header string
	records      int
	record       func(i int) string
}

var csvShapes = []csvShape{
	{
		"sales", "transaction_id,customer_code,product_code,sale_date,quantity,unit_price,discount,payment_method,currency,sales_channel,region",
		50_000,
		func(i int) string {
			return fmt.Sprintf("T%07d,C%05d,P%05d,2026-09-02,3,35.16,0.00,tarjeta de crédito,PEN,web,Callao", i, i%5000, i%999)
		},
	},
	{"quoted", "id,name,address,note", 50_000, func(i int) string {
		return fmt.Sprintf(`"%d","Muñoz Güell, Raúl","Av. Sol %d, Cusco","dijo ""sí"", y pagó"`, i, i%1000)
	}},
	{"short", "a,b,c", 400_000, func(i int) string { return fmt.Sprintf("%d,a,%d", i%10_000, i%100) }},
	{"wide", strings.Join(wide("c"), ","), 1000, func(i int) string { return strings.Join(wide(fmt.Sprint(i)), ",") }},
}

// wide gives 500 fields.
func wide(prefix string) (fields []string) {
	for i := range 500 {
		fields = append(fields, fmt.Sprint(prefix, i))
	}
	return fields
}

func (s csvShape) file() []byte {
	file := []byte(s.header + "\n")
	for i := range s.records {
		file = append(file, s.record(i)+"\n"...)
	}
	return file
}

// BenchmarkCSV reads the same files with ours and with the standard library: first only the ends of records, then every field.
func BenchmarkCSV(b *testing.B) {
	for _, shape := range csvShapes {
		file := shape.file()
		layout, err := split.Probe(file, true, contract.Source{Format: pipeline.CSV}, nil)
		if err != nil {
			b.Fatal(err)
		}
		run := func(name string, work func() error) {
			b.Run(shape.name+"/"+name, func(b *testing.B) {
				b.SetBytes(int64(len(file)))
				b.ReportAllocs()
				for b.Loop() {
					if err := work(); err != nil {
						b.Fatal(err)
					}
				}
			})
		}
		run("walk", func() error {
			_, err := split.Walk(bytes.NewReader(file), layout, int64(len(file)), 1<<20, split.Mark{}, func(split.Piece) error { return nil })
			return err
		})
		run("split-and-decode", func() error { return splitAndDecode(file, sample{layout: layout, sources: layout.Header}) })
		run("encoding-csv", func() error { return readEncodingCSV(file) })
	}
}

func readEncodingCSV(file []byte) error {
	r := csv.NewReader(bytes.NewReader(file))
	r.ReuseRecord = true
	for {
		if _, err := r.Read(); errors.Is(err, io.EOF) {
			return nil
		} else if err != nil {
			return err
		}
	}
}
