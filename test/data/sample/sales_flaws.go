package sample

import "math/rand/v2"

// saleFlaws lists what shops do to sales, the commonest first: a small file has only those.
func saleFlaws() []flaw[sale] {
	lineBreak := flaw[sale]{apply: set[sale](saleRegion, quoted("Lima,\nPerú"))}
	return []flaw[sale]{
		{fault: "no such date", column: "sale_date", apply: set[sale](saleDate, "2026-02-30")},
		lineBreak,
		{doubled: true},
		{fault: "quantity of zero", column: "quantity", apply: set[sale](quantity, "0")},
		{apply: unknownProduct},
		{apply: spelledNulls},
		{fault: "missing transaction_id", column: "transaction_id", apply: set[sale](transactionID, "")},
		{apply: noDiscount},
		{fault: "quote never closed", apply: set[sale](saleRegion, `"Arequipa`), then: &lineBreak},
		{apply: spaces},
		{fault: "too few fields", apply: func(_ *rand.Rand, _ *sale, cells []string) []string { return cells[:saleRegion-1] }},
		{apply: set[sale](saleRegion, quoted(`Jirón "de la Unión", Lima`))},
		{fault: "negative price", column: "unit_price", apply: set[sale](saleUnitPrice, "-19.90")},
		{apply: set[sale](saleRegion, `Local 5" Miraflores`)},
		{fault: "fraction of a piece", column: "quantity", apply: set[sale](quantity, "1.5")},
		{doubled: true},
		{fault: "date of another form", column: "sale_date", apply: set[sale](saleDate, "31/12/2026")},
		{apply: unknownCustomer},
		{fault: "decimal comma, so too many fields", apply: set[sale](saleUnitPrice, "12,50")},
		{apply: shortPrice},
		{fault: "text after a closing quote", apply: set[sale](saleRegion, `"Cusco" centro`)},
		{apply: noProduct},
		{fault: "no such currency", column: "currency", apply: set[sale](currency, "SOLES")},
		{fault: "missing currency", column: "currency", apply: set[sale](currency, "NULL")},
		{fault: "price in tenths of cents", column: "unit_price", apply: set[sale](saleUnitPrice, "12.345")},
		{fault: "missing unit_price", column: "unit_price", apply: set[sale](saleUnitPrice, "")},
		{fault: "price of zero", column: "unit_price", apply: set[sale](saleUnitPrice, "0.00")},
		{fault: "negative discount", column: "discount", apply: set[sale](discount, "-3.00")},
		{fault: "missing sale_date", column: "sale_date", apply: set[sale](saleDate, "")},
		{fault: "quantity in words", column: "quantity", apply: set[sale](quantity, "dos")},
	}
}

// set gives a flaw that puts a cell in the place of another.
func set[T any](column int, cell string) func(*rand.Rand, *T, []string) []string {
	return func(_ *rand.Rand, _ *T, cells []string) []string {
		cells[column] = cell
		return cells
	}
}

func unknownProduct(_ *rand.Rand, s *sale, cells []string) []string {
	s.product = "P99999"
	cells[saleProduct] = s.product
	return cells
}

func unknownCustomer(_ *rand.Rand, s *sale, cells []string) []string {
	s.customer = "C99999"
	cells[saleCustomer] = s.customer
	return cells
}

func noProduct(_ *rand.Rand, s *sale, cells []string) []string {
	s.product, cells[saleProduct] = "", ""
	return cells
}

func noDiscount(_ *rand.Rand, s *sale, cells []string) []string {
	s.discountCents, cells[discount] = 0, ""
	return cells
}

// shortPrice writes the price without its last zero, or without decimals.
func shortPrice(r *rand.Rand, s *sale, cells []string) []string {
	s.unitCents, cells[saleUnitPrice] = 1250, "12.5"
	if r.IntN(2) == 0 {
		s.unitCents, cells[saleUnitPrice] = 1200, "12"
	}
	s.discountCents, cells[discount] = 0, "0"
	return cells
}

// spelledNulls writes words for nothing into columns that may be empty.
func spelledNulls(_ *rand.Rand, _ *sale, cells []string) []string {
	cells[paymentMethod], cells[salesChannel], cells[saleRegion] = "-", "NULL", "N/A"
	return cells
}

func spaces(_ *rand.Rand, _ *sale, cells []string) []string {
	for _, column := range []int{saleDate, quantity, saleUnitPrice, saleRegion} {
		cells[column] = "  " + cells[column] + " "
	}
	return cells
}
