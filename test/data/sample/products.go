package sample

import (
	"fmt"
	"math/rand/v2"
	"time"
)

// product is the truth behind a record of products.
type product struct {
	number     int64
	item       item
	brand      string
	model      int
	priceCents int64
	costCents  int64
	grams      int64
	size       [3]int
	stock      int64
	supplier   string
	created    time.Time
	status     string
}

func (p product) code() string { return fmt.Sprintf("P%05d", p.number) }

// The columns of products, in the order of the file.
const (
	productCode = iota
	productName
	category
	subcategory
	brand
	productUnitPrice
	costPrice
	weight
	dimensions
	stockQuantity
	supplier
	createdDate
	productStatus
)

var productColumns = []string{
	"product_code", "product_name", "category", "subcategory", "brand", "unit_price", "cost_price", "weight_kg",
	"dimensions", "stock_quantity", "supplier", "created_date", "status",
}

func products(count func(product, int64)) dataset[product] {
	if count == nil {
		count = func(product, int64) {}
	}
	return dataset[product]{
		columns: productColumns, draw: drawProduct, cells: productCells,
		again: func(r *rand.Rand, p product) product {
			p.priceCents += 100 * r.Int64N(3) // 0 is the same record again.
			return p
		},
		count: count, flaws: productFlaws(),
	}
}

func drawProduct(r *rand.Rand, n int64) product {
	p := product{
		number: n, item: pick(r, items), brand: pick(r, brands), model: 100 + r.IntN(900),
		grams: 50 * (1 + r.Int64N(400)), stock: r.Int64N(500), supplier: pick(r, suppliers), status: pick(r, statuses),
		size:    [3]int{5 + r.IntN(100), 5 + r.IntN(60), 2 + r.IntN(40)},
		created: time.Date(2024, time.January, 1+r.IntN(900), 0, 0, 0, 0, time.UTC),
	}
	p.priceCents = p.item.soles*100*(70+r.Int64N(61))/100 + 90
	p.costCents = p.priceCents * (45 + r.Int64N(30)) / 100
	return p
}

func productCells(p product) []string {
	return []string{
		p.code(), text(fmt.Sprintf("%s %s %d", p.item.name, p.brand, p.model)), text(p.item.category), text(p.item.subcategory),
		text(p.brand), money(p.priceCents), money(p.costCents), fmt.Sprintf("%d.%03d", p.grams/1000, p.grams%1000),
		fmt.Sprintf("%dx%dx%d cm", p.size[0], p.size[1], p.size[2]), fmt.Sprint(p.stock), text(p.supplier),
		p.created.Format(time.DateOnly), p.status,
	}
}

// productFlaws lists what shops do to products, the commonest first.
func productFlaws() []flaw[product] {
	lineBreak := flaw[product]{apply: set[product](productName, quoted("Mesa\nplegable"))}
	return []flaw[product]{
		{fault: "negative price", column: "unit_price", apply: set[product](productUnitPrice, "-19.90")},
		lineBreak,
		{doubled: true},
		{fault: "missing product_code", column: "product_code", apply: set[product](productCode, "")},
		{apply: set[product](productName, `Televisor LED 32" Andino`)},
		{apply: productNulls, blank: true},
		{fault: "fraction of a piece", column: "stock_quantity", apply: set[product](stockQuantity, "12.5")},
		{apply: set[product](productName, quoted(`Olla "La Abuela", 24 cm`))},
		{fault: "quote never closed", apply: set[product](productStatus, `"active`), then: &lineBreak},
		{apply: productSpaces},
		{fault: "no such date", column: "created_date", apply: set[product](createdDate, "2025-02-29")},
		{doubled: true},
		{fault: "too few fields", apply: func(_ *rand.Rand, _ *product, cells []string) []string { return cells[:productStatus] }},
		{apply: set[product](supplier, "")},
		{fault: "missing product_name", column: "product_name", apply: set[product](productName, "")},
		{fault: "negative cost", column: "cost_price", apply: set[product](costPrice, "-1.00")},
		{fault: "too many fields", apply: func(_ *rand.Rand, _ *product, cells []string) []string { return append(cells, "") }},
		{fault: "negative stock", column: "stock_quantity", apply: set[product](stockQuantity, "-3")},
		{fault: "price in words", column: "unit_price", apply: set[product](productUnitPrice, "consultar")},
		{fault: "text after a closing quote", apply: set[product](productName, `"Café" molido`)},
	}
}

// productNulls writes words for nothing into columns that may be empty.
func productNulls(_ *rand.Rand, _ *product, cells []string) []string {
	cells[brand], cells[weight], cells[dimensions] = "N/A", "NULL", "-"
	return cells
}

// productSpaces puts spaces around values that are never quoted: a quote after a space is text.
func productSpaces(_ *rand.Rand, _ *product, cells []string) []string {
	for _, column := range []int{productUnitPrice, weight, stockQuantity, createdDate} {
		cells[column] = " " + cells[column] + "  "
	}
	return cells
}
