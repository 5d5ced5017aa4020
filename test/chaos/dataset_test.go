package chaos

import (
	"bytes"
	"fmt"
	"strings"
)

// A dataset is how records of one data set are spelt in a file, and what becomes of them in its table.
type dataset struct {
	name string
	// extension ends the keys of its files.
	extension string
	// contract is empty for a data set that is shipped.
	contract string
	// keyed tells that the table has a primary key: a later record replaces an earlier one of its key.
	keyed bool
	// replace tells that a version takes all rows of the versions of its key before it.
	replace bool
	// columns are those that are compared, day the one that says which days changed.
	columns []string
	day     string
	// head, between and tail are what a file has around its records.
	head, between, tail string
	// spell writes a record, bad ones in a way that the contract rejects.
	spell func(r record) string
	// row gives the values of columns as Postgres writes them; NULL is empty.
	row func(r record) []string
	// allowed tells whether so many rejects are bearable.
	allowed func(rejected, records int) bool
}

// A record is a row or a reject, with all that it says in two numbers.
type record struct {
	key, value int
	bad        bool
	// offset is where it lies in its file.
	offset int
}

// file is a file as it is uploaded, with what is in it.
type file struct {
	dataset *dataset
	body    []byte
	records []record
	// refused tells that it is no file of the data set at all.
	refused bool
}

// newFile spells the records.
func newFile(d *dataset, records []record) *file {
	var b bytes.Buffer
	b.WriteString(d.head)
	for i := range records {
		if i > 0 {
			b.WriteString(d.between)
		}
		records[i].offset = b.Len()
		b.WriteString(d.spell(records[i]))
	}
	b.WriteString(d.tail)
	return &file{dataset: d, body: b.Bytes(), records: records}
}

// kept gives the records of the file that are rows: with a key, the last of each.
func (f *file) kept() []record {
	last := map[int]int{}
	for i, r := range f.records {
		if !r.bad {
			last[r.key] = i
		}
	}
	var kept []record
	for i, r := range f.records {
		if !r.bad && (!f.dataset.keyed || last[r.key] == i) {
			kept = append(kept, r)
		}
	}
	return kept
}

func (f *file) rejects() []record {
	var rejects []record
	for _, r := range f.records {
		if r.bad {
			rejects = append(rejects, r)
		}
	}
	return rejects
}

// bearable tells whether the file has few enough rejects to be published.
func (f *file) bearable() bool { return f.dataset.allowed(len(f.rejects()), len(f.records)) }

// share is the threshold of most contracts here, the shipped ones among them.
func share(rejected, records int) bool { return 4*rejected <= records }

// datasets are what seeds draw from: the shipped ones, and those that have what they lack: a key of two columns, a number as a
// key, no key at all, NDJSON, a threshold that counts, versions that replace each other.
var datasets = []*dataset{sales, customers, products, pairs, lines, notes, stock}

var sales = &dataset{
	name: "sales", extension: ".csv", keyed: true, day: "sale_date", allowed: share,
	columns: []string{
		"transaction_id", "sale_date", "quantity", "unit_price", "discount", "currency", "region", "gross", "tax", "total", "order_size",
	},
	head: "transaction_id,customer_code,product_code,sale_date,quantity,unit_price,discount,payment_method,currency,sales_channel,region\n",
	tail: "\n", between: "\n",
	spell: func(r record) string {
		s := newSale(r)
		quantity := fmt.Sprint(s.quantity)
		if r.bad {
			quantity = []string{"0", "many", "1,1"}[r.value%3] // a rule, a type, a field too many
		}
		return fmt.Sprintf("%s,C%d,,%s,%s,%s,%s,cash,%s,web,%s", s.id, r.key, s.day, quantity, cents(s.price), s.spelled(), s.currency,
			fmt.Sprintf(`"Calle ""%d"", piso %d"`, r.value, r.key))
	},
	row: func(r record) []string {
		s := newSale(r)
		gross := s.quantity * s.price
		tax := (gross + 5) / 10 // a tenth, half a cent away from zero
		total := gross - s.discount + tax
		size := "Large"
		switch {
		case total < 100_00:
			size = "Small"
		case total < 500_00:
			size = "Medium"
		}
		return []string{
			s.id, s.day, fmt.Sprint(s.quantity), cents(s.price), cents(s.discount), s.currency,
			fmt.Sprintf(`Calle "%d", piso %d`, r.value, r.key), cents(gross), cents(tax), cents(total), size,
		}
	},
}

// sale is what a record says if it is of sales; amounts are in cents.
type sale struct {
	id, day, currency         string
	quantity, price, discount int
}

func newSale(r record) sale {
	return sale{
		id: fmt.Sprintf("T%04d", r.key), day: fmt.Sprintf("2026-11-%02d", 1+r.value%28),
		currency: []string{"PEN", "USD", "EUR"}[r.value%3],
		quantity: 1 + r.value%4, price: 101 + 37*r.value, discount: r.value % 3 * 50,
	}
}

// spelled leaves out a discount of nothing, which is the default.
func (s sale) spelled() string {
	if s.discount == 0 {
		return ""
	}
	return cents(s.discount)
}

func cents(n int) string { return fmt.Sprintf("%d.%02d", n/100, n%100) }

var products = &dataset{
	name: "products", extension: ".csv", keyed: true, allowed: share,
	columns: []string{"product_code", "product_name", "unit_price", "stock_quantity"},
	head: "product_code,product_name,category,subcategory,brand,unit_price,cost_price,weight_kg,dimensions,stock_quantity," +
		"supplier,created_date,status\r\n",
	tail: "\r\n", between: "\r\n",
	spell: func(r record) string {
		name := fmt.Sprintf("Pieza %d", r.value)
		if r.bad {
			name = "N/A" // which is no name
		}
		return fmt.Sprintf("P%03d,%s,Hogar,,,%s,1.00,,,%d,,2026-01-02,active", r.key, name, cents(r.value), r.value%7)
	},
	row: func(r record) []string {
		return []string{fmt.Sprintf("P%03d", r.key), fmt.Sprintf("Pieza %d", r.value), cents(r.value), fmt.Sprint(r.value % 7)}
	},
}

var customers = &dataset{
	name: "customers", extension: ".json", keyed: true, allowed: share,
	columns: []string{"customer_code", "first_name", "birth_date", "newsletter", "loyalty_tier"},
	head:    "[\n  ", between: ",\n  ", tail: "\n]\n",
	spell: func(r record) string {
		born := fmt.Sprintf("19%02d-03-04", r.value%90)
		if r.bad {
			born = "never"
		}
		return fmt.Sprintf(`{"customer_code": "C%03d", "personal_info": {"first_name": "Núñez %d", "birth_date": "%s"}, `+
			`"preferences": {"newsletter": %t}, "metadata": {"loyalty_tier": null}}`, r.key, r.value, born, r.value%2 == 0)
	},
	row: func(r record) []string {
		return []string{
			fmt.Sprintf("C%03d", r.key), fmt.Sprintf("Núñez %d", r.value), fmt.Sprintf("19%02d-03-04", r.value%90),
			fmt.Sprint(r.value%2 == 0), "",
		}
	},
}

var pairs = &dataset{
	name: "pairs", extension: ".txt", keyed: true, day: "day",
	allowed: func(rejected, _ int) bool { return rejected <= 3 },
	columns: []string{"shop", "number", "day", "amount"},
	contract: contractOf("pairs", []string{"format: csv", `delimiter: ";"`, "rejectThreshold: {count: 3}"},
		"{name: amount, logicalType: number, physicalType: 'numeric(10,2)'}",
		"{name: number, logicalType: integer, physicalType: integer, required: true, primaryKey: true, primaryKeyPosition: 2}",
		"{name: shop, logicalType: string, physicalType: text, required: true, primaryKey: true, primaryKeyPosition: 1}",
		"{name: day, logicalType: date, physicalType: date}") + `      - property: summary
        value: {relation: warehouse.pairs, day: day, kpis: [{name: amounts, value: sum(amount)}]}
`,
	head: "shop;number;day;amount\n", between: "\n", tail: "",
	spell: func(r record) string {
		number := fmt.Sprint(r.key / 3)
		if r.bad {
			number = "x" + number
		}
		return fmt.Sprintf("S%d;%s;2026-10-%02d;%s", r.key%3, number, 1+r.value%30, cents(r.value))
	},
	row: func(r record) []string {
		return []string{fmt.Sprintf("S%d", r.key%3), fmt.Sprint(r.key / 3), fmt.Sprintf("2026-10-%02d", 1+r.value%30), cents(r.value)}
	},
}

var lines = &dataset{
	name: "lines", extension: ".ndjson", keyed: true, allowed: share,
	columns: []string{"id", "text"},
	contract: contractOf("lines", []string{"format: ndjson", "rejectThreshold: {share: 0.25}"},
		"{name: id, logicalType: integer, physicalType: bigint, required: true, primaryKey: true}",
		"{name: text, logicalType: string, physicalType: text}"),
	between: "\n", tail: "\n",
	spell: func(r record) string {
		if r.bad {
			return fmt.Sprintf(`{"id": "no %d", "text": "bad"}`, r.key)
		}
		return fmt.Sprintf(`{"text": "línea \"%d\"", "id": %d}`, r.value, r.key-10)
	},
	row: func(r record) []string { return []string{fmt.Sprint(r.key - 10), fmt.Sprintf(`línea "%d"`, r.value)} },
}

var notes = &dataset{
	name: "notes", extension: ".csv", allowed: share,
	columns: []string{"author", "n"},
	contract: contractOf("notes", []string{"format: csv", "rejectThreshold: {share: 0.25}"},
		"{name: author, logicalType: string, physicalType: text}",
		"{name: n, logicalType: integer, physicalType: integer, required: true}"),
	head: "author,n\n", between: "\n", tail: "\n",
	spell: func(r record) string {
		if r.bad {
			return fmt.Sprintf("A%d,", r.key)
		}
		return fmt.Sprintf("A%d,%d", r.key, r.value)
	},
	row: func(r record) []string { return []string{fmt.Sprintf("A%d", r.key), fmt.Sprint(r.value)} },
}

var stock = &dataset{
	name: "stock", extension: ".csv", keyed: true, replace: true, allowed: share,
	columns: []string{"piece", "n"},
	contract: contractOf("stock", []string{"format: csv", "overwrite: replace", "rejectThreshold: {share: 0.25}"},
		"{name: piece, logicalType: string, physicalType: text, required: true, primaryKey: true}",
		"{name: n, logicalType: integer, physicalType: integer, required: true}"),
	head: "piece,n\n", between: "\n", tail: "\n",
	spell: notes.spell, row: notes.row,
}

// contractOf spells a contract; properties are columns, the others "name: value".
func contractOf(name string, custom []string, properties ...string) string {
	var b strings.Builder
	fmt.Fprintf(&b, "apiVersion: v3.1.0\nkind: DataContract\nid: %[1]s\nversion: 1.0.0\nstatus: active\nschema:\n"+
		"  - name: %[1]s\n    physicalType: table\n    properties:\n", name)
	for _, p := range properties {
		fmt.Fprintf(&b, "      - %s\n", p)
	}
	b.WriteString("    customProperties:\n")
	for _, c := range custom {
		property, value, _ := strings.Cut(c, ": ")
		fmt.Fprintf(&b, "      - {property: %s, value: %s}\n", property, value)
	}
	return b.String()
}
