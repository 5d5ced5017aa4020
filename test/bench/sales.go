package main

import (
	"bufio"
	"fmt"
	"math/rand/v2"
	"os"
	"strconv"
	"time"
)

// A spec says which sales to make.
type spec struct {
	// rows is how many records there are, the dirty ones included.
	rows int64
	// first and step give the keys: first, first + step, first + 2·step …
	first, step int64
	// shuffled gives the keys in no order.
	shuffled bool
	// dirty makes 3 % of the records break a rule and 3 % replace one that stands earlier.
	dirty bool
}

// An account is what must become of a file's records.
type account struct {
	records, rejected, duplicates int64
}

func (a account) rows() int64 { return a.records - a.rejected - a.duplicates }

// A sale is a record of the data set sales as the shops send it.
type sale struct {
	key                                int64
	customer, product, day             int
	quantity, cents, discount          int64
	payment, currency, channel, region string
	gross, tax, total                  int64
	size                               string
	spoiled                            int // which flaw it has; -1 is none
}

var (
	payments = []string{"efectivo", "tarjeta de crédito", "tarjeta de débito", "Yape", "Bizum", "transferencia"}
	channels = []string{"tienda", "web", "app", "teléfono"}
	regions  = map[string][]string{
		"PEN": {"Lima", "Arequipa", "Cusco", "La Libertad", "Piura", "Áncash", "Junín"},
		"EUR": {"Madrid", "Cataluña", "Andalucía", "A Coruña", "País Vasco"},
		"USD": {"Ciudad de México", "Jalisco", "Nuevo León", "Yucatán", "Querétaro"},
	}
	currencies = []string{"PEN", "PEN", "EUR", "USD"}
	// days are those that the sales are spread over.
	days = func() (all [60]string) {
		first := time.Date(2026, time.September, 1, 0, 0, 0, 0, time.UTC)
		for i := range all {
			all[i] = first.AddDate(0, 0, i).Format(time.DateOnly)
		}
		return all
	}()
)

func pick(r *rand.Rand, from []string) string { return from[r.IntN(len(from))] }

func drawSale(r *rand.Rand, key int64) sale {
	currency := pick(r, currencies)
	s := sale{
		key: key, customer: r.IntN(6000), product: 1 + r.IntN(5000), day: r.IntN(len(days)),
		quantity: 1 + r.Int64N(5), cents: 50 + r.Int64N(50_000),
		payment: pick(r, payments), currency: currency, channel: pick(r, channels), region: pick(r, regions[currency]), spoiled: -1,
	}
	s.gross = s.quantity * s.cents
	if r.IntN(4) == 0 {
		s.discount = s.gross * (5 + 5*r.Int64N(4)) / 100
	}
	s.tax = (s.gross + 5) / 10 // a tenth, rounded half up
	s.total = s.gross - s.discount + s.tax
	switch {
	case s.total < 100_00:
		s.size = "Small"
	case s.total < 500_00:
		s.size = "Medium"
	default:
		s.size = "Large"
	}
	return s
}

// writeSales writes the file, and beside it the rows that must come of it, as \copy takes them: every column of the table, those
// that Acequia adds included.
func writeSales(path, filled string, s spec, object string) (account, error) {
	raw, err := create(path)
	if err != nil {
		return account{}, err
	}
	rows, err := create(filled)
	if err != nil {
		return account{}, err
	}
	a, err := generate(raw, rows, s, object)
	for _, f := range []*file{raw, rows} {
		if closing := f.close(); err == nil {
			err = closing
		}
	}
	return a, err
}

const header = "transaction_id,customer_code,product_code,sale_date,quantity,unit_price,discount,payment_method,currency,sales_channel,region\n"

// generate draws the records. A record that is replaced later in the file is remembered, so that its row can be left out: the
// draw runs twice from the same seed, the first time only to learn which.
func generate(raw, rows *file, s spec, object string) (account, error) {
	replaced := map[int64]int64{} // by number of the record, the key that it takes instead of its own
	lost := map[int64]bool{}      // keys' numbers whose first record is replaced
	if s.dirty {
		replaced, lost = repetitions(s)
	}
	a := account{records: s.rows}
	random := rand.New(rand.NewPCG(1, uint64(s.first)))
	raw.offset = int64(len(header))
	raw.WriteString(header) //nolint:errcheck // the buffer keeps its error for Flush
	var line []byte
	for n := range s.rows {
		number, again := replaced[n]
		if !again {
			number = n
		}
		record := drawSale(random, s.key(number))
		switch {
		case s.dirty && !again && !lost[n] && n%33 == 7:
			record.spoiled = int(n/33) % len(flaws)
			a.rejected++
		case !again && lost[n]:
			a.duplicates++
		}
		line = record.appendRaw(line[:0])
		if record.spoiled < 0 && (again || !lost[n]) {
			rows.Write(record.appendRow(rows.AvailableBuffer(), object, raw.offset)) //nolint:errcheck // as above
		}
		raw.offset += int64(len(line))
		raw.Write(line) //nolint:errcheck // as above
	}
	return a, nil
}

// repetitions chooses one record in 33 to replace an earlier one, each another.
func repetitions(s spec) (replaced map[int64]int64, lost map[int64]bool) {
	replaced, lost = map[int64]int64{}, map[int64]bool{}
	random := rand.New(rand.NewPCG(2, uint64(s.first)))
	for n := int64(66); n < s.rows; n += 33 {
		earlier := random.Int64N(n)
		if _, again := replaced[earlier]; !again && !lost[earlier] && earlier%33 != 7 {
			replaced[n], lost[earlier] = earlier, true
		}
	}
	return replaced, lost
}

// key gives the key of the record of that number.
func (s spec) key(n int64) int64 {
	if s.shuffled {
		const stride = 618_033_989 // odd and no multiple of 5: with a round number of rows, every number comes once
		n = n * stride % s.rows
	}
	return s.first + n*max(s.step, 1)
}

// flaws are what shops do to a record that breaks the contract.
var flaws = []func(*fields){
	func(f *fields) { f.date = "2026-02-30" },
	func(f *fields) { f.quantity = "0" },
	func(f *fields) { f.currency = "SOLES" },
	func(f *fields) { f.price = "-19.90" },
	func(f *fields) { f.quantity = "1.5" },
	func(f *fields) { f.price = "12.345" },
	func(f *fields) { f.key = "" },
	func(f *fields) { f.date = "31/12/2026" },
}

// fields are a record's texts that a flaw can spoil.
type fields struct{ key, date, quantity, price, currency string }

func (s sale) appendRaw(b []byte) []byte {
	f := fields{fmt.Sprintf("T%010d", s.key), days[s.day], strconv.FormatInt(s.quantity, 10), money(s.cents), s.currency}
	if s.spoiled >= 0 {
		flaws[s.spoiled](&f)
	}
	b = append(append(b, f.key...), ',')
	b = append(s.appendCodes(b), ',')
	for _, text := range []string{f.date, f.quantity, f.price} {
		b = append(append(b, text...), ',')
	}
	if s.discount > 0 {
		b = append(b, money(s.discount)...)
	}
	for _, text := range []string{s.payment, f.currency, s.channel, s.region} {
		b = append(append(b, ','), text...)
	}
	return append(b, '\n')
}

func (s sale) appendCodes(b []byte) []byte {
	if s.customer > 0 { // 0 is a stranger
		b = fmt.Appendf(b, "C%05d", s.customer)
	}
	return fmt.Appendf(b, ",P%05d", s.product)
}

// loadedAt is what stands in the filled file; the pipeline has the database's clock there.
const loadedAt = "2026-11-24 10:00:00+00"

// appendRow appends the row in the order of the table's columns.
func (s sale) appendRow(b []byte, object string, offset int64) []byte {
	b = fmt.Appendf(b, "T%010d,", s.key)
	b = s.appendCodes(b)
	return fmt.Appendf(b, ",%s,%d,%s,%s,%s,%s,%s,%s,%s,%s,%s,%s,%s,%d,%s\n",
		days[s.day], s.quantity, money(s.cents), money(s.discount), s.payment, s.currency, s.channel, s.region,
		money(s.gross), money(s.tax), money(s.total), s.size, object, offset, loadedAt)
}

func money(cents int64) string {
	b := strconv.AppendInt(nil, cents/100, 10)
	return string(append(b, '.', byte('0'+cents/10%10), byte('0'+cents%10)))
}

// file is a buffered file that is being written.
type file struct {
	*bufio.Writer
	f      *os.File
	offset int64
}

func create(path string) (*file, error) {
	f, err := os.Create(path)
	if err != nil {
		return nil, fmt.Errorf("making a file of sales: %w", err)
	}
	return &file{Writer: bufio.NewWriterSize(f, 1<<20), f: f}, nil
}

func (f *file) close() error {
	if err := f.Flush(); err != nil {
		return fmt.Errorf("writing %s: %w", f.f.Name(), err)
	}
	return f.f.Close()
}
