package decode_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"github.com/valyala/fastjson"

	"acequia/shared/pipeline"
)

var customerSources = []string{
	"customer_code", "$.personal_info.first_name", "$.personal_info.last_name", "$.personal_info.birth_date", "$.contact.email",
	"$.contact.phone", "$.address.city", "$.address.country", "newsletter", "$.favorite_categories", "score",
}

// customers gives nested records, an object on each line.
func customers(records int) string {
	names := []string{"Rosa", "Raúl", "María Fernanda", "Li"}
	var lines strings.Builder
	for i := range records {
		fmt.Fprintf(&lines, `{"customer_code":"C%05d","personal_info":{"first_name":"%s","last_name":"Quispe Huaman","birth_date":"1983-09-23"},`+
			`"contact":{"email":"rosa.quispe%d@example.com","phone":"+51 985129277"},"address":{"street":"Av. Arequipa 2450","city":"Lima",`+
			`"country":"PE"},"registered":"2026-01-15T09:30:00Z","newsletter":false,"favorite_categories":["Deportes","Alimentos","Hogar"],`+
			`"score":%d.5}`+"\n", i, names[i*i%len(names)], i, i)
	}
	return lines.String()
}

// customer is a record as encoding/json takes it apart: what is asked of the others, and no more.
type customer struct {
	Code     string `json:"customer_code"`
	Personal struct {
		FirstName string `json:"first_name"`
		LastName  string `json:"last_name"`
		BirthDate string `json:"birth_date"`
	} `json:"personal_info"`
	Contact struct {
		Email string `json:"email"`
		Phone string `json:"phone"`
	} `json:"contact"`
	Address struct {
		City    string `json:"city"`
		Country string `json:"country"`
	} `json:"address"`
	Newsletter bool            `json:"newsletter"`
	Categories json.RawMessage `json:"favorite_categories"`
	Score      json.Number     `json:"score"`
}

// BenchmarkCustomers takes the same fields from the same lines, with ours, with fastjson and with the standard library. Of these
// only ours finds doubled members and what is no Unicode text.
func BenchmarkCustomers(b *testing.B) {
	file := []byte(customers(50_000))
	run := func(name string, work func() error) {
		b.Run(name, func(b *testing.B) {
			b.SetBytes(int64(len(file)))
			b.ReportAllocs()
			for b.Loop() {
				if err := work(); err != nil {
					b.Fatal(err)
				}
			}
		})
	}
	s := sample{layout: pipeline.Layout{Format: pipeline.NDJSON, BodyLine: 1}, sources: customerSources}
	run("acequia", func() error { return splitAndDecode(file, s) })
	run("fastjson", func() error { return fastjsonCustomers(file) })
	run("encoding-json", func() error {
		for line := range bytes.Lines(file) {
			if err := json.Unmarshal(line, &customer{}); err != nil {
				return err
			}
		}
		return nil
	})
}

func fastjsonCustomers(file []byte) error {
	var paths [][]string
	for _, source := range customerSources {
		paths = append(paths, strings.Split(strings.TrimPrefix(source, "$."), "."))
	}
	fields := make([][]byte, len(paths))
	var parser fastjson.Parser
	var written []byte
	for line := range bytes.Lines(file) {
		v, err := parser.ParseBytes(line)
		if err != nil {
			return err
		}
		written = written[:0]
		for i, path := range paths {
			if field := v.Get(path...); field.Type() == fastjson.TypeString {
				fields[i] = field.GetStringBytes()
			} else {
				at := len(written)
				written = field.MarshalTo(written)
				fields[i] = written[at:]
			}
		}
	}
	return nil
}
