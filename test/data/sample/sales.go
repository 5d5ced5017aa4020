package sample

import (
	"fmt"
	"math/rand/v2"
	"time"
)

// MaxDays is over how many days sales are spread at most.
const MaxDays = 60

var firstDay = time.Date(2026, time.September, 1, 0, 0, 0, 0, time.UTC)

// sale is the truth behind a record of sales.
type sale struct {
	number            int64
	customer, product string
	day               int
	quantity          int64
	unitCents         int64
	discountCents     int64
	payment           string
	currency          string
	channel, region   string
}

func (s sale) date() string { return firstDay.AddDate(0, 0, s.day).Format(time.DateOnly) }

// The columns of sales, in the order of the file.
const (
	transactionID = iota
	saleCustomer
	saleProduct
	saleDate
	quantity
	saleUnitPrice
	discount
	paymentMethod
	currency
	salesChannel
	saleRegion
)

var saleColumns = []string{
	"transaction_id", "customer_code", "product_code", "sale_date", "quantity", "unit_price", "discount",
	"payment_method", "currency", "sales_channel", "region",
}

// writeSales writes a file of sales and adds it up.
func writeSales(w recordWriter, spec Spec, account *File) error {
	shop, err := openShop()
	if err != nil {
		return err
	}
	days, sum := totals{}, &Sales{}
	count := func(s sale, sign int64) {
		days.add(s, sign)
		if _, known := shop.prices[s.product]; !known && s.product != "" {
			sum.UnknownProducts += sign
		}
		if !shop.customers[s.customer] && s.customer != "" {
			sum.UnknownCustomers += sign
		}
	}
	if err := write(w, sales(shop.shelf(spec.Shelf), spec.Days, count), spec, account); err != nil {
		return err
	}
	sum.Days = days.sorted()
	account.Sales = sum
	return nil
}

func sales(shop *shop, days int, count func(sale, int64)) dataset[sale] {
	if days <= 0 || days > MaxDays {
		days = MaxDays
	}
	return dataset[sale]{
		columns: saleColumns,
		draw:    func(r *rand.Rand, n int64) sale { return drawSale(r, n, shop, days) },
		cells:   saleCells,
		again: func(r *rand.Rand, s sale) sale {
			s.quantity += r.Int64N(3) // 0 is the same record again.
			return s
		},
		count: count,
		flaws: saleFlaws(),
	}
}

func drawSale(r *rand.Rand, n int64, shop *shop, days int) sale {
	m := pick(r, markets)
	s := sale{
		number: n, customer: pick(r, shop.customerCodes), product: pick(r, shop.productCodes),
		day: r.IntN(days), quantity: 1 + r.Int64N(5),
		payment: pick(r, payments), currency: m.currency, channel: pick(r, channels), region: pick(r, m.regions),
	}
	// Products are priced in soles; a sol is about a quarter of a dollar or a euro.
	s.unitCents = shop.prices[s.product] * (90 + r.Int64N(21)) / 100
	if s.currency != "PEN" {
		s.unitCents /= 4
	}
	s.unitCents = max(s.unitCents, 50)
	if r.IntN(4) == 0 {
		s.discountCents = s.quantity * s.unitCents * (5 + 5*r.Int64N(4)) / 100
	}
	return s
}

func saleCells(s sale) []string {
	return []string{
		fmt.Sprintf("T%07d", s.number), s.customer, s.product, s.date(), fmt.Sprint(s.quantity), money(s.unitCents),
		money(s.discountCents), text(s.payment), s.currency, s.channel, text(s.region),
	}
}

// money writes cents as shops do, with two decimals.
func money(cents int64) string { return fmt.Sprintf("%d.%02d", cents/100, cents%100) }
