package sample

import (
	"io"
	"maps"
	"slices"
	"sync"
)

// shop is what the sales refer to: the rows of the sample files of products and customers.
type shop struct {
	// prices holds the price in cents of soles, by product code.
	prices       map[string]int64
	productCodes []string
	// customers holds the codes of customers.
	customers     map[string]bool
	customerCodes []string
}

// openShop makes the sample files of products and customers once more, keeping only what their accounts say is kept.
var openShop = sync.OnceValues(func() (*shop, error) {
	s := &shop{prices: map[string]int64{}, customers: map[string]bool{}}
	for _, spec := range Specs() {
		var err error
		account := File{Faults: map[string]int64{}}
		switch spec.Dataset {
		case "products":
			err = write(newCSVWriter(newOutput(io.Discard), spec), products(s.stock), spec, &account)
		case "customers":
			err = write(newJSONWriter(newOutput(io.Discard), false), customers(s.welcome), spec, &account)
		}
		if err != nil {
			return nil, err
		}
	}
	s.productCodes = slices.Sorted(maps.Keys(s.prices))
	s.customerCodes = slices.Sorted(maps.Keys(s.customers))
	return s, nil
})

// stock takes in a row of products. A row that is replaced comes back at once, with the same code.
func (s *shop) stock(p product, sign int64) {
	if sign > 0 {
		s.prices[p.code()] = p.priceCents
	}
}

func (s *shop) welcome(c customer, _ int64) { s.customers[c.code()] = true }

// shelf is the shop with the first n of its products and customers to choose from.
func (s *shop) shelf(n int) *shop {
	if n <= 0 {
		return s
	}
	small := *s
	small.productCodes = s.productCodes[:min(n, len(s.productCodes))]
	small.customerCodes = s.customerCodes[:min(n, len(s.customerCodes))]
	return &small
}
