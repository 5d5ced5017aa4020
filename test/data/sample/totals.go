package sample

import (
	"cmp"
	"maps"
	"slices"
)

// totals adds up sales by day and currency.
type totals map[[2]string]Total

// add takes a sale in (sign 1) or out (sign -1).
func (t totals) add(s sale, sign int64) {
	gross := s.quantity * s.unitCents
	tax := (gross + 5) / 10
	t.merge(Total{
		Day: s.date(), Currency: s.currency, Transactions: sign, Units: sign * s.quantity, GrossCents: sign * gross,
		DiscountCents: sign * s.discountCents, TaxCents: sign * tax, TotalCents: sign * (gross - s.discountCents + tax),
	})
}

func (t totals) merge(more Total) {
	key := [2]string{more.Day, more.Currency}
	sum := t[key]
	sum.Day, sum.Currency = more.Day, more.Currency
	sum.Transactions += more.Transactions
	sum.Units += more.Units
	sum.GrossCents += more.GrossCents
	sum.DiscountCents += more.DiscountCents
	sum.TaxCents += more.TaxCents
	sum.TotalCents += more.TotalCents
	t[key] = sum
}

// sorted lists the totals by day and currency, without those that nothing is left of.
func (t totals) sorted() []Total {
	list := slices.SortedFunc(maps.Values(t), func(a, b Total) int {
		return cmp.Or(cmp.Compare(a.Day, b.Day), cmp.Compare(a.Currency, b.Currency))
	})
	return slices.DeleteFunc(list, func(t Total) bool { return t.Transactions == 0 })
}

// Days adds up the sales of all files, by day and currency, in their order.
func (m *Manifest) Days() []Total {
	sum := totals{}
	for _, f := range m.Files {
		if f.Sales != nil {
			for _, t := range f.Sales.Days {
				sum.merge(t)
			}
		}
	}
	return sum.sorted()
}

// busiest finds the day with the most transactions, the first of equals.
func busiest(days []Total) *Busiest {
	byDay := map[string]*Busiest{}
	var most *Busiest
	for _, t := range days {
		day := byDay[t.Day]
		if day == nil {
			day = &Busiest{Day: t.Day}
			byDay[t.Day] = day
		}
		day.Transactions += t.Transactions
		day.Totals = append(day.Totals, t)
	}
	for _, name := range slices.Sorted(maps.Keys(byDay)) {
		if most == nil || byDay[name].Transactions > most.Transactions {
			most = byDay[name]
		}
	}
	return most
}
